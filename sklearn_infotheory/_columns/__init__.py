"""Columns of any kind to small codes, by codebooks that are learned once.

A codebook says which cell a value falls in: a bin or a category, a cell for missing values, and
for categories a cell for whatever the codebook does not list. Codes are what everything downstream
counts; no layer below this one sees a value.
"""

from sklearn_infotheory._columns._codebook import (
    Categories,
    Codebook,
    Groups,
    Intervals,
    codebook_from_dict,
)
from sklearn_infotheory._columns._coder import ColumnCoder
from sklearn_infotheory._columns._codes import DenseCodes, SparseCodes
from sklearn_infotheory._columns._target import EncodedTarget, encode_target

__all__ = [
    "Categories",
    "Codebook",
    "ColumnCoder",
    "DenseCodes",
    "EncodedTarget",
    "Groups",
    "Intervals",
    "SparseCodes",
    "codebook_from_dict",
    "encode_target",
]

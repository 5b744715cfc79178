"""Codes to counts: the only thing that crosses chunks, threads, processes and machines."""

from sklearn_infotheory._counts._feature_tables import (
    CELLS_A_SAMPLE,
    NO_WEIGHTS,
    FeatureCounter,
    FeatureTables,
    n_log_n_table,
    sum_n_log_n,
)
from sklearn_infotheory._counts._packed import PackedColumns

__all__ = [
    "CELLS_A_SAMPLE",
    "NO_WEIGHTS",
    "FeatureCounter",
    "FeatureTables",
    "PackedColumns",
    "n_log_n_table",
    "sum_n_log_n",
]

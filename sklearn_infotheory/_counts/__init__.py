"""Codes to counts: the only thing that crosses chunks, threads, processes and machines."""

from sklearn_infotheory._counts._feature_tables import (
    NO_WEIGHTS,
    FeatureCounter,
    FeatureTables,
)
from sklearn_infotheory._counts._logarithms import (
    log_factorial_table,
    n_log_n_table,
    short_log_factorial_table,
    sum_n_log_n,
)
from sklearn_infotheory._counts._packed import PackedColumns
from sklearn_infotheory._counts._strata import CELLS_A_SAMPLE, Strata

__all__ = [
    "CELLS_A_SAMPLE",
    "NO_WEIGHTS",
    "FeatureCounter",
    "FeatureTables",
    "PackedColumns",
    "Strata",
    "log_factorial_table",
    "n_log_n_table",
    "short_log_factorial_table",
    "sum_n_log_n",
]

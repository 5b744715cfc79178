"""scikit-learn's own checks over every public estimator and its important options."""

from __future__ import annotations

import inspect
from dataclasses import dataclass

import pytest
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_infotheory.feature_selection import MutualInfoSelector, linear_criterion
from sklearn_infotheory.feature_selection._criteria import CRITERIA


@dataclass(frozen=True)  # for a representation that is the same in every process
class MeanConditionalRelevance:
    """A criterion of a user's."""

    weight: float = 1.0

    def __call__(self, state):
        if not len(state.redundancy):
            return state.relevance
        shared = state.redundancy - state.conditional_redundancy
        return state.relevance - self.weight * shared.mean(axis=0)


ESTIMATORS = [
    MutualInfoSelector(),
    *(MutualInfoSelector(0.5, criterion=criterion) for criterion in CRITERIA),
    MutualInfoSelector(0.5, criterion=linear_criterion(0.5, 0.2)),
    MutualInfoSelector(0.5, criterion=MeanConditionalRelevance()),
    MutualInfoSelector(initial="pair"),
    MutualInfoSelector(1.0, initial="pair", criterion="cmim"),
    MutualInfoSelector(1, n_bins=3, target="discrete", base=2),
    MutualInfoSelector(0.5, n_jobs=2, categorical_features=None),
]

# Checks that check_estimator leaves out.
MORE_CHECKS = [
    "check_param_validation",
    "check_set_output_transform",
    "check_set_output_transform_pandas",
    "check_set_output_transform_polars",
    "check_global_output_transform_pandas",
    "check_global_set_output_transform_polars",
    "check_transformer_get_feature_names_out",
    "check_transformer_get_feature_names_out_pandas",
    "check_get_feature_names_out_error",
    "check_dataframe_column_names_consistency",
    "check_inplace_ensure_writeable",
]


# The argument came with scikit-learn 1.7; no failure is expected in any version.
STRICT = (
    {"xfail_strict": True}
    if "xfail_strict" in inspect.signature(parametrize_with_checks).parameters
    else {}
)

# Some checks fit on noise, where "auto" rightly selects nothing and says so.
SELECTS_NOTHING = pytest.mark.filterwarnings("ignore:No features were selected")


@SELECTS_NOTHING
@parametrize_with_checks(ESTIMATORS, **STRICT)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize("check", MORE_CHECKS)
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=str)
@SELECTS_NOTHING
# Some checks fit on a frame and transform an array, or the reverse; scikit-learn warns of that.
@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.filterwarnings("ignore:X has feature names, but")
def test_checks_left_out(estimator, check):
    getattr(estimator_checks, check)(type(estimator).__name__, estimator)

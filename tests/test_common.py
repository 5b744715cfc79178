"""scikit-learn's own checks over every public estimator and its important options."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_infotheory._inference._divergences import DIVERGENCES
from sklearn_infotheory.cluster import GaussianInformationBottleneck, InformationBottleneck
from sklearn_infotheory.cluster._starts import METHODS as BOTTLENECKS
from sklearn_infotheory.distillation import DistilledClassifier, DistilledRegressor, SoftmaxStudent
from sklearn_infotheory.drift import KLDriftDetector
from sklearn_infotheory.feature_extraction import PMITransformer
from sklearn_infotheory.feature_selection import MutualInfoSelector, linear_criterion
from sklearn_infotheory.feature_selection._criteria import CRITERIA
from sklearn_infotheory.preprocessing import EntropyDiscretizer
from sklearn_infotheory.preprocessing._encoding import ENCODINGS
from sklearn_infotheory.preprocessing._mdl import CRITERIA as CUT_CRITERIA


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
    MutualInfoSelector(method="gaussian"),
    *(
        MutualInfoSelector(0.5, method="gaussian", criterion=criterion)
        for criterion in ("mim", "mrmr", "disr", "cmim", "cmi", "jmi3")
    ),
    MutualInfoSelector(1.0, method="gaussian", initial="pair", target="continuous", base=2),
    MutualInfoSelector(method="knn"),
    MutualInfoSelector(0.5, method="knn", criterion="mrmr", n_neighbors=1, n_jobs=2),
    MutualInfoSelector(0.5, method="knn", criterion="njmim", initial="pair"),
    *(
        EntropyDiscretizer(criterion, encode=encode)
        for criterion, encode in product(CUT_CRITERIA, ENCODINGS)
        if encode != "interval"  # see below
    ),
    *(EntropyDiscretizer(missing_values=policy) for policy in ("bin", "ignore", "merge")),
    EntropyDiscretizer("modl", encode="woe", missing_values="ignore", base=2, smooth=0.5),
    EntropyDiscretizer("equal_entropy", max_bins=4, n_jobs=2, dtype=np.float32),
    EntropyDiscretizer("kononenko", max_bins=3, min_samples_bin=3, categorical_features=None),
    EntropyDiscretizer("kononenko", candidate_cost="candidates"),
    *(EntropyDiscretizer(handle_unknown=policy) for policy in ("largest", "own", "error")),
    EntropyDiscretizer(encode="onehot-dense", special_values={0: [-1]}, cuts={0: [0, 1]}),
    *(KLDriftDetector(divergence, joint=None) for divergence in DIVERGENCES),
    KLDriftDetector(on_drift="ignore", n_bins=3, target="continuous"),
    KLDriftDetector(on_drift="raise", n_jobs=2, base=2, categorical_features=None),
    KLDriftDetector(joint="classifier", n_permutations=99, tolerance=0.01),
    *(PMITransformer(measure) for measure in ("ppmi", "pmi", "npmi")),
    PMITransformer(smoothing=0.75, shift=5, min_count=2, discount=True, base=2),
    *(
        InformationBottleneck(2, method=method, beta=beta, n_init=2, max_iter=1000)
        for method, beta in product(BOTTLENECKS, (None, 50.0))
    ),
    InformationBottleneck(1, prior="counts", base=2, n_jobs=2, max_iter=1000),
    GaussianInformationBottleneck(),
    GaussianInformationBottleneck(np.inf, n_components=1, base=2),
    SoftmaxStudent(),
    DistilledClassifier(LogisticRegression(C=10), LogisticRegression()),
    DistilledClassifier(GaussianNB(), SoftmaxStudent(), temperature=3, alpha=0.5, base=2),
    DistilledRegressor(Ridge(), Ridge(10)),
    DistilledRegressor(Ridge(), Ridge(10), alpha=0.5, random_state=0),
]

INTERVALS = [EntropyDiscretizer(criterion, encode="interval") for criterion in CUT_CRITERIA]

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


# The argument came with scikit-learn 1.7.
STRICT = (
    {"xfail_strict": True}
    if "xfail_strict" in inspect.signature(parametrize_with_checks).parameters
    else {}
)


def expected_failures(estimator):
    """None with the newest scikit-learn; one check of older ones fails before it fits anything.

    It takes a mean, in place, off the integers that it makes for estimators of categories that do
    not take NaN.
    """
    check = estimator_checks.check_positive_only_tag_during_fit
    tags = estimator.__sklearn_tags__().input_tags
    if "X -= X.mean()\n" in inspect.getsource(check) and tags.categorical and not tags.allow_nan:
        return {check.__name__: "the check itself subtracts a mean from integers, in place"}
    return {}


class _BottleneckOfLogarithms(InformationBottleneck):
    """Takes part in the check of clusterers, which passes numbers below zero whatever the tags."""

    def fit(self, X, y=None, sample_weight=None):
        X = np.asarray(X)
        return super().fit(np.exp(np.hstack([X, -X])), y, sample_weight)


def _as_checked(estimator, check):
    is_of_clusters = getattr(check, "func", check).__name__ == "check_clustering"
    if isinstance(estimator, InformationBottleneck) and is_of_clusters:
        return _BottleneckOfLogarithms(**estimator.get_params())
    return estimator


# Some checks fit on noise, where "auto" rightly selects nothing and says so.
SELECTS_NOTHING = pytest.mark.filterwarnings("ignore:No features were selected")
# Others compare weights with repetitions, of which "knn" warns.
REPEATS_SAMPLES = pytest.mark.filterwarnings("ignore:method='knn' repeats samples")


# Others fit on fewer samples than features, which determine y.
DETERMINES = pytest.mark.filterwarnings("ignore:y is a linear function of X")


@SELECTS_NOTHING
@REPEATS_SAMPLES
@DETERMINES
@parametrize_with_checks(ESTIMATORS, expected_failed_checks=expected_failures, **STRICT)
def test_scikit_learn_checks(estimator, check):
    check(_as_checked(estimator, check))


def _estimators_and_checks():
    for estimator, check in product(ESTIMATORS, MORE_CHECKS):
        # This check takes whatever has a parameter missing_values for an imputer, and passes NaN.
        refuses_nan = getattr(estimator, "missing_values", None) == "error"
        # check_estimator runs these on transformers alone, too.
        for_transformers = "transform" in check or "feature_names_out" in check
        if for_transformers and not hasattr(estimator, "transform"):
            continue
        if not (refuses_nan and check == "check_inplace_ensure_writeable"):
            yield pytest.param(estimator, check, id=f"{estimator}-{check}")


@pytest.mark.parametrize(("estimator", "check"), list(_estimators_and_checks()))
@SELECTS_NOTHING
@DETERMINES
# Some checks fit on a frame and transform an array, or the reverse; scikit-learn warns of that.
@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.filterwarnings("ignore:X has feature names, but")
def test_checks_left_out(estimator, check):
    getattr(estimator_checks, check)(type(estimator).__name__, estimator)


class _CheckedDiscretizer(EntropyDiscretizer):
    """Takes part in the checks although its output may be labels."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags._skip_test = False
        return tags


def _assert_equal(actual, desired, *, err_msg="", **tolerances):
    np.testing.assert_array_equal(actual, desired, err_msg=err_msg)


def _checks_of_labels():
    """All checks, but those for which a column of labels is text: it is categorical, or an Enum."""
    not_categorical = {
        "check_set_output_transform_pandas",
        "check_global_output_transform_pandas",
        "check_set_output_transform_polars",
        "check_global_set_output_transform_polars",
    }
    for interval in INTERVALS:
        estimator = _CheckedDiscretizer(**interval.get_params())
        checks = [*estimator_checks._yield_all_checks(estimator, legacy=True)]
        checks += [getattr(estimator_checks, name) for name in MORE_CHECKS[:-1]]
        for check in checks:
            name = estimator_checks._check_name(check)
            if name not in {*not_categorical, *expected_failures(estimator)}:
                yield pytest.param(estimator, check, id=f"{interval.criterion}-{name}")


@pytest.mark.parametrize(("estimator", "check"), list(_checks_of_labels()))
@pytest.mark.filterwarnings("ignore:Estimator's parameters")
@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.filterwarnings("ignore:X has feature names, but")
def test_scikit_learn_checks_of_labels(estimator, check, monkeypatch):
    """The checks compare numbers to a tolerance, which labels do not have: these must be equal."""
    for name in ("assert_allclose", "assert_allclose_dense_sparse"):
        monkeypatch.setattr(estimator_checks, name, _assert_equal)
    check(type(estimator).__name__, estimator)

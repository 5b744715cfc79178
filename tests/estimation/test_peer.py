"""scikit-learn's own tests of mutual information, run against ours through thin adapters."""

import inspect

import numpy as np
import pytest
import sklearn.feature_selection.tests.test_mutual_info as peer
from scipy.sparse import issparse

from sklearn_infotheory.estimation import estimate_mutual_information


def compute_mi(x, y, x_discrete, y_discrete, n_neighbors=3, transform=None):
    return float(
        estimate_mutual_information(
            x,
            y,
            method="plugin" if x_discrete and y_discrete else "knn",
            n_neighbors=n_neighbors,
            transform=transform,  # the peer scales columns, but not in this function
            discrete=(x_discrete, y_discrete),
        )
    )


def mutual_info(X, y, y_discrete, discrete_features, n_neighbors):
    if isinstance(discrete_features, str) and discrete_features != "auto":
        raise ValueError("discrete_features is 'auto', a flag or flags or numbers of columns")
    if isinstance(discrete_features, str):
        discrete_features = issparse(X)
    flags = np.zeros(X.shape[1], bool)
    flags[... if isinstance(discrete_features, bool) else np.asarray(discrete_features)] = (
        discrete_features if isinstance(discrete_features, bool) else True
    )
    if issparse(X):
        if not flags.all():
            raise ValueError("sparse columns are discrete")
        X = X.toarray()
    return np.array(
        [compute_mi(column, y, bool(flag), y_discrete, n_neighbors, "standardize")
         for column, flag in zip(np.asarray(X).T, flags, strict=True)]
    )  # fmt: skip


def mutual_info_classif(
    X, y, *, discrete_features="auto", n_neighbors=3, random_state=None, n_jobs=None
):
    return mutual_info(X, y, True, discrete_features, n_neighbors)


def mutual_info_regression(
    X, y, *, discrete_features="auto", n_neighbors=3, random_state=None, n_jobs=None
):
    return mutual_info(X, y, False, discrete_features, n_neighbors)


ADAPTERS = {
    "_compute_mi": compute_mi,
    "mutual_info_classif": mutual_info_classif,
    "mutual_info_regression": mutual_info_regression,
}
# What the peer's conftest and parameters fill in.
VALUES = {
    "global_dtype": [np.float32, np.float64],
    "global_random_seed": range(5),
    "csr_container": peer.CSR_CONTAINERS,
    "correlated": [True, False],
}


def cases():
    """Every test of the peer with every combination of its arguments."""
    for name, test in inspect.getmembers(peer, inspect.isfunction):
        if not name.startswith("test_"):
            continue
        arguments = [{}]
        names = list(inspect.signature(test).parameters)
        if "mutual_info_func" in names:
            for function, make in (
                ("mutual_info_regression", peer.make_regression),
                ("mutual_info_classif", peer.make_classification),
            ):
                for seed in VALUES["global_random_seed"]:
                    chosen = {"mutual_info_func": ADAPTERS[function], "data_generator": make}
                    id_ = f"{name}-{function}-{seed}"
                    yield pytest.param(test, chosen | {"global_random_seed": seed}, id=id_)
            continue
        for argument in names:
            arguments = [a | {argument: value} for a in arguments for value in VALUES[argument]]
        for number, chosen in enumerate(arguments):
            yield pytest.param(test, chosen, id=f"{name}-{number}")


@pytest.mark.parametrize(("test", "arguments"), list(cases()))
def test_of_the_peer(monkeypatch, test, arguments):
    for name, adapter in ADAPTERS.items():
        monkeypatch.setattr(peer, name, adapter)
    np.random.seed(0)  # noqa: NPY002  (one of its tests draws from the global state)
    test(**arguments)


def test_all_of_its_tests_are_run():
    names = {case.id.split("-")[0] for case in cases()}
    assert len(names) >= 10
    assert {"test_compute_mi_cc", "test_compute_mi_cd", "test_mutual_info_options"} <= names

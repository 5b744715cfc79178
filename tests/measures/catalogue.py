"""One list of all measures: what each takes, and which laws it obeys."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np

from sklearn_infotheory import measures
from sklearn_infotheory.measures._mutual_information import AverageMethod

Kind = Literal["distribution", "pair", "table"]


@dataclass(frozen=True)
class Measure:
    """A measure with its options, and the laws that the tests hold it to."""

    name: str
    kind: Kind
    arguments: tuple[str, ...]
    options: dict[str, Any] = field(default_factory=dict)
    positional: tuple[Any, ...] = ()
    variables: int = 2  # of a table
    symmetric: bool = False  # under exchange of the two arguments, or of the first two variables
    non_negative: bool = True
    zero_if_same: bool = False  # of a pair: D(p, p) = 0
    in_base: Literal["scales", "root", "free"] = "scales"
    mergeable: tuple[int, ...] = (0, 1, 2)  # merging outcomes of these axes never raises it
    upper_bound: Callable[..., Any] | None = None

    @property
    def function(self) -> Callable[..., Any]:
        return getattr(measures, self.name)

    @property
    def label(self) -> str:
        extra = [f"{k}={v}" for k, v in self.options.items()] + [str(v) for v in self.positional]
        extra += [f"{self.variables} variables"] if self.variables != 2 else []
        return f"{self.name}({', '.join(extra)})" if extra else self.name

    @property
    def default_axis(self) -> Any:
        return tuple(range(-self.variables, 0)) if self.kind == "table" else -1

    def __call__(self, *arrays: Any, **keywords: Any) -> Any:
        return self.function(*arrays, *self.positional, **self.options, **keywords)


def entropy_of(table: np.ndarray, *kept: int) -> float:
    """Return the entropy in nats of some variables of a table, from the definition."""
    p = table.sum(axis=tuple(i for i in range(table.ndim) if i not in kept)).ravel()
    p = p[p > 0]
    return float(-(p * np.log(p)).sum())


def _log_size(p: np.ndarray) -> float:
    return np.log(p.size)


def _smaller_entropy(p: np.ndarray) -> float:
    return min(entropy_of(p, 0), entropy_of(p, 1))


def _all_but_largest(p: np.ndarray) -> float:
    parts = [entropy_of(p, i) for i in range(p.ndim)]
    return sum(parts) - max(parts)


distribution = functools.partial(Measure, kind="distribution", arguments=("p",))
pair = functools.partial(Measure, kind="pair", arguments=("p", "q"), zero_if_same=True)
table = functools.partial(Measure, kind="table", arguments=("p_xy",))
three = functools.partial(Measure, kind="table", arguments=("p_xyz",), variables=3)

ORDERS = (0, 0.5, 1, 2, np.inf)
AVERAGES = get_args(AverageMethod)

MEASURES: list[Measure] = [
    distribution("entropy", upper_bound=_log_size),
    distribution("perplexity", upper_bound=np.size, in_base="free"),
    *(distribution("renyi_entropy", positional=(a,), upper_bound=_log_size) for a in ORDERS),
    pair("cross_entropy", zero_if_same=False),
    pair("kl_divergence"),
    pair("jensen_shannon_divergence", symmetric=True, upper_bound=lambda p, q: np.log(2)),
    pair(
        "jensen_shannon_divergence",
        options={"weights": (0.25, 0.75)},
        upper_bound=lambda p, q: entropy_of(np.array([0.25, 0.75]), 0),
    ),
    pair(
        "jensen_shannon_distance",
        symmetric=True,
        in_base="root",
        upper_bound=lambda p, q: np.sqrt(np.log(2)),
    ),
    pair("jeffreys_divergence", symmetric=True),
    pair("population_stability_index", arguments=("expected", "actual"), symmetric=True),
    pair("hellinger_distance", symmetric=True, in_base="free", upper_bound=lambda p, q: 1.0),
    *(pair("renyi_divergence", positional=(a,), symmetric=a == 0.5) for a in ORDERS),
    table("joint_entropy", symmetric=True, upper_bound=_log_size),
    table("conditional_entropy", mergeable=(0,), upper_bound=lambda p: np.log(p.shape[0])),
    table("mutual_information", symmetric=True, upper_bound=_smaller_entropy),
    *(
        table(
            "normalized_mutual_information",
            options={"average_method": method},
            symmetric=True,
            in_base="free",
            mergeable=(),
            upper_bound=lambda p: 1.0,
        )
        for method in AVERAGES
    ),
    three("total_correlation", symmetric=True, upper_bound=_all_but_largest),
    table("total_correlation", arguments=("p_xyz",), symmetric=True, upper_bound=_all_but_largest),
    table("co_information", arguments=("p_xyz",), symmetric=True, upper_bound=_smaller_entropy),
    three(
        "co_information",
        symmetric=True,
        non_negative=False,
        mergeable=(),
        upper_bound=_smaller_entropy,
    ),
    three(
        "conditional_mutual_information",
        symmetric=True,
        mergeable=(0, 1),
        upper_bound=lambda p: min(entropy_of(p, 0, 2), entropy_of(p, 1, 2)) - entropy_of(p, 2),
    ),
]

POINTWISE: list[Measure] = [
    table("pointwise_mutual_information"),
    table("pointwise_mutual_information", options={"normalized": True}, in_base="free"),
    table("pointwise_mutual_information", options={"positive": True}),
]


# Measures of parameters, losses and channels, by the file that holds the twin of each.
OTHERS: dict[str, str] = {
    "self_information": "test_values.py",
    "parametric_cross_entropy": "test_closed_form.py",
    "parametric_entropy": "test_closed_form.py",
    "parametric_kl_divergence": "test_closed_form.py",
    "gaussian_entropy": "test_closed_form.py",
    "gaussian_kl_to_standard_normal": "test_closed_form.py",
    "gaussian_mutual_information": "test_closed_form.py",
    "bernoulli_log_likelihood": "test_bounds.py",
    "evidence_lower_bound": "test_bounds.py",
    "gaussian_log_likelihood": "test_bounds.py",
    "importance_weighted_bound": "test_bounds.py",
    "gan_value": "test_bounds.py",
    "optimal_discriminator": "test_bounds.py",
    "softmax": "test_bounds.py",
    "bits_per_character": "test_bounds.py",
    "information_criterion": "test_bounds.py",
    "model_weights": "test_bounds.py",
    "channel_capacity": "test_channel.py",
    "rate_distortion": "test_channel.py",
}
RESULTS = {"ChannelCapacity", "EvidenceBound", "RateDistortion"}


def of_kind(*kinds: Kind) -> list[Measure]:
    """Return the measures of these kinds."""
    return [measure for measure in MEASURES if measure.kind in kinds]

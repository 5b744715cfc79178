"""What features, target and picked features tell about each other: what every method must answer.

All information is in nats.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from sklearn_infotheory._types import Features, Floats


@dataclass(frozen=True)
class PairInformation:
    """What candidates X share with one picked feature W and the target Y; one entry a candidate.

    Attributes
    ----------
    relevance : ndarray
        I(X; Y).
    redundancy : ndarray
        I(X; W).
    conditional_redundancy : ndarray
        I(X; W | Y).
    joint_relevance : ndarray
        I(X, W; Y).
    joint_entropy : ndarray
        H(X, W, Y).
    entropy : ndarray
        H(X). With "gaussian" and "knn" this is the entropy of the distinct values in the sample.
    picked_entropy : ndarray
        H(W), of the same kind.
    """

    relevance: Floats
    redundancy: Floats
    conditional_redundancy: Floats
    joint_relevance: Floats
    joint_entropy: Floats
    entropy: Floats
    picked_entropy: Floats

    @property
    def conditional_relevance(self) -> Floats:
        """I(X; Y | W)."""
        return self.relevance - self.redundancy + self.conditional_redundancy

    @property
    def symmetric_relevance(self) -> Floats:
        """I(X, W; Y) / H(X, W, Y), zero where nothing varies."""
        return _ratio(self.joint_relevance, self.joint_entropy)

    @property
    def normalized_redundancy(self) -> Floats:
        """I(X; W) / min(H(X), H(W)), zero where one of them does not vary."""
        return _ratio(self.redundancy, np.minimum(self.entropy, self.picked_entropy))


def _ratio(information: Floats, entropy: Floats) -> Floats:
    varies = entropy > 0
    return np.where(varies, information / np.where(varies, entropy, 1.0), 0.0)


class Relations(Protocol):
    """Where searches and criteria get their numbers from.

    A condition is whatever a method keeps of the features picked so far; searches only hand it on.
    """

    @property
    def n_features(self) -> int: ...

    @property
    def pairs_are_symmetric(self) -> bool:
        """Whether ``pair`` finds of (X, W) what it finds of (W, X), except for I(X; Y)."""

    @property
    def relevance(self) -> Floats:
        """I(X; Y) of every feature."""

    @property
    def p_values(self) -> Floats:
        """The p-value of I(X; Y) of every feature."""

    @property
    def standard_errors(self) -> Floats:
        """The standard error of I(X; Y) of every feature."""

    @property
    def entropies(self) -> Floats:
        """H(X) of every feature; see :class:`PairInformation`."""

    def pair(self, features: Features, picked: int) -> PairInformation:
        """Relate every wanted feature to one picked feature and the target."""

    def triple_relevance(self, features: Features, first: int, second: int) -> Floats:
        """I(X, U, W; Y) of every wanted feature X with two picked ones."""

    def bias_of_pair(self, features: Features, picked: int) -> Floats:
        """How much too large I(X, W; Y) is on average where there is none."""

    def all_samples(self) -> Any:
        """No condition."""

    def refine(self, condition: Any, picked: int) -> Any:
        """Condition on one more feature."""

    def conditional_relevance(
        self, features: Features, condition: Any, *, with_p_values: bool = True
    ) -> tuple[Floats, Floats]:
        """I(X; Y | condition) of every wanted feature, and its p-value."""

"""Channels: how much they can carry, and how few nats describe a source within a distortion.

Both are found by the alternating maximisation of Blahut and Arimoto.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from sklearn_infotheory.measures._arguments import (
    Information,
    as_distribution,
    as_probabilities,
    in_base,
    log_base,
)
from sklearn_infotheory.measures._terms import expectation, relative_entropy_terms


@dataclass(frozen=True)
class ChannelCapacity:
    """Hold the capacity of a channel and the input that attains it.

    Attributes
    ----------
    capacity : float
        Mutual information of input and output under `input_distribution`, in units of `base`.
    input_distribution : ndarray of shape (n_inputs,)
        Probabilities of the inputs.
    gap : float
        The true capacity lies between `capacity` and `capacity` + `gap`, in units of `base`.
    n_iter : int
        Number of iterations.
    """

    capacity: float
    input_distribution: NDArray[np.float64]
    gap: float
    n_iter: int


@dataclass(frozen=True)
class RateDistortion:
    """Hold points of a rate-distortion curve, one per slope.

    Attributes
    ----------
    rate : float or ndarray
        Fewest units of `base` per symbol that allow this distortion.
    distortion : float or ndarray
        Mean distortion.
    channel : ndarray of shape (..., n_source, n_reproduction)
        Probabilities of the reproductions given the source that attain the point.
    n_iter : int
        Number of iterations, the most of all slopes.
    """

    rate: Information
    distortion: Information
    channel: NDArray[np.float64]
    n_iter: int


def tilted_channel(
    marginal: NDArray[np.float64], cost: NDArray[np.float64], slope: float
) -> NDArray[np.float64]:
    """Return q(t|x) in proportion to q(t) exp(-slope cost(x, t)), one row per x.

    This is the iteration that rate-distortion theory and the information bottleneck share
    (Blahut 1972, theorem 6): it is exact also where all terms of a row would underflow.
    """
    with np.errstate(divide="ignore"):
        exponents = np.log(marginal) - slope * cost
    exponents = exponents - exponents.max(axis=-1, keepdims=True)
    weights = np.exp(exponents)
    return weights / weights.sum(axis=-1, keepdims=True)


def capacity_step(
    inputs: NDArray[np.float64], channel: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float, float]:
    """Return the next inputs, and the lower and upper bound of the capacity at these inputs."""
    # D(p(y|x) || p(y)) of each input x: no input of the best distribution has more than another.
    gains = relative_entropy_terms(channel, inputs @ channel).sum(axis=-1)
    lower, upper = float(expectation(inputs, gains)), float(gains.max())
    weights = inputs * np.exp(gains - upper)
    return weights / weights.sum(), lower, upper


def channel_capacity(
    channel: npt.ArrayLike,
    *,
    tol: float = 1e-9,
    max_iter: int = 100_000,
    base: float | None = None,
    normalize: bool = False,
) -> ChannelCapacity:
    r"""Compute the capacity of a discrete memoryless channel.

    Parameters
    ----------
    channel : array_like of shape (n_inputs, n_outputs)
        Probabilities of the outputs given each input, one row per input; counts with
        ``normalize=True``.
    tol : float, default=1e-9
        Stop when the capacity is known within `tol` nats; positive.
    max_iter : int, default=100000
        Largest number of iterations.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.
    normalize : bool, default=False
        Divide each row by its sum first.

    Returns
    -------
    found : ChannelCapacity
        The `capacity` in units of `base`, in [0, log min(n_inputs, n_outputs)], the
        `input_distribution`, the `gap` to the upper bound and `n_iter`.

    Raises
    ------
    ValueError
        If `channel` is not a matrix of non-negative rows that sum to one, or if `tol` or
        `max_iter` is not positive.
    TypeError
        If `channel` does not hold real numbers.

    Warns
    -----
    RuntimeWarning
        If `max_iter` iterations do not reach `tol`; `gap` says how far the bounds are apart.

    See Also
    --------
    rate_distortion : The reverse question, for a source.

    Notes
    -----
    The capacity is the largest mutual information over all distributions of the input,

    .. math:: C = \max_{p(x)} I(X; Y),

    found by the iteration of Blahut [1]_ and Arimoto [2]_, with the bounds of Blahut's theorem 2:
    the mean and the maximum over inputs of :math:`D(p(y|x) \| p(y))`.

    References
    ----------
    .. [1] R. E. Blahut (1972). Computation of channel capacity and rate-distortion functions. IEEE
       Transactions on Information Theory 18(4), 460-473. https://doi.org/10.1109/TIT.1972.1054855
    .. [2] S. Arimoto (1972). An algorithm for computing the capacity of arbitrary discrete
       memoryless channels. IEEE Transactions on Information Theory 18(1), 14-20.
       https://doi.org/10.1109/TIT.1972.1054753

    Examples
    --------
    A binary symmetric channel that errs in 11 % of the cases carries half a bit per use:

    >>> from sklearn_infotheory.measures import channel_capacity
    >>> found = channel_capacity([[0.89, 0.11], [0.11, 0.89]], base=2)
    >>> print(round(found.capacity, 4), found.input_distribution)
    0.5001 [0.5 0.5]
    """
    matrix = as_distribution(channel, "channel", -1, normalize)
    if matrix.ndim != 2:
        raise ValueError(
            f"channel must be a matrix with one row per input; got {matrix.ndim} axes. "
            "Call the function once per channel."
        )
    _check_stop(tol, max_iter)
    inputs = np.full(len(matrix), 1 / len(matrix))
    for n_iter in range(1, max_iter + 1):
        following, lower, upper = capacity_step(inputs, matrix)
        if upper - lower <= tol:
            break
        if n_iter < max_iter:
            inputs = following
    else:
        _warn_not_converged(max_iter, upper - lower)
    unit = log_base(base)
    return ChannelCapacity(lower / unit, inputs, (upper - lower) / unit, n_iter)


def rate_distortion(
    p: npt.ArrayLike,
    distortion: npt.ArrayLike,
    slope: npt.ArrayLike,
    *,
    tol: float = 1e-10,
    max_iter: int = 100_000,
    base: float | None = None,
    normalize: bool = False,
) -> RateDistortion:
    r"""Compute points of the rate-distortion function of a discrete source.

    Parameters
    ----------
    p : array_like of shape (n_source,)
        Probabilities of the source, or counts with ``normalize=True``.
    distortion : array_like of shape (n_source, n_reproduction)
        Cost of each reproduction of each symbol; finite and not negative. ``1 - np.eye(k)`` is the
        Hamming distortion, the squared differences of two grids the squared error.
    slope : array_like of shape (...)
        Non-negative weights of the distortion in nats per unit of distortion: each gives the point
        at which the curve has the slope ``-slope``.
    tol : float, default=1e-10
        Stop when rate + slope * distortion is known within `tol` nats; positive.
    max_iter : int, default=100000
        Largest number of iterations per slope.
    base : float, optional
        Base of the logarithm of the rate: None for nats, 2 for bits; any positive number but 1.
    normalize : bool, default=False
        Divide `p` by its sum first.

    Returns
    -------
    points : RateDistortion
        The `rate` in units of `base`, in [0, H(p)], the `distortion`, the `channel` that attains
        them, and `n_iter`.

    Raises
    ------
    ValueError
        If `p` is not a distribution, if `distortion` or `slope` has negative or infinite values or
        the wrong shape, or if `tol` or `max_iter` is not positive.
    TypeError
        If `p` does not hold real numbers.

    Warns
    -----
    RuntimeWarning
        If `max_iter` iterations do not reach `tol`.

    Notes
    -----
    The rate-distortion function is the least mutual information of source and reproduction that
    keeps the mean distortion at D,

    .. math:: R(D) = \min_{q(t|x):\, E\,d(X, T) \le D} I(X; T).

    The iteration is Blahut's [1]_, stopped by the bounds of his theorem 7.

    References
    ----------
    .. [1] R. E. Blahut (1972). Computation of channel capacity and rate-distortion functions. IEEE
       Transactions on Information Theory 18(4), 460-473. https://doi.org/10.1109/TIT.1972.1054855

    Examples
    --------
    A fair coin, of which 11 % of the tosses may be reported wrong, needs half a bit per toss:

    >>> import numpy as np
    >>> from sklearn_infotheory.measures import rate_distortion
    >>> point = rate_distortion([0.5, 0.5], 1 - np.eye(2), np.log(0.89 / 0.11), base=2)
    >>> print(point.rate.round(4), point.distortion.round(4))
    0.5001 0.11
    """
    source = as_probabilities(p, "p", -1, normalize)[0]
    cost = _as_costs(distortion, "distortion")
    if source.ndim != 1 or cost.ndim != 2 or len(cost) != len(source):
        raise ValueError(
            "distortion must be a matrix with one row per outcome of p, a vector; got shapes "
            f"{cost.shape} and {source.shape}. Pass 1 - np.eye({source.shape[-1]}) for Hamming."
        )
    _check_stop(tol, max_iter)
    slopes = _as_costs(slope, "slope")
    found = [_curve_point(source, cost, float(s), tol, max_iter) for s in slopes.flat]
    rates, costs, channels, iterations = zip(*found, strict=True)
    return RateDistortion(
        in_base(np.reshape(rates, slopes.shape), base),
        in_base(np.reshape(costs, slopes.shape), None),
        np.reshape(channels, (*slopes.shape, *cost.shape)),
        max(iterations),
    )


def _curve_point(
    source: NDArray[np.float64], cost: NDArray[np.float64], slope: float, tol: float, max_iter: int
) -> tuple[float, float, NDArray[np.float64], int]:
    """Return the rate, distortion and channel at one slope, and the number of iterations."""
    marginal = np.full(cost.shape[1], 1 / cost.shape[1])
    # Only differences within a row matter; without the least cost nothing underflows.
    kernel = np.exp(-slope * (cost - cost.min(axis=1, keepdims=True)))
    n_iter, gap = 0, np.inf
    while n_iter < max_iter and gap > tol:
        n_iter += 1
        ratios = (source / (kernel @ marginal)) @ kernel  # Blahut's c_k, at most 1 in the optimum
        gap = float(np.log(ratios.max()) - expectation(marginal * ratios, _safe_log(ratios)))
        marginal = marginal * ratios
        marginal = marginal / marginal.sum()
    if gap > tol:
        _warn_not_converged(max_iter, gap)
    channel = tilted_channel(marginal, cost, slope)
    output = source @ channel
    rate = expectation(source, relative_entropy_terms(channel, output).sum(axis=-1))
    return float(rate), float(source @ (channel * cost).sum(axis=1)), channel, n_iter


def _safe_log(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log(values), and -inf where they are 0."""
    with np.errstate(divide="ignore"):
        return np.log(values)


def _as_costs(values: npt.ArrayLike, name: str) -> NDArray[np.float64]:
    """Return finite, non-negative numbers of any shape."""
    array = np.asarray(values, dtype=np.float64)
    if array.size == 0 or not (np.isfinite(array) & (array >= 0)).all():
        raise ValueError(
            f"{name} must hold finite numbers that are not negative; got {values!r}. "
            "Subtract the least cost of each symbol, and give forbidden pairs a large one."
        )
    return array


def _check_stop(tol: float, max_iter: int) -> None:
    """Raise if an iteration could not stop, or not start."""
    if not tol > 0 or not max_iter >= 1:
        raise ValueError(
            f"tol must be positive and max_iter at least 1; got {tol!r} and {max_iter!r}. "
            "Leave them out for the defaults."
        )


def _warn_not_converged(max_iter: int, gap: float) -> None:
    """Warn that the bounds are still apart."""
    warnings.warn(
        f"The bounds are {gap:.3g} nats apart after {max_iter} iterations. Raise max_iter or tol.",
        RuntimeWarning,
        stacklevel=3,
    )

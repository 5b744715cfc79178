"""What every measure shares: checks of probabilities, the layout of axes, the change of base."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from numpy.lib.array_utils import normalize_axis_tuple
from numpy.typing import NDArray

Axes: TypeAlias = int | tuple[int, ...] | None
"""One axis, several axes, or None for all of them."""

Information: TypeAlias = np.float64 | NDArray[np.float64]
"""A scalar for one distribution, an array for a batch of them."""

_SINGLE = float(np.finfo(np.float32).eps)


def as_real_array(values: npt.ArrayLike, name: str) -> NDArray[np.generic]:
    """Return `values` as a non-empty array of finite, non-negative real numbers of any type."""
    if np.ma.is_masked(values):
        raise ValueError(
            f"{name} must not have masked values; got a masked array. Pass array.filled(0) if the "
            "masked outcomes are impossible, with normalize=True if the others do not sum to one."
        )
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(
            f"{name} must be an array whose rows have equal lengths; got a ragged sequence. "
            "Pad the missing outcomes with 0."
        ) from error
    if array.dtype.kind == "O" and all(isinstance(value, Real) for value in array.flat):
        array = array.astype(np.float64)
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"{name} must hold real numbers (bool, int or float); got dtype {array.dtype}. "
            "Convert it first, or count its categories and pass the counts with normalize=True."
        )
    if array.size == 0:
        raise ValueError(
            f"{name} must hold at least one probability; got an empty array of shape {array.shape}."
        )
    _check_values(array, name)
    return array


def _check_values(array: NDArray[np.generic], name: str) -> None:
    """Raise if a value is NaN, infinite or negative."""
    bad = ~((array >= 0) & np.isfinite(array))  # type: ignore[operator]
    if bad.any():
        index = _first_index(bad)
        raise ValueError(
            f"{name} must hold finite probabilities that are not negative; got {array[index]} at "
            f"index {index}. Correct this value first: normalize=True mends the sum only."
        )


def _first_index(mask: NDArray[np.bool_]) -> tuple[int, ...]:
    """Return where `mask` is first true, in plain integers."""
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(mask)), mask.shape))


def as_axes(axis: Axes, shape: tuple[int, ...], name: str, argument: str) -> tuple[int, ...]:
    """Return `axis` as a tuple of different, non-negative axes of an array of this shape."""
    if not shape:
        raise ValueError(f"{name} must have at least one axis; got a single number. Pass a list.")
    if axis is None:
        return tuple(range(len(shape)))
    axes = normalize_axis_tuple(axis, len(shape), argname=argument)
    if not axes:
        raise ValueError(
            f"{argument} must name at least one axis of {name}; got (). "
            "Pass an int, a tuple of ints, or None for the default."
        )
    return axes


def as_probabilities(
    values: npt.ArrayLike, name: str, axis: Axes, normalize: bool
) -> tuple[NDArray[np.float64], tuple[int, ...]]:
    """Return a new array that sums to one over `axis`, and these axes as non-negative numbers."""
    raw = as_real_array(values, name)
    axes = as_axes(axis, raw.shape, name, "axis")
    array = raw.astype(np.float64)
    with np.errstate(over="ignore"):  # an infinite sum is reported below
        total = array.sum(axis=axes, keepdims=True)
    if normalize:
        _check_total(total, np.isfinite(total) & (total > 0), name, axis, "be positive and finite")
    else:
        tolerance = sum_tolerance(raw.dtype, math.prod(raw.shape[i] for i in axes))
        _check_total(total, abs(total - 1.0) <= tolerance, name, axis, f"be 1 within {tolerance:g}")
    # Also without `normalize`: a sum that is off by 1e-10 would push divergences below zero.
    return array / total, axes


def sum_tolerance(dtype: np.dtype[Any], n_outcomes: int) -> float:
    """Return how far from one the sum of so many probabilities may lie.

    A type says little about where its numbers come from: lists, files and casts hold what networks
    computed in float32. The sum of K such numbers is off by about sqrt(K) of its roundings. More
    than the square root of the epsilon, scikit-learn's own tolerance, is no rounding.
    """
    eps = float(np.finfo(dtype).eps) if dtype.kind == "f" else 0.0
    if eps < _SINGLE:
        return min(1e-6 * math.sqrt(n_outcomes), math.sqrt(_SINGLE))
    return math.sqrt(eps)


def _check_total(
    total: NDArray[np.float64], good: NDArray[np.bool_], name: str, axis: Axes, allowed: str
) -> None:
    """Raise, with the sum that was found, if a sum is not `good`."""
    if good.all():
        return
    index = _first_index(~good)
    where = f" for the distribution at index {index}" if good.size > 1 else ""
    raise ValueError(
        f"The sum of {name} over axis={axis} must {allowed}; got the sum "
        f"{float(total[index])!r}{where}. Pass normalize=True to divide counts or weights by their "
        "sum, which must be positive."
    )


def group_axes(
    array: NDArray[np.float64], groups: Sequence[tuple[int, ...]]
) -> NDArray[np.float64]:
    """Move each group of axes to the end, as one flat axis a group; other axes are a batch."""
    chosen = [axis for group in groups for axis in group]
    batch = [axis for axis in range(array.ndim) if axis not in chosen]
    shape = [array.shape[axis] for axis in batch]
    shape += [math.prod(array.shape[axis] for axis in group) for group in groups]
    return array.transpose(*batch, *chosen).reshape(shape)


def as_distribution(
    p: npt.ArrayLike, name: str, axis: Axes, normalize: bool
) -> NDArray[np.float64]:
    """Return distributions as an array of shape (..., k) whose last axis sums to one."""
    probabilities, axes = as_probabilities(p, name, axis, normalize)
    return group_axes(probabilities, [axes])


def as_distribution_pair(
    p: npt.ArrayLike,
    q: npt.ArrayLike,
    axis: Axes,
    normalize: bool,
    names: tuple[str, str] = ("p", "q"),
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return two arrays of the same shape (..., k) whose last axes sum to one."""
    first, first_axes = as_probabilities(p, names[0], axis, normalize)
    second, second_axes = as_probabilities(q, names[1], axis, normalize)
    if [first.shape[i] for i in first_axes] != [second.shape[i] for i in second_axes]:
        raise ValueError(
            f"{names[0]} and {names[1]} must have the same outcomes along axis={axis}; got shapes "
            f"{first.shape} and {second.shape}. Give outcomes that one of them lacks probability 0."
        )
    flat_first, flat_second = group_axes(first, [first_axes]), group_axes(second, [second_axes])
    try:
        np.broadcast_shapes(flat_first.shape, flat_second.shape)
    except ValueError as error:
        raise ValueError(
            f"The axes of {names[0]} and {names[1]} other than axis={axis} must broadcast; got "
            f"shapes {first.shape} and {second.shape}. Compare one with many, or equal numbers."
        ) from error
    both = np.broadcast_arrays(flat_first, flat_second)
    return both[0], both[1]


def as_table(
    p: npt.ArrayLike,
    name: str,
    axis: Axes,
    normalize: bool,
    *,
    at_least: int = 1,
    at_most: int | None = None,
) -> tuple[NDArray[np.float64], tuple[int, ...]]:
    """Return a joint table, its axes in place, and the axes that carry its variables."""
    probabilities, axes = as_probabilities(p, name, axis, normalize)
    check_variable_count(len(axes), name, probabilities.shape, at_least, at_most)
    return probabilities, axes


def as_conditioned_table(
    p: npt.ArrayLike, name: str, axis: Axes, given: Axes, normalize: bool, n_free: int | None = None
) -> tuple[NDArray[np.float64], tuple[int, ...], tuple[int, ...]]:
    """Return a joint table, the axes of its free variables and the axes of the given ones."""
    at_least = 2 if n_free is None else n_free + 1
    probabilities, axes = as_table(p, name, axis, normalize, at_least=at_least)
    known = axes[-1:] if given is None else as_axes(given, probabilities.shape, name, "given")
    free = tuple(i for i in axes if i not in known)
    if not set(known) <= set(axes) or not free:
        raise ValueError(
            f"given={given} must name some, not all, of the axes {axes} that carry the variables "
            f"of {name}. Pass a subset of `axis`, or None to condition on the last."
        )
    if n_free is not None:
        total = n_free + len(known)
        check_variable_count(len(axes), name, probabilities.shape, total, total)
    return probabilities, free, known


def check_variable_count(
    count: int, name: str, shape: tuple[int, ...], at_least: int, at_most: int | None
) -> None:
    """Raise if a joint table has too few or too many variables."""
    if at_least <= count and (at_most is None or count <= at_most):
        return
    allowed = f"exactly {at_least}" if at_least == at_most else f"at least {at_least}"
    raise ValueError(
        f"{name} must carry {allowed} variables, one an axis; got {count} from shape {shape}. "
        "Name their axes with `axis`: axis=(-2, -1) reads a batch of two-way tables."
    )


def check_order(order: float) -> float:
    """Return the order of a Renyi measure as a float in [0, inf]."""
    if not isinstance(order, Real) or not float(order) >= 0:
        raise ValueError(
            f"order must be a number in [0, inf]; got {order!r}. "
            "Order 1 is the Shannon (Kullback-Leibler) case, np.inf the extreme one."
        )
    return float(order)


def log_base(base: float | None) -> float:
    """Return the natural logarithm of `base`, the number of nats in one unit."""
    if base is None:
        return 1.0
    if not isinstance(base, Real) or not 0 < float(base) < math.inf or float(base) == 1:
        raise ValueError(
            "base must be None (nats) or a positive finite number other than 1; "
            f"got {base!r}. Pass base=2 for bits, base=10 for hartleys."
        )
    return math.log(base)


def in_base(nats: npt.ArrayLike, base: float | None) -> Information:
    """Convert nats to units of `base`; one number becomes a scalar."""
    # Adding 0.0 turns -0.0 into 0.0.
    return np.asarray(np.asarray(nats, dtype=np.float64) / log_base(base) + 0.0)[()]

"""Mutual information from samples of two variables."""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from sklearn_infotheory._columns._frames import of_positive_weight
from sklearn_infotheory._columns._validation import check_weights
from sklearn_infotheory._types import RandomState
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit
from sklearn_infotheory.estimation._estimate import Estimate
from sklearn_infotheory.estimation._independence_p_values import (
    independence_p_value,
    permutation_p_value,
)
from sklearn_infotheory.estimation._information_of_variables import (
    COUNT_METHODS,
    GAUSSIAN_METHODS,
    METHODS,
    Finding,
    Settings,
    find_information,
    resolved,
)
from sklearn_infotheory.estimation._variables import (
    Transform,
    Variable,
    check_lengths,
    holds_numbers,
    read_variable,
)

Discrete = bool | tuple[bool | None, ...] | None

CONSTRAINTS: dict[str, list[Any]] = {
    "method": [StrOptions(set(METHODS))],
    "n_neighbors": [Interval(Integral, 1, None, closed="left")],
    "transform": [StrOptions({"normal_scores", "standardize"}), None],
    "discrete": ["boolean", tuple, None],
    "n_states": [tuple, None],
    "sample_weight": ["array-like", None],
    "n_permutations": [Interval(Integral, 1, None, closed="left"), None],
    "random_state": ["random_state"],
    "base": BASE_CONSTRAINT,
}


@validate_params(
    {"x": "no_validation", "y": "no_validation", "condition": "no_validation"} | CONSTRAINTS,
    prefer_skip_nested_validation=True,
)
def estimate_mutual_information(
    x: ArrayLike,
    y: ArrayLike,
    *,
    condition: ArrayLike | None = None,
    method: str = "auto",
    n_neighbors: int = 3,
    transform: Transform = "normal_scores",
    discrete: Discrete = None,
    n_states: tuple[int | None, int | None] | None = None,
    sample_weight: ArrayLike | None = None,
    n_permutations: int | None = None,
    random_state: RandomState = None,
    base: float | None = None,
) -> Estimate:
    r"""Estimate what two variables tell about one another, from samples.

    Parameters
    ----------
    x, y : array-like, series or data frame of shape (n_samples,) or (n_samples, n_columns)
        Columns of any kind; several columns are one joint variable: labels by their combinations,
        numbers as a vector. Dates and durations are numbers, of microseconds. A missing value is a
        value of its own.
    condition : array-like, series or data frame, default=None
        A third variable that is known: estimate I(X; Y | Z), as
        :func:`estimate_conditional_mutual_information` does.
    method : str, default="auto"
        - "auto": what suits the kinds of the columns. See the user guide for how it chooses.
        - "knn": by neighbours; "ksg1" between numbers [1]_, "ross" between numbers and classes
          [2]_, and the chain rule over both for columns that are mixed. Counts have the form that
          neighbours take at distance zero. Ask for "ksg1", "ksg2" or "ross", or "frenzel_pompe"
          with a continuous condition, to make sure of the kinds.
        - "gaussian": of the Gaussian copula, by the correlation of normal scores. If one side holds
          classes, the difference of the Gaussian entropies of all samples and of the classes, for a
          single column on the other side. The same number as ``method="gaussian"`` of
          :func:`~sklearn_infotheory.feature_selection.mutual_info`.
        - "gaussian_mixture": for classes on one side, one Gaussian model for each class, and the
          information that the probabilities of the classes given x have about the classes. It
          is the larger one of these two lower bounds of the information of normal scores, up to the
          corrections for bias. "auto" takes it if a column and classes may be independent.
        - "plugin", "miller_madow", "grassberger88", "grassberger03", "chao_shen",
          "chao_wang_jost", "james_stein", "zhang", "jackknife" or "nsb": every number is a category
          of its own, and H(X) + H(Y) - H(X, Y) is estimated.
        - "null_corrected", which "auto" takes for two discrete sides: counts as well, less what
          they tell on average where there is nothing to tell, as far as that may be so.
    n_neighbors : int, default=3
        Of methods by neighbours. More of them: less variance, and more bias.
    transform : {"normal_scores", "standardize"} or None, default="normal_scores"
        What is done to continuous columns first. With normal scores the estimate is the same for
        every increasing map of a column.
    discrete : bool, tuple or None, default=None
        Which variables are discrete: a flag for all, or a tuple with one for x, for y and for the
        condition. True: every number is a category. False: none is, and equal numbers are rounded
        ones. None lets the data say: numbers that occur more often than a density could make them
        are atoms. For "gaussian" and "gaussian_mixture" numbers are continuous, tied or not, unless
        a column has only few distinct values and the other side holds numbers: then it holds
        classes.
    n_states : tuple of int or None, default=None
        How many values x and y can have, for methods that count; None for one that is not known.
    sample_weight : array-like of shape (n_samples,), default=None
        A weight of k counts as k repetitions of the sample (so that weights which sum to one are
        those of a sample of one); for methods that count only.
    n_permutations : int, default=None
        Compute the p-value by so many permutations of y. By default it is that of a G-test, on
        cells of equal count where columns are continuous; for "gaussian" and "gaussian_mixture"
        that of a correlation, or of equal means of the classes.
    random_state : int, RandomState instance or None, default=None
        For the permutations.
    base : float, default=None
        Base of the logarithm: None for nats, 2 for bits.

    Returns
    -------
    estimate : Estimate
        ``float(estimate)`` is its value. It can be below zero, where nothing was found, and is
        never above the entropy of a discrete side. It is 0 if x or y is constant.

    Raises
    ------
    ValueError
        If columns cannot be read, differ in length or hold infinity, or the method is for other
        kinds of columns.

    See Also
    --------
    estimate_pointwise_mutual_information : The same, sample by sample.
    estimate_total_correlation : For more than two variables.

    Notes
    -----
    Let :math:`D_X` say which atom X is, or that it is continuous. Then

    .. math::

        I(X; Y) = I(D_X; D_Y) + I(X; D_Y | D_X) + I(Y; D_X | D_Y) + I(X; Y | D_X, D_Y)

    where the first term only counts, and the others see numbers of one or both sides, given what is
    an atom. A numeric column of few distinct values is discrete; in others, values that stand out
    of their neighbours by their number, such as zeros, are atoms. Columns with many ties that do
    not stand out, such as ages and prices, are continuous at their resolution. No noise is added,
    and the order of the samples changes nothing.

    References
    ----------
    .. [1] A. Kraskov, H. Stögbauer, P. Grassberger (2004). Estimating mutual information. Physical
       Review E 69, 066138. :doi:`10.1103/PhysRevE.69.066138`
    .. [2] B. C. Ross (2014). Mutual information between discrete and continuous data sets. PLoS ONE
       9(2), e87357. :doi:`10.1371/journal.pone.0087357`

    Examples
    --------
    A censored signal, with nearly a third of zeros; its information is not changed by a map:

    >>> import numpy as np
    >>> from sklearn_infotheory.estimation import estimate_mutual_information
    >>> x, noise = np.random.default_rng(0).normal(size=(2, 2000))
    >>> y = np.maximum(x + noise + 0.7, 0)
    >>> estimate = estimate_mutual_information(x, y, method="knn", base=2)
    >>> print(round(float(estimate), 1), estimate.method)
    0.4 chain_rule
    >>> mapped = estimate_mutual_information(np.exp(x), y**3, method="knn", base=2)
    >>> mapped.value == estimate.value
    True

    Letters that have nothing to do with it:

    >>> letters = np.random.default_rng(1).choice(list("abc"), 2000)
    >>> estimate_mutual_information(y, letters).p_value > 0.05
    True
    """
    variables, settings = read_variables(
        {"x": x, "y": y} | ({} if condition is None else {"condition": condition}),
        Settings(method, int(n_neighbors), transform, n_states),
        discrete,
        sample_weight,
    )
    finding, p = _with_p_value(variables, settings, n_permutations, random_state)
    return _as_estimate(finding, p, variables[0].n_samples, settings, base)


@validate_params(
    {"x": "no_validation", "y": "no_validation", "condition": "no_validation"} | CONSTRAINTS,
    prefer_skip_nested_validation=True,
)
def estimate_conditional_mutual_information(
    x: ArrayLike,
    y: ArrayLike,
    condition: ArrayLike,
    *,
    method: str = "auto",
    n_neighbors: int = 3,
    transform: Transform = "normal_scores",
    discrete: Discrete = None,
    n_states: tuple[int | None, int | None] | None = None,
    sample_weight: ArrayLike | None = None,
    n_permutations: int | None = None,
    random_state: RandomState = None,
    base: float | None = None,
) -> Estimate:
    r"""Estimate what two variables tell about one another when a third one is known.

    Parameters
    ----------
    x, y, condition : array-like, series or data frame
        Of shape (n_samples,) or (n_samples, n_columns): columns of any kind; several columns are
        one joint variable. A missing value is a value of its own.
    method : str, default="auto"
        As in :func:`estimate_mutual_information`. "knn" takes each value of a discrete condition as
        a sample of its own; with a continuous condition it compares neighbours in it [1]_, among
        samples of the same label where x or y is discrete or mixed [2]_. Ask for "frenzel_pompe" to
        make sure that all columns are continuous.
    n_neighbors : int, default=3
        Of methods by neighbours.
    transform : {"normal_scores", "standardize"} or None, default="normal_scores"
        As in :func:`estimate_mutual_information`.
    discrete : bool, tuple or None, default=None
        Which variables are discrete; as in :func:`estimate_mutual_information`.
    n_states : tuple of int or None, default=None
        How many values x and y can have, for methods that count; None for one that is not known.
    sample_weight : array-like of shape (n_samples,), default=None
        A weight of k counts as k repetitions of the sample (so that weights which sum to one are
        those of a sample of one); for methods that count only.
    n_permutations : int, default=None
        Compute the p-value by so many permutations of y among samples of the same condition; among
        the five nearest samples where the condition is continuous [3]_.
    random_state : int, RandomState instance or None, default=None
        For the permutations.
    base : float, default=None
        Base of the logarithm: None for nats, 2 for bits.

    Returns
    -------
    estimate : Estimate
        ``float(estimate)`` is its value. The p-value is NaN for a condition that is not discrete,
        unless the method is "gaussian" or ``n_permutations`` is given.

    Raises
    ------
    ValueError
        As in :func:`estimate_mutual_information`.

    See Also
    --------
    estimate_mutual_information : Without a condition.

    Notes
    -----
    .. math:: I(X; Y | Z) = \left\langle \psi(k) - \psi(n_{xz} + 1) - \psi(n_{yz} + 1)
              + \psi(n_z + 1) \right\rangle

    for continuous columns, with the numbers of samples nearer than the k-th neighbour in
    (x, y, z), seen from each side.

    References
    ----------
    .. [1] S. Frenzel, B. Pompe (2007). Partial mutual information for coupling analysis of
       multivariate time series. Physical Review Letters 99, 204101.
       :doi:`10.1103/PhysRevLett.99.204101`
    .. [2] O. C. Mesner, C. R. Shalizi (2021). Conditional mutual information estimation for mixed,
       discrete and continuous data. IEEE Transactions on Information Theory 67, 464-484.
       :doi:`10.1109/TIT.2020.3024886`
    .. [3] J. Runge (2018). Conditional independence testing based on a nearest-neighbor estimator
       of conditional mutual information. AISTATS, PMLR 84, 938-947.

    Examples
    --------
    Two sides that have all they share from a third:

    >>> import numpy as np
    >>> from sklearn_infotheory.estimation import estimate_conditional_mutual_information
    >>> z, a, b = np.random.default_rng(0).normal(size=(3, 1000))
    >>> given = estimate_conditional_mutual_information(z + a, z + b, z)
    >>> bool(abs(given.value) < 2 * given.standard_error)
    True
    """
    return estimate_mutual_information(
        x, y, condition=condition, method=method, n_neighbors=n_neighbors, transform=transform,
        discrete=discrete, n_states=n_states, sample_weight=sample_weight,
        n_permutations=n_permutations, random_state=random_state, base=base,
    )  # fmt: skip


def read_variables(
    given: dict[str, Any], settings: Settings, discrete: Discrete, sample_weight: ArrayLike | None
) -> tuple[list[Variable], Settings]:
    """Read the variables; the methods that count read every number as a category."""
    if settings.method in COUNT_METHODS and discrete is None:
        discrete = True
    flags = discrete if isinstance(discrete, tuple) else (discrete,) * len(given)
    if len(flags) != len(given) or any(flag not in (True, False, None) for flag in flags):
        raise ValueError(
            f"discrete={discrete!r} must have a flag for each of {', '.join(given)}. "
            "Pass True, False or None for each, or one for all."
        )
    _check_n_states(settings.n_states)
    weights = None if sample_weight is None else check_weights(sample_weight, sample_weight)
    if settings.method in GAUSSIAN_METHODS:
        variables = _read_for_gaussian_models(given, flags)
    else:
        variables = [
            read_variable(values, name, discrete=flag, weights=weights)
            for (name, values), flag in zip(given.items(), flags, strict=True)
        ]
    lengths = {variable.name: variable.n_samples for variable in variables}
    if weights is not None:
        settings = replace(settings, weights=of_positive_weight(weights)[0])
    elif sample_weight is not None:  # ones
        lengths["sample_weight"] = len(np.asarray(sample_weight))
    check_lengths(lengths)
    return variables, settings


def _read_for_gaussian_models(
    given: dict[str, Any], flags: tuple[bool | None, ...]
) -> list[Variable]:
    """Read numbers as continuous, tied or not, unless a column is classes throughout.

    Beside text, a column of numbers is never classes: one side has to be numbers.
    """
    variables = [
        read_variable(values, name, discrete=flag, may_be_mixed=False)
        for (name, values), flag in zip(given.items(), flags, strict=True)
    ]
    if all(variable.is_discrete for variable in variables) and len(variables) == 2:
        numeric = [holds_numbers(values, name) for name, values in given.items()]
        for i, (name, values) in enumerate(given.items()):
            if numeric[i] and not all(numeric) and flags[i] is None:
                variables[i] = read_variable(values, name, discrete=False)
    return variables


def _check_n_states(n_states: Any) -> None:
    if n_states is not None and not (
        len(n_states) == 2 and all(n is None or isinstance(n, Integral) for n in n_states)
    ):
        raise ValueError(
            f"n_states={n_states!r} must have two whole numbers: how many values x and y can have. "
            "Pass None in place of one that is not known."
        )


def _with_p_value(
    variables: list[Variable],
    settings: Settings,
    n_permutations: int | None,
    random_state: RandomState,
) -> tuple[Finding, float]:
    x, y, *condition = variables
    z = condition[0] if condition else None
    finding = find_information(x, y, z, settings)
    if n_permutations is not None:
        if settings.weights is not None:
            raise ValueError(
                "n_permutations needs samples that count alike; got a sample_weight. "
                "Leave n_permutations out: the p-value is then that of the weighted counts."
            )

        known = resolved(x, y, z, settings)

        def value(x: Variable, y: Variable, z: Variable | None) -> float:
            return find_information(x, y, z, known).value

        p = permutation_p_value(value, x, y, z, n_permutations, random_state)
    else:
        p = independence_p_value(x, y, z) if finding.p_value is None else finding.p_value
    return finding, p


def _as_estimate(
    finding: Finding, p: float, n_samples: float, settings: Settings, base: float | None
) -> Estimate:
    unit = nats_per_unit(base)
    n = n_samples if settings.weights is None else float(settings.weights.sum())
    return Estimate(
        finding.value / unit, finding.standard_error / unit, p, finding.method, n, base,
        finding.interval,
    )  # fmt: skip

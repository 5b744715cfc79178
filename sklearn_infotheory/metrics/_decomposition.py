"""Where a loss comes from: from the classes, from what predictions tell, from miscalibration."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from sklearn_infotheory._inference._noncentral_chi_square import divergence_interval
from sklearn_infotheory._types import Floats, RandomState
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit, unit_name
from sklearn_infotheory.measures._terms import share
from sklearn_infotheory.metrics._cell_counts import (
    MANY_ROWS,
    MOST_CLASSES,
    CellCounts,
    whole_terms,
)
from sklearn_infotheory.metrics._decomposition_bias import (
    bias_of_bins,
    bias_of_temperature,
    resampled,
    simulated_bias_of_bins,
    simulated_bias_of_counts,
    simulated_bias_of_fit,
)
from sklearn_infotheory.metrics._forecasts import Forecasts, check_forecasts
from sklearn_infotheory.metrics._prediction_bins import default_n_bins
from sklearn_infotheory.metrics._recalibration import (
    TERMS,
    Bins,
    Isotonic,
    Map,
    Method,
    Temperature,
    losses_of_rows,
    mean_loss,
    normalized,
)
from sklearn_infotheory.metrics._scale import Scale

if TYPE_CHECKING:
    from pandas import DataFrame

MethodName: TypeAlias = Literal["binned", "isotonic", "recalibration"]

# With so many expected labels in every cell the expansion of the bias is exact enough.
_FULL_CELL = 5.0
# From so many rows, bins that are cut anew differ too little to matter.
_MANY_MORE_ROWS = 20_000


@dataclass(frozen=True)
class CrossEntropyDecomposition:
    """The terms of a loss: uncertainty - resolution + reliability + remainder = score.

    Attributes
    ----------
    score : float
        Mean cross-entropy of the predictions.
    uncertainty : float
        Entropy of the classes, H(Y): the loss of who knows only how frequent they are.
    resolution : float
        What the predictions tell about the class. With bins, I(bin; Y).
    reliability : float
        What miscalibration costs: the expected divergence of the calibrated predictions from
        those given. An estimate below zero says that less was found than chance would show.
    remainder : float
        What bins hide: the cost of the differences of predictions within bins, below zero where
        these differences tell about the class. 0 for methods without bins.
    standard_errors : dict of str to float
        Standard error of each of these, by name.
    intervals : dict of str to (float, float)
        Their confidence intervals.
    bias : dict of str to float
        What was taken off the plug-in value of each; zeros with ``debias=False``.
    unit : str
        Name of the unit of all values.
    method : str
        How predictions were recalibrated.
    confidence_level : float
        Confidence level of the intervals.
    n_samples : float
        Sum of the weights.
    n_bins : int or None
        Number of bins; None for methods without bins.
    """

    score: float
    uncertainty: float
    resolution: float
    reliability: float
    remainder: float
    standard_errors: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    bias: dict[str, float]
    unit: str
    method: str
    confidence_level: float
    n_samples: float
    n_bins: int | None

    def to_frame(self) -> DataFrame:
        """Return one row a term: value, standard error, interval and the bias taken off.

        Returns
        -------
        pandas.DataFrame
            Indexed by the name of the term.
        """
        import pandas as pd

        bounds = np.array([self.intervals[term] for term in TERMS])
        columns = {
            "value": [getattr(self, term) for term in TERMS],
            "standard_error": [self.standard_errors[term] for term in TERMS],
            "lower": bounds[:, 0],
            "upper": bounds[:, 1],
            "bias": [self.bias[term] for term in TERMS],
        }
        return pd.DataFrame(columns, index=pd.Index(TERMS, name="term"))


@validate_params(
    {
        "y_true": ["array-like"],
        "y_proba": ["array-like"],
        "method": [StrOptions(set(get_args(MethodName)))],
        "n_bins": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "labels": ["array-like", None],
        "scale": [StrOptions(set(get_args(Scale)))],
        "sample_weight": ["array-like", None],
        "zero": [StrOptions({"raise"}), Interval(Real, 0, 0.5, closed="neither")],
        "debias": ["boolean"],
        "confidence_level": [Interval(Real, 0, 1, closed="neither")],
        "n_bootstrap": [Interval(Integral, 20, None, closed="left"), StrOptions({"none"})],
        "base": BASE_CONSTRAINT,
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def cross_entropy_decomposition(
    y_true: ArrayLike,
    y_proba: ArrayLike,
    *,
    method: MethodName = "binned",
    n_bins: int | Literal["auto"] = "auto",
    labels: ArrayLike | None = None,
    scale: Scale = "probability",
    sample_weight: ArrayLike | None = None,
    zero: float | Literal["raise"] = "raise",
    debias: bool = True,
    confidence_level: float = 0.95,
    n_bootstrap: int | Literal["none"] = 400,
    base: float | None = None,
    random_state: RandomState = 0,
) -> CrossEntropyDecomposition:
    r"""Split the cross-entropy into uncertainty, resolution and reliability.

    The terms sum to the score: *uncertainty - resolution + reliability + remainder*.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_classes)
        Labels, one-hot rows, or soft targets: probabilities of the classes.
    y_proba : array-like of shape (n_samples,) or (n_samples, n_classes)
        Predicted probabilities; of the second class if 1-d.
    method : {"binned", "isotonic", "recalibration"}, default="binned"
        - "binned": predictions are cut into bins of about equal count, by a k-d tree if there are
          more than two classes. Assumes nothing. Differences within a bin are the ``remainder``,
          which is large with many classes.
        - "isotonic": predictions are compared with their increasing fit to the labels, one a
          class against the rest if there are more than two classes. Assumes that the ranking of
          the predictions is right.
        - "recalibration": predictions are compared with their fit by one temperature and a shift
          of each class, by maximum likelihood. Finds over- and underconfidence and wrong class
          shares with the least noise, for any number of classes, and nothing else.
    n_bins : int or "auto", default="auto"
        Number of bins. "auto" takes the cube root of n, or fewer with many classes.
    labels : array-like of shape (n_classes,), default=None
        Class of each column of ``y_proba``; None for the sorted labels in ``y_true``.
    scale : {"probability", "log", "logit"}, default="probability"
        What the columns of predictions hold, as in :func:`cross_entropy_loss`.
    sample_weight : array-like of shape (n_samples,), default=None
        A weight of k counts as k repetitions of the sample.
    zero : "raise" or float, default="raise"
        What happens to a probability of 0 of a label that occurs, whose loss is infinite: "raise"
        an error, or clip probabilities to at least this floor.
    debias : bool, default=True
        Take off what the terms gain by looking at the labels they explain. False gives the
        plug-in values.
    confidence_level : float, default=0.95
        Confidence level of the intervals.
    n_bootstrap : int or "none", default=400
        Number of bootstrap samples, which take nearly all of the time; "none" leaves the intervals
        out (NaN).
    base : float, default=None
        Base of the logarithm: None for nats, 2 for bits.
    random_state : int, RandomState instance or None, default=0
        Draws the bootstrap samples. The default gives equal results for equal data.

    Returns
    -------
    CrossEntropyDecomposition
        The terms, their standard errors and intervals, and the bias that was taken off.

    Raises
    ------
    ValueError
        If the predictions are no probabilities, a label has no column, or a label that occurs has
        a predicted probability of 0 and ``zero="raise"``.

    See Also
    --------
    calibration_test : Whether the predictions are calibrated.
    CrossEntropyDecompositionDisplay : Draws the terms of several models.

    Notes
    -----
    With the shares :math:`o` of the classes, their shares :math:`o_b` in bin b, the mean prediction
    :math:`\bar p_b` there and the share :math:`w_b` of samples,

    .. math:: -\frac{1}{N} \sum_i \log p_{i, y_i} = H(o) - \sum_b w_b D(o_b \| o)
              + \sum_b w_b D(o_b \| \bar p_b) + \frac{1}{N} \sum_i \log \frac{\bar p_{b(i), y_i}}
              {p_{i, y_i}}

    Plug-in terms are biased by about :math:`-(K-1)/2N`, :math:`(B-1)(K-1)/2N` and
    :math:`B(K-1)/2N`. The second-order expansion that is used also counts only cells that occur,
    and takes account of predictions that vary within bins. Where cells are expected to hold fewer
    than five labels the bias is simulated, with rows drawn and cut into bins anew; and so it is,
    with these rows, for "isotonic". For "recalibration" the bias of
    the reliability is that of K fitted parameters, :math:`K/2N`.

    The bootstrap draws rows, and labels from predictions that are moved towards the recalibrated
    ones until they are as unreliable as the debiased estimate says. Rows with their own labels
    would show each sample's noise twice, and intervals of a calibrated model would be too wide.
    Divergences are taken for noncentral chi-square with the bias and the variance of the bootstrap.
    Score and remainder are means of rows, whose intervals are normal. All of them are about the
    bins as they were cut in this sample.

    References
    ----------
    .. [1] Bröcker, J. (2009). Reliability, sufficiency, and the decomposition of proper scores.
       Quarterly Journal of the Royal Meteorological Society 135. :doi:`10.1002/qj.456`
    .. [2] Stephenson, D. B., Coelho, C. A. S. and Jolliffe, I. T. (2008). Two extra components in
       the Brier score decomposition. Weather and Forecasting 23. :doi:`10.1175/2007WAF2006116.1`
    .. [3] Dimitriadis, T., Gneiting, T. and Jordan, A. I. (2021). Stable reliability diagrams for
       probabilistic classifiers. PNAS 118. :doi:`10.1073/pnas.2016191118`
    .. [4] Alexandari, A., Kundaje, A. and Shrikumar, A. (2020). Maximum likelihood with
       bias-corrected calibration is hard-to-beat at label shift adaptation. ICML.
       https://arxiv.org/abs/1901.06852

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_infotheory.metrics import cross_entropy_decomposition
    >>> rng = np.random.default_rng(0)
    >>> truth = rng.random(2000)
    >>> y = (rng.random(2000) < truth).astype(int)
    >>> overconfident = truth**2 / (truth**2 + (1 - truth) ** 2)
    >>> terms = cross_entropy_decomposition(y, overconfident, base=2)
    >>> table = terms.to_frame()[["value", "lower", "upper"]].drop("remainder")
    >>> print(table.round(2))  # doctest: +NORMALIZE_WHITESPACE
                 value  lower  upper
    term
    uncertainty   1.00   1.00   1.00
    resolution    0.29   0.26   0.32
    reliability   0.09   0.06   0.12
    score         0.80   0.74   0.86
    """
    forecasts = check_forecasts(y_true, y_proba, labels, sample_weight, zero, scale)
    generator = check_random_state(random_state)
    chosen = _method_of(method, n_bins, forecasts)
    plug_in = chosen.measure(forecasts.targets)
    bias, world = _bias_and_world(chosen, plug_in, forecasts.targets, generator)
    draws = _bootstrap(chosen, world, forecasts.targets, n_bootstrap, generator)
    errors = _standard_errors(chosen, draws, forecasts.targets)
    removed = _at_most_equal_shares(bias, plug_in, forecasts.proba.shape[1])
    removed = removed if debias else np.zeros_like(bias)
    bounds = _bounds(plug_in, bias, draws, errors, confidence_level, forecasts.proba.shape[1])
    bounds = _around(bounds, plug_in - removed)
    unit = nats_per_unit(base)
    return CrossEntropyDecomposition(
        **_by_term((plug_in - removed) / unit),
        standard_errors=_by_term(errors / unit),
        intervals={term: (a / unit, b / unit) for term, (a, b) in bounds.items()},
        bias=_by_term(removed / unit),
        unit=unit_name(base),
        method=method,
        confidence_level=float(confidence_level),
        n_samples=float(forecasts.targets.sum()),
        n_bins=chosen.n_bins if isinstance(chosen, Bins) else None,
    )


def _at_most_equal_shares(bias: Floats, plug_in: Floats, n_classes: int) -> Floats:
    """Return the bias that leaves an entropy of at most log K; resolution shares the correction."""
    excess = max(0.0, plug_in[0] - bias[0] - np.log(n_classes))
    return bias + excess * np.isin(TERMS, ("uncertainty", "resolution"))


def _around(
    bounds: dict[str, tuple[float, float]], values: Floats
) -> dict[str, tuple[float, float]]:
    """Return intervals that hold the values, as those of skew distributions may not."""
    pairs = zip(bounds.items(), values.tolist(), strict=True)
    return {term: (min(low, value), max(high, value)) for (term, (low, high)), value in pairs}


def _by_term(values: Floats) -> dict[str, float]:
    return dict(zip(TERMS, values.tolist(), strict=True))


def _method_of(name: MethodName, n_bins: int | Literal["auto"], forecasts: Forecasts) -> Method:
    if name == "isotonic":
        return Isotonic(forecasts.proba)
    if name == "recalibration":
        return Temperature(forecasts.proba, forecasts.targets)
    if n_bins == "auto":
        n_bins = default_n_bins(forecasts.targets.sum(), forecasts.proba.shape[1])
    return Bins(forecasts.proba, forecasts.targets, n_bins)


def _bias_and_world(
    method: Method, plug_in: Floats, targets: Floats, random_state: np.random.RandomState
) -> tuple[Floats, Floats]:
    """Return the bias of the terms, and the law that bootstrap labels are drawn from."""
    fitted = method.recalibrate(targets)
    bias = _bias(method, plug_in, fitted, targets, random_state)
    world = _mixed(method.proba, fitted, plug_in, bias)
    return bias, _law_of_rows(world, fitted, targets)


def _bias(
    method: Method,
    plug_in: Floats,
    fitted: Floats,
    targets: Floats,
    random_state: np.random.RandomState,
) -> Floats:
    """Return by how much each term is too large on average."""
    if isinstance(method, Temperature):
        return bias_of_temperature(method, targets)
    if isinstance(method, Map):
        # The increasing fit has flat parts, on which a fit gains less than on the rising truth.
        smooth = Temperature(method.proba, targets).recalibrate(targets)
        return simulated_bias_of_fit(method, smooth, targets, random_state)
    expanded = bias_of_bins(method, targets)
    if method.smallest_expectation(targets) >= _FULL_CELL or not _are_labels(targets):
        return expanded
    world = _mixed(method.proba, fitted, plug_in, expanded)
    if _is_counted(method, targets) and len(targets) >= _MANY_MORE_ROWS:
        return simulated_bias_of_counts(method, world, targets, random_state)
    return simulated_bias_of_bins(method, world, targets, random_state)


def _are_labels(targets: Floats) -> bool:
    return bool(((targets > 0).sum(axis=1) <= 1).all())


def _mixed(proba: Floats, fitted: Floats, plug_in: Floats, bias: Floats) -> Floats:
    """Return predictions moved so far towards the fitted ones that their divergence is unbiased."""
    found = plug_in[TERMS.index("reliability")]
    unbiased = found - bias[TERMS.index("reliability")]
    share = np.sqrt(np.clip(unbiased / found, 0, 1)) if found > 0 else 0.0  # KL grows by the square
    return (1 - share) * proba + share * fitted


def _law_of_rows(world: Floats, fitted: Floats, targets: Floats) -> Floats:
    """Return the law of each row's labels; soft targets are moved as their predictions were."""
    if _are_labels(targets):
        return world
    return normalized(targets * share(world, fitted))


def _bootstrap(
    method: Method,
    world: Floats,
    targets: Floats,
    n_bootstrap: int | str,
    random_state: np.random.RandomState,
) -> Floats:
    """Return the plug-in terms of resampled data; NaN where there is no bootstrap."""
    if isinstance(n_bootstrap, str):
        return np.full((2, len(TERMS)), np.nan)
    labels, weights = _are_labels(targets), targets.sum(axis=1)
    if isinstance(method, Bins) and _is_counted(method, targets):
        cells, score = CellCounts(method, world, weights), mean_loss(targets, method.proba)
        return np.array([whole_terms(cells.draw(random_state), score) for _ in range(n_bootstrap)])
    samples = (resampled(world, weights, labels, random_state) for _ in range(n_bootstrap))
    return np.array([method.measure(sample) for sample in samples])


def _is_counted(method: Bins, targets: Floats) -> bool:
    """Tell where counts are drawn instead of rows: of many rows with labels, of few classes."""
    n_rows, n_classes = targets.shape
    return n_rows >= MANY_ROWS and n_classes <= MOST_CLASSES and _are_labels(targets)


def _standard_errors(method: Method, draws: Floats, targets: Floats) -> Floats:
    """Return those of the bootstrap; of means of rows, those of the rows as they are."""
    errors = draws.std(axis=0, ddof=1)
    if np.isnan(errors).any():
        return errors
    weights = targets.sum(axis=1)
    errors[TERMS.index("score")] = _error_of_mean(losses_of_rows(targets, method.proba), weights)
    if isinstance(method, Bins):
        within = method.losses_within(targets)
        errors[TERMS.index("remainder")] = _error_of_mean(within, weights)
    return errors


def _error_of_mean(values: Floats, weights: Floats) -> float:
    mean = np.average(values, weights=weights)
    return float(np.sqrt(np.average((values - mean) ** 2, weights=weights) / weights.sum()))


def _bounds(
    plug_in: Floats, bias: Floats, draws: Floats, errors: Floats, level: float, n_classes: int
) -> dict[str, tuple[float, float]]:
    """Return the interval of each term."""
    if np.isnan(draws).any():
        return dict.fromkeys(TERMS, (np.nan, np.nan))
    values, variances = plug_in - bias, errors**2
    centers = draws.mean(axis=0) - bias
    reach = ndtri((1 + level) / 2) * errors
    bounds = dict(zip(TERMS, zip(values - reach, values + reach, strict=True), strict=True))
    for i, term in enumerate(("resolution", "reliability"), start=1):
        bounds[term] = divergence_interval(values[i], bias[i], variances[i], level, centers[i])
    # The entropy lies below its maximum by a divergence from equal shares.
    most = np.log(n_classes)
    below, center = most - values[0], most - centers[0]
    low, high = divergence_interval(below, -bias[0], variances[0], level, center)
    bounds["uncertainty"] = (most - high, most - low)
    return {term: (float(low), float(high)) for term, (low, high) in bounds.items()}

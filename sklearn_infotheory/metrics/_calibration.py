"""Are predicted probabilities as surprised by what happens as they expect to be?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy
from sklearn.utils._param_validation import StrOptions, validate_params

from sklearn_infotheory._types import Floats
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit, unit_name
from sklearn_infotheory.measures._terms import surprisal
from sklearn_infotheory.metrics._forecasts import forecasts_of
from sklearn_infotheory.metrics._probabilities import check_predictions
from sklearn_infotheory.metrics._saddlepoint import two_sided_p_value
from sklearn_infotheory.metrics._scale import Scale

if TYPE_CHECKING:
    from pandas import DataFrame


# Beneath this share of the squared surprisals a variance is rounding.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class CalibrationTest:
    """A test of calibration, of all classes together and of each against the rest.

    Attributes
    ----------
    statistic : float
        z: the excess loss in standard deviations. Above 0, predictions are too sure; below 0, not
        sure enough.
    p_value : float
        Two-sided.
    excess_loss : float
        Mean loss less the loss that the predictions expect of themselves, their mean entropy.
    standard_error : float
        Standard deviation of the excess loss if the predictions are calibrated.
    unit : str
        Name of the unit of these two.
    classes : ndarray of shape (n_classes,)
        Label of each column.
    class_statistics : ndarray of shape (n_classes,)
        z of each class against the rest.
    class_p_values : ndarray of shape (n_classes,)
        Not corrected for the number of classes.
    n_samples : float
        Sum of the weights.
    """

    statistic: float
    p_value: float
    excess_loss: float
    standard_error: float
    unit: str
    classes: NDArray[Any]
    class_statistics: Floats
    class_p_values: Floats
    n_samples: float

    def to_frame(self) -> DataFrame:
        """Return one row for all classes together, and one a class.

        Returns
        -------
        pandas.DataFrame
            With the columns class, statistic and p_value.
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "class": ["all", *self.classes.tolist()],
                "statistic": [self.statistic, *self.class_statistics],
                "p_value": [self.p_value, *self.class_p_values],
            }
        )


@validate_params(
    {
        "y_true": ["array-like"],
        "y_proba": ["array-like"],
        "labels": ["array-like", None],
        "scale": [StrOptions(set(get_args(Scale)))],
        "sample_weight": ["array-like", None],
        "base": BASE_CONSTRAINT,
    },
    prefer_skip_nested_validation=True,
)
def calibration_test(
    y_true: ArrayLike,
    y_proba: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    scale: Scale = "probability",
    sample_weight: ArrayLike | None = None,
    base: float | None = None,
) -> CalibrationTest:
    r"""Test whether predictions are as surprised by what happens as they expect to be.

    A calibrated prediction p expects the loss H(p). The test compares the mean loss with the mean
    of these entropies. It needs no bins and no fit.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_classes)
        Labels or one-hot rows.
    y_proba : array-like of shape (n_samples,) or (n_samples, n_classes)
        Predicted probabilities; of the second class if 1-d.
    labels : array-like of shape (n_classes,), default=None
        Class of each column of ``y_proba``; None for the sorted labels in ``y_true``.
    scale : {"probability", "log", "logit"}, default="probability"
        What the columns of predictions hold, as in :func:`cross_entropy_loss`.
    sample_weight : array-like of shape (n_samples,), default=None
        A weight of k counts as k independent repetitions of the sample.
    base : float, default=None
        Base of the logarithm of ``excess_loss``: None for nats, 2 for bits.

    Returns
    -------
    CalibrationTest
        The statistic z and the p-value, of all classes together and of each against the rest.

    Raises
    ------
    ValueError
        If the predictions are no probabilities, a label has no column, or y_true holds soft
        targets, whose spread calibration does not determine.

    See Also
    --------
    cross_entropy_decomposition : How much miscalibration costs.
    ReliabilityDisplay : Where predictions are wrong.

    Notes
    -----
    .. math:: z = \frac{\sum_i [-\log p_{i, y_i} - H(p_i)]}{\sqrt{\sum_i \mathrm{Var}_{p_i}
              (\log p_i)}}

    is standard normal for calibrated predictions and large n: the test of Spiegelhalter [1]_ with
    the loss in place of the Brier score. The sum is skew where predictions are sure. The
    p-values therefore come from the saddlepoint approximation [2]_ of its distribution, the
    cumulant generating function :math:`\sum_i \log \sum_k p_{ik}^{1-t} - t H(p_i)` of which is
    known exactly. Where the loss is the smallest or the largest that is possible, as when every
    label is the likeliest one, the tail is the probability of these labels. Of each class, the
    test is that of the two probabilities p and 1 - p.

    The test sees predictions that are too sure or not sure enough. It does not see errors that
    cancel in the mean loss, and where all predictions are uniform it sees nothing: z is 0 and the
    p-value 1. What has probability 0 and happens refutes calibration: z is inf, the p-value 0.

    References
    ----------
    .. [1] Spiegelhalter, D. J. (1986). Probabilistic prediction in patient management and clinical
       trials. Statistics in Medicine 5. :doi:`10.1002/sim.4780050506`
    .. [2] Lugannani, R. and Rice, S. (1980). Saddle point approximation for the distribution of
       the sum of independent random variables. Advances in Applied Probability 12.
       :doi:`10.2307/1426607`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_infotheory.metrics import calibration_test
    >>> rng = np.random.default_rng(0)
    >>> truth = rng.random(2000)
    >>> y = (rng.random(2000) < truth).astype(int)
    >>> bool(calibration_test(y, truth).p_value > 0.05)
    True
    >>> overconfident = truth**2 / (truth**2 + (1 - truth) ** 2)
    >>> test = calibration_test(y, overconfident)
    >>> bool(test.statistic > 5)
    True
    """
    predictions = check_predictions(
        y_true, y_proba, labels=labels, sample_weight=sample_weight, scale=scale
    )
    if predictions.codes is None:
        raise ValueError(
            "y_true must hold labels or one-hot rows; got soft targets, whose spread around "
            "calibrated predictions is not known. Use cross_entropy_decomposition, whose interval "
            "of the reliability takes the spread from the data."
        )
    forecasts = forecasts_of(predictions, "inf")
    assert forecasts.codes is not None
    weights = forecasts.weights
    excess, error, p_value = _test(forecasts.proba, forecasts.codes, weights)
    by_class = [
        _test(np.column_stack([1 - p, p]), (forecasts.codes == k).astype(np.intp), weights)
        for k, p in enumerate(forecasts.proba.T)
    ]
    unit = weights.sum() * nats_per_unit(base)
    return CalibrationTest(
        statistic=_ratio(excess, error),
        p_value=p_value,
        excess_loss=float(excess / unit),
        standard_error=float(error / unit),
        unit=unit_name(base),
        classes=forecasts.classes,
        class_statistics=np.array([_ratio(a, b) for a, b, _ in by_class]),
        class_p_values=np.array([p for *_, p in by_class]),
        n_samples=float(weights.sum()),
    )


def _ratio(excess: float, error: float) -> float:
    if error > 0 or excess == 0:
        return excess / error if error > 0 else 0.0
    return float(np.copysign(np.inf, excess))


def _test(proba: Floats, codes: NDArray[np.intp], weights: Floats) -> tuple[float, float, float]:
    """Return the excess of the summed loss, its standard deviation, and the p-value."""
    proba = proba / proba.sum(axis=1, keepdims=True)
    logs = np.log(np.where(proba > 0, proba, 1.0))
    entropies = -xlogy(proba, proba).sum(axis=1)
    seen = proba[np.arange(len(codes)), codes]
    excess = float(weights @ (surprisal(seen) - entropies))
    squares = (proba * logs**2).sum(axis=1)
    deviations = (proba * (logs + entropies[:, None]) ** 2).sum(axis=1)
    variance = float(weights @ np.where(deviations > _ROUNDING * squares, deviations, 0.0))
    if np.isinf(excess):
        return excess, float(np.sqrt(variance)), 0.0
    if variance == 0:
        return 0.0, 0.0, 1.0
    p_value = two_sided_p_value(excess, variance, proba, logs, entropies, weights)
    return excess, float(np.sqrt(variance)), p_value

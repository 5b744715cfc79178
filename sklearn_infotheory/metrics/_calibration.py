"""Are predicted probabilities calibrated? Tests of their loss and of the share of each class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils._param_validation import StrOptions, validate_params

from sklearn_infotheory._inference._corrections import adjust_p_values
from sklearn_infotheory._types import Floats
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit, unit_name
from sklearn_infotheory.metrics._calibration_fit import fit_slope_and_shifts
from sklearn_infotheory.metrics._calibration_moments import (
    Rows,
    p_value_of_loss,
    p_values_of_class_losses,
    p_values_of_counts,
    sums_of,
)
from sklearn_infotheory.metrics._probabilities import check_predictions
from sklearn_infotheory.metrics._scale import Scale

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class CalibrationTest:
    """Tests of calibration: of the loss, of the share of each class, and of both together.

    Attributes
    ----------
    p_value : float
        Of all predictions being calibrated: the smallest of the p-values of the loss and of the
        share of each class, times their number (Holm). Two classes have one share.
    statistic : float
        z of the loss: its excess in standard deviations. Above 0, predictions are too sure; below
        0, not sure enough.
    loss_p_value : float
        Two-sided.
    excess_loss : float
        Mean loss minus the loss that the predictions expect of themselves, their mean entropy.
    standard_error : float
        Standard deviation of the excess loss if the predictions are calibrated.
    unit : str
        Name of the unit of these two.
    classes : ndarray of shape (n_classes,)
        Label of each column.
    class_statistics : ndarray of shape (n_classes,)
        z of the loss of each class against the rest.
    class_p_values : ndarray of shape (n_classes,)
        Not corrected for the number of classes.
    excess_shares : ndarray of shape (n_classes,)
        Observed share of each class minus its mean prediction: calibration in the large.
    share_statistics : ndarray of shape (n_classes,)
        These in standard deviations.
    share_p_values : ndarray of shape (n_classes,)
        Two-sided, not corrected for the number of classes.
    slope : float
        By what the log-odds of the predictions should be multiplied: below 1, predictions are too
        sure. The inverse of the temperature.
    slope_error : float
        Its standard error.
    shifts : ndarray of shape (n_classes,)
        What should be added to the log-odds of each class against the first, in nats, whatever the
        base; of two classes, the second is the intercept.
    shift_errors : ndarray of shape (n_classes,)
        Their standard errors; 0 for the first class.
    n_samples : float
        Sum of the weights.
    """

    p_value: float
    statistic: float
    loss_p_value: float
    excess_loss: float
    standard_error: float
    unit: str
    classes: NDArray[Any]
    class_statistics: Floats
    class_p_values: Floats
    excess_shares: Floats
    share_statistics: Floats
    share_p_values: Floats
    slope: float
    slope_error: float
    shifts: Floats
    shift_errors: Floats
    n_samples: float

    def to_frame(self) -> DataFrame:
        """Return one row for all tests together, one for the loss, and one for each share.

        Returns
        -------
        pandas.DataFrame
            With the columns test, class, statistic, p_value and corrected_p_value (Holm).
        """
        import pandas as pd

        shares = _different(self.share_statistics)
        p_values = np.array([self.loss_p_value, *self.share_p_values[shares]])
        return pd.DataFrame(
            {
                "test": ["all", "loss", *["share"] * len(p_values[1:])],
                "class": ["all", "all", *self.classes[shares].tolist()],
                "statistic": [np.nan, self.statistic, *self.share_statistics[shares]],
                "p_value": [self.p_value, *p_values],
                "corrected_p_value": [self.p_value, *adjust_p_values(p_values)],
            }
        )

    def class_losses(self) -> DataFrame:
        """Return the test of the loss of each class against the rest.

        Returns
        -------
        pandas.DataFrame
            With the columns class, statistic and p_value (not corrected).
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "class": self.classes.tolist(),
                "statistic": self.class_statistics,
                "p_value": self.class_p_values,
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
    r"""Test whether predictions are calibrated: their loss, and the share of each class.

    A calibrated prediction p expects the loss H(p), and the class k with the probability p_k. The
    tests compare the mean loss with the mean of these entropies, and the share of each class with
    its mean prediction. They need no bins. The p-value is about all of them.

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
        The p-value of all tests together, each test, and the slope and shifts of the log-odds that
        recalibrate the predictions.

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
    the loss in place of the Brier score. It sees predictions that are too sure or not sure enough,
    but hardly a wrong prevalence, which the share of the class shows (calibration in the large
    [3]_):

    .. math:: z_k = \frac{\sum_i (1_{y_i = k} - p_{ik})}{\sqrt{\sum_i p_{ik} (1 - p_{ik})}}.

    These are the scores, at slope 1 and no shift, of the model softmax(slope log p + shifts), whose
    maximum likelihood fit is reported. ``p_value`` is the smallest p-value of the loss and of the
    K shares (of two classes, one) times their number, by which at most a share alpha of calibrated
    predictions are rejected, however sure they are; ``to_frame`` corrects each by Holm's rule.

    The sums are skew where predictions are sure. The p-values therefore come from the saddlepoint
    approximation [2]_ of their distributions, the cumulant generating functions of which are
    known exactly; of the loss, :math:`\sum_i \log \sum_k p_{ik}^{1-t} - t H(p_i)`. Of large samples
    its first four cumulants are enough. Where a sum is the smallest or the largest that is
    possible, as when every label is the likeliest one, the tail is the probability of these labels.

    The tests do not see errors that cancel in all of these means. What has probability 0 and
    happens refutes calibration: z is inf, the p-value 0.

    References
    ----------
    .. [1] Spiegelhalter, D. J. (1986). Probabilistic prediction in patient management and clinical
       trials. Statistics in Medicine 5. :doi:`10.1002/sim.4780050506`
    .. [2] Lugannani, R. and Rice, S. (1980). Saddle point approximation for the distribution of
       the sum of independent random variables. Advances in Applied Probability 12.
       :doi:`10.2307/1426607`
    .. [3] Cox, D. R. (1958). Two further applications of a model for binary regression. Biometrika
       45. :doi:`10.1093/biomet/45.3-4.562`

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
    >>> print(test.to_frame().round(3))
        test class  statistic  p_value  corrected_p_value
    0    all   all        NaN    0.000              0.000
    1   loss   all     20.214    0.000              0.000
    2  share     1      0.684    0.494              0.494
    >>> print(f"{test.slope:.2f} +- {test.slope_error:.2f}")
    0.52 +- 0.02
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
    sums, rows = sums_of(predictions), Rows(predictions)
    weights = predictions.weights
    n = float(len(predictions.proba) if weights is None else weights.sum())
    loss_p_value = p_value_of_loss(sums, rows)
    share_p_values = p_values_of_counts(sums, rows)
    tested = np.append(loss_p_value, share_p_values[_different(share_p_values)])
    fit = fit_slope_and_shifts(predictions)
    unit = n * nats_per_unit(base)
    return CalibrationTest(
        p_value=float(adjust_p_values(tested).min()),
        statistic=_ratio(*sums.loss[:2]),
        loss_p_value=loss_p_value,
        excess_loss=float(sums.loss[0] / unit),
        standard_error=float(np.sqrt(sums.loss[1]) / unit),
        unit=unit_name(base),
        classes=predictions.classes,
        class_statistics=np.array([_ratio(*c[:2]) for c in sums.class_losses]),
        class_p_values=p_values_of_class_losses(sums, rows),
        excess_shares=sums.counts[:, 0] / n,
        share_statistics=np.array([_ratio(*c[:2]) for c in sums.counts]),
        share_p_values=share_p_values,
        slope=fit.slope,
        slope_error=fit.slope_error,
        shifts=fit.shifts,
        shift_errors=fit.shift_errors,
        n_samples=n,
    )


def _different(of_classes: Floats) -> slice:
    """Return the places of the classes whose shares are different tests: of two classes, one."""
    return slice(1, 2) if len(of_classes) == 2 else slice(None)


def _ratio(excess: float, variance: float) -> float:
    if variance > 0 or excess == 0:
        return float(excess / np.sqrt(variance)) if variance > 0 else 0.0
    return float(np.copysign(np.inf, excess))

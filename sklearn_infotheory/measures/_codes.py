"""Code lengths of models and texts: information criteria and bits per character."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from sklearn_infotheory.measures._arguments import Information, in_base, log_base

Criterion = Literal["aic", "aicc", "bic", "mdl"]


def information_criterion(
    log_likelihood: npt.ArrayLike,
    n_parameters: npt.ArrayLike,
    n_samples: npt.ArrayLike | None = None,
    *,
    criterion: Criterion = "bic",
    base: float | None = None,
) -> Information:
    r"""Weigh how well fitted models describe the data against how many parameters they have.

    Parameters
    ----------
    log_likelihood : array_like of shape (...)
        Largest log-likelihood of each model, of all samples together, in nats.
    n_parameters : array_like of shape (...)
        Number of free parameters of each model; broadcasts.
    n_samples : array_like of shape (...), optional
        Number of samples; needed by all criteria but "aic".
    criterion : {"aic", "aicc", "bic", "mdl"}, default="bic"
        "aic" estimates the divergence from the truth, for prediction; "aicc" corrects it for small
        samples; "bic" approximates -2 log of the evidence, to find the true model; "mdl" is half of
        it, the two-part code length of model and data.
    base : float, optional
        Base of the logarithm: None for nats, in which criteria are usually stated, 2 for bits.

    Returns
    -------
    value : float or ndarray of shape (...)
        Criterion of each model; less is better. "aicc" is inf where the samples do not
        exceed the parameters by at least 2.

    Raises
    ------
    ValueError
        If `criterion` is unknown, if `n_samples` is missing or not positive, if `n_parameters` is
        negative, or if a log-likelihood is NaN.

    See Also
    --------
    model_weights : Share of each model in the evidence.

    Notes
    -----
    With log-likelihood L, k parameters and n samples [1]_ [2]_,

    .. math:: AIC = 2k - 2L, \quad AIC_c = AIC + \frac{2k(k+1)}{n-k-1}, \quad
              BIC = k \log n - 2L, \quad MDL = BIC / 2.

    References
    ----------
    .. [1] K. P. Burnham, D. R. Anderson (2002). Model Selection and Multimodel Inference. Springer.
       https://doi.org/10.1007/b97636
    .. [2] G. Schwarz (1978). Estimating the dimension of a model. Annals of Statistics 6(2),
       461-464. https://doi.org/10.1214/aos/1176344136

    Examples
    --------
    The second model is more likely, but not by as much as its two parameters cost:

    >>> from sklearn_infotheory.measures import information_criterion
    >>> print(information_criterion([-100.0, -98.5], [2, 4], 50).round(2))
    [207.82 212.65]
    """
    if criterion not in ("aic", "aicc", "bic", "mdl"):
        raise ValueError(
            f"criterion must be 'aic', 'aicc', 'bic' or 'mdl'; got {criterion!r}. "
            "Take 'aicc' for prediction and 'bic' to find the true model."
        )
    likelihood, k = (np.asarray(v, dtype=np.float64) for v in (log_likelihood, n_parameters))
    if np.isnan(likelihood).any() or not (k >= 0).all():
        raise ValueError(
            "log_likelihood must not be NaN and n_parameters not negative; got "
            f"{log_likelihood!r} and {n_parameters!r}. Leave out models that were not fitted."
        )
    if criterion == "aic":
        return in_base(2 * k - 2 * likelihood, base)
    n = _as_sample_size(n_samples, criterion)
    if criterion == "aicc":
        spare = n - k - 1
        with np.errstate(divide="ignore", invalid="ignore"):
            extra = np.where(spare > 0, 2 * k * (k + 1) / spare, np.inf)
        return in_base(2 * k - 2 * likelihood + extra, base)
    bic = k * np.log(n) - 2 * likelihood
    return in_base(bic / 2 if criterion == "mdl" else bic, base)


def _as_sample_size(n_samples: npt.ArrayLike | None, criterion: str) -> NDArray[np.float64]:
    """Return the number of samples, which the criterion needs."""
    n = np.asarray(np.nan if n_samples is None else n_samples, dtype=np.float64)
    if not (n > 0).all():
        raise ValueError(
            f"n_samples must be positive for criterion={criterion!r}; got {n_samples!r}. "
            "Pass the number of rows the models were fitted to."
        )
    return n


def model_weights(criterion_values: npt.ArrayLike, *, axis: int = -1) -> NDArray[np.float64]:
    r"""Turn values of an information criterion into weights of the models.

    Parameters
    ----------
    criterion_values : array_like of shape (..., n_models)
        AIC, AICc or BIC of models fitted to the same data, in nats; double the MDL first.
    axis : int, default=-1
        Axis along which the models lie.

    Returns
    -------
    weights : ndarray of shape (..., n_models)
        Weights that sum to one: of AIC, the Akaike weights; of BIC, approximate posterior
        probabilities under equal priors.

    Raises
    ------
    ValueError
        If a value is NaN, or if no value is finite.

    Notes
    -----
    .. math:: w_i \propto \exp(-\tfrac12 (C_i - \min_j C_j)).

    References
    ----------
    .. [1] K. P. Burnham, D. R. Anderson (2002). Model Selection and Multimodel Inference, section
       2.9. Springer. https://doi.org/10.1007/b97636

    Examples
    --------
    >>> from sklearn_infotheory.measures import model_weights
    >>> print(model_weights([207.82, 212.65]).round(3))
    [0.918 0.082]
    """
    values = np.asarray(criterion_values, dtype=np.float64)
    least = values.min(axis=axis, keepdims=True)
    if not np.isfinite(least).all():
        raise ValueError(
            "criterion_values must hold no NaN, and a finite value at least; got "
            f"{criterion_values!r}. Leave out models that were not fitted."
        )
    weights = np.exp(-0.5 * (values - least))
    return weights / weights.sum(axis=axis, keepdims=True)


def bits_per_character(
    token_losses: npt.ArrayLike, n_characters: int, *, base: float | None = None
) -> float:
    r"""Convert the losses of a language model on tokens to bits per character of the text.

    Parameters
    ----------
    token_losses : array_like of any shape
        Loss -log p(token | context) of each token, in units of `base`. One number is the sum.
    n_characters : int
        Number of characters of the text; positive. It does not depend on how the text is cut
        into tokens, so that models with different tokens can be compared.
    base : float, optional
        Base of the logarithm of the losses: None for nats, as most libraries return them; 2 for
        bits.

    Returns
    -------
    bits : float
        Bits per character, in [0, inf].

    Raises
    ------
    ValueError
        If a loss is negative or NaN, or if `n_characters` is not positive.

    Notes
    -----
    .. math:: -\frac{1}{n_\text{characters}} \sum_t \log_2 p(x_t | x_{<t}).

    A perplexity of P per token at a mean length of c characters is log2(P) / c bits per character.

    References
    ----------
    .. [1] C. E. Shannon (1951). Prediction and entropy of printed English. Bell System Technical
       Journal 30(1), 50-64. https://doi.org/10.1002/j.1538-7305.1951.tb01366.x

    Examples
    --------
    A perplexity of 15 per word, and 4.5 letters per word:

    >>> import numpy as np
    >>> from sklearn_infotheory.measures import bits_per_character
    >>> round(bits_per_character(np.full(2, np.log(15)), 9), 3)
    0.868
    """
    losses = np.asarray(token_losses, dtype=np.float64)
    if losses.size == 0 or not (losses >= 0).all() or not n_characters > 0:
        raise ValueError(
            "token_losses must hold numbers that are not negative and n_characters must be "
            f"positive; got {token_losses!r} and {n_characters!r}. Pass -log p of each token."
        )
    return float(losses.sum()) * log_base(base) / math.log(2) / n_characters

"""Axes to draw on. Only pictures need matplotlib, which is why it is an extra."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def check_matplotlib(caller: str) -> None:
    """Raise an error that names the extra if matplotlib cannot be imported.

    Parameters
    ----------
    caller : str
        What is to be drawn, for the message.
    """
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise ImportError(
            f"{caller} draws with matplotlib, which cannot be imported ({error}). Install it with "
            'the extra "plot": python -m pip install "sklearn-infotheory[plot]".'
        ) from error


def new_figure(
    caller: str, width: float, height: float, *, n_rows: int = 1, n_columns: int = 1
) -> Any:
    """Make a figure of this size in inches, and return its axes as an array."""
    check_matplotlib(caller)
    import matplotlib.pyplot as plt

    return plt.subplots(
        n_rows, n_columns, figsize=(width, height), squeeze=False, layout="constrained"
    )[1]


def axes_or_new(ax: Axes | None, caller: str, width: float, height: float) -> Any:
    """Return ``ax``, or the axes of a new figure of this size in inches."""
    return new_figure(caller, width, height)[0, 0] if ax is None else ax

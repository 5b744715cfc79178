"""Compress rows to clusters that keep what the rows say about the columns."""

from typing import TYPE_CHECKING

from sklearn_infotheory._lazy import load_on_first_use

if TYPE_CHECKING:
    from sklearn_infotheory.cluster._bottleneck_curve import InformationCurve, information_curve
    from sklearn_infotheory.cluster._gaussian_bottleneck import GaussianInformationBottleneck
    from sklearn_infotheory.cluster._information_bottleneck import InformationBottleneck
    from sklearn_infotheory.cluster._plot import InformationPlaneDisplay
else:
    __getattr__, __dir__ = load_on_first_use(
        __name__,
        {
            "GaussianInformationBottleneck": "_gaussian_bottleneck",
            "InformationBottleneck": "_information_bottleneck",
            "InformationCurve": "_bottleneck_curve",
            "InformationPlaneDisplay": "_plot",
            "information_curve": "_bottleneck_curve",
        },
    )

__all__ = [
    "GaussianInformationBottleneck",
    "InformationBottleneck",
    "InformationCurve",
    "InformationPlaneDisplay",
    "information_curve",
]

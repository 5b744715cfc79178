"""Teach a small model what a large one knows."""

from typing import TYPE_CHECKING

from sklearn_infotheory._lazy import load_on_first_use

if TYPE_CHECKING:
    from sklearn_infotheory.distillation._distilled_classifier import DistilledClassifier
    from sklearn_infotheory.distillation._distilled_regressor import DistilledRegressor
    from sklearn_infotheory.distillation._loss import distillation_loss
    from sklearn_infotheory.distillation._softmax_student import SoftmaxStudent
else:
    __getattr__, __dir__ = load_on_first_use(
        __name__,
        {
            "DistilledClassifier": "_distilled_classifier",
            "DistilledRegressor": "_distilled_regressor",
            "SoftmaxStudent": "_softmax_student",
            "distillation_loss": "_loss",
        },
    )

__all__ = ["DistilledClassifier", "DistilledRegressor", "SoftmaxStudent", "distillation_loss"]

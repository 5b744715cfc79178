"""Turn counts of terms in contexts into pointwise mutual information."""

from typing import TYPE_CHECKING

from sklearn_infotheory._lazy import load_on_first_use

if TYPE_CHECKING:
    from sklearn_infotheory.feature_extraction._associations import top_associations
    from sklearn_infotheory.feature_extraction._cooccurrence import cooccurrence_counts
    from sklearn_infotheory.feature_extraction._pmi_transformer import PMITransformer
else:
    __getattr__, __dir__ = load_on_first_use(
        __name__,
        {
            "PMITransformer": "_pmi_transformer",
            "cooccurrence_counts": "_cooccurrence",
            "top_associations": "_associations",
        },
    )

__all__ = ["PMITransformer", "cooccurrence_counts", "top_associations"]

"""What a fitted discretizer tells about its bins, and how it travels."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted

from sklearn_infotheory._columns._column import Column
from sklearn_infotheory._columns._validation import check_features
from sklearn_infotheory._units import nats_per_unit
from sklearn_infotheory.preprocessing._binning_table import make_binning_table
from sklearn_infotheory.preprocessing._column_binning import ColumnBinning, as_objects
from sklearn_infotheory.preprocessing._decoding import decode
from sklearn_infotheory.preprocessing._description import describe, restore
from sklearn_infotheory.preprocessing._encoding import Encoding, EncodingRule
from sklearn_infotheory.preprocessing._input import open_columns
from sklearn_infotheory.preprocessing._sql import column_to_sql


class FittedBins:
    """Holds the bins of all columns, and reports them; a part of EntropyDiscretizer."""

    n_features_in_: int
    encode: Encoding
    smooth: float
    base: float | None

    def _keep(self, columns: list[ColumnBinning], target_kind: str, classes: NDArray[Any]) -> None:
        """Write the fitted attributes."""
        unit = nats_per_unit(self.base)
        vars(self).pop("classes_", None)  # of an earlier fit
        if target_kind == "classes":
            self.classes_ = classes
        self._columns, self._target_kind, self._classes = columns, target_kind, classes
        self._is_category = np.array([column.cells.is_category for column in columns])
        self.n_bins_ = np.array([column.n_bins for column in columns], dtype=np.intp)
        self.bin_edges_ = as_objects([column.bin_edges() for column in columns])
        self.groups_ = as_objects([column.groups() for column in columns])
        self.information_ = np.array([column.information() for column in columns]) / unit
        self.criterion_cost_ = np.array([column.cost for column in columns]) / unit
        self.level_ = np.array([column.level for column in columns])
        self.is_exact_ = np.array([column.is_exact for column in columns])

    def _encoding(self) -> EncodingRule:
        return EncodingRule(self.encode, self.smooth, nats_per_unit(self.base))

    def inverse_transform(self, X: Any) -> NDArray[Any]:
        """Put a typical value in the place of each bin.

        That is the weighted mean of the training values in the bin, or its most frequent category.
        Values that are not exactly what ``transform`` gives stand for the nearest bin, the lowest
        of equally near ones: so do missing values that a thermometer ignores.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_samples, n_outputs)
            What ``transform`` returned.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            Finite numbers; NaN only where the value was missing and stayed so. An array of objects
            if a column holds categories, with None for missing ones.
        """
        check_is_fitted(self)
        return decode(X, self._columns, self._encoding())

    def binning_table(self, feature: int | str) -> pd.DataFrame:
        """Show the bins of a feature, and why there are no others.

        Parameters
        ----------
        feature : int or str
            Index or name of the feature.

        Returns
        -------
        DataFrame
            First a row for each bin, with ``row`` "bin":

            - ``interval``: the values in the bin, or its categories;
            - ``count``: sum of the weights of its training samples; ``share``: its part of all;
            - ``mean``: of a continuous target;
            - ``share of ...``: of each class; of each tenth of a continuous target;
            - ``entropy``: of these shares;
            - ``information``: what the bin contributes to I(bin; Y).

            Then a row for each cut that was tested, with ``row`` "rejected cut", "accepted cut", or
            "dropped cut" where it gave way to better ones, for the sake of ``max_bins``, or because
            no bins at all describe a continuous target best:

            - ``interval``: what it would split; ``cut``: where;
            - ``gain``: what the split saves for each sample in describing the target;
            - ``threshold``: what its own description costs; a cut is accepted if it gains more;
            - ``deficit``: threshold less gain.
        """
        check_is_fitted(self)
        column = self._columns[self._index_of(feature)]
        return make_binning_table(column, self._classes, nats_per_unit(self.base))

    def to_sql(
        self, feature: int | str, column: str | None = None, *, alias: str | None = None
    ) -> str:
        """Write ``transform`` of one feature as a CASE expression of SQL.

        The expression gives the number of the bin if ``encode`` is "onehot", "onehot-dense" or
        "thermometer". Encodings with one column a class give one expression for each, separated by
        commas.

        Parameters
        ----------
        feature : int or str
            Index or name of the feature.
        column : str, default=None
            Name of the column in the database; that of the feature by default.
        alias : str, default=None
            Name of the result. With several results, each is named, by default as by
            ``get_feature_names_out``.

        Returns
        -------
        str
            The expression. NULL stands for missing values; where ``missing_values="error"``, it
            stays NULL. Dates are compared as microseconds since 1970, and booleans as 0 and 1.
        """
        check_is_fitted(self)
        j = self._index_of(feature)
        name = str(_check_feature_names_in(self)[j])
        return column_to_sql(
            self._columns[j], self._encoding(), self._classes, column or name, alias, name
        )

    def to_dict(self) -> dict[str, Any]:
        """Describe the fitted discretizer by what JSON can hold.

        Returns
        -------
        dict
            Strings, whole and finite numbers, booleans, None, lists and dictionaries. A splitter
            in ``cv`` and a generator in ``random_state`` are not kept: only ``fit`` uses them.
        """
        check_is_fitted(self)
        return describe(self)

    @classmethod
    def from_dict(cls, description: dict[str, Any]) -> FittedBins:
        """Restore a fitted discretizer.

        Parameters
        ----------
        description : dict
            What ``to_dict`` returned, for instance after a trip through JSON.

        Returns
        -------
        EntropyDiscretizer
            A discretizer that transforms as the described one did.
        """
        return restore(cls, description)

    def _index_of(self, feature: int | str) -> int:
        """Find a feature by its index or its name."""
        names = _check_feature_names_in(self).tolist()
        if isinstance(feature, str):
            if feature not in names:
                raise ValueError(f"{feature!r} is none of the features {names!r}.")
            return names.index(feature)
        if not isinstance(feature, Integral) or isinstance(feature, bool):
            raise TypeError(
                f"feature must be an index or a name; got {feature!r}. "
                f"Pass an index from 0 to {len(names) - 1}, or one of the names {names!r}."
            )
        if not -len(names) <= feature < len(names):
            raise ValueError(
                f"feature={feature} is out of range: there are {len(names)} features. "
                f"Pass an index from 0 to {len(names) - 1}, or a name."
            )
        return int(feature)

    def _check_features(self, X: Any, *, reset: bool) -> Any:
        # Columns are looked at one by one, so that errors can name them.
        return check_features(self, X, reset=reset)

    def _read_feature(
        self, X: Any, feature: int | str
    ) -> tuple[Column, NDArray[Any], ColumnBinning, str]:
        """Return one feature of X, its bins, how these are made, and its name."""
        j = self._index_of(feature)
        columns = open_columns(self, self._check_features(X, reset=False), self._is_category)
        _, column = next(columns.read(np.array([j])))
        codes = self._columns[j].encode(column)
        return column, codes, self._columns[j], str(_check_feature_names_in(self)[j])

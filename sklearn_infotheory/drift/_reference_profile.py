"""How the profile of a reference travels, grows and is asked."""

from __future__ import annotations

from copy import copy
from pathlib import Path
from typing import Any, Self

from sklearn.utils.validation import check_is_fitted

from sklearn_infotheory._storage import read_json, write_json
from sklearn_infotheory._threads import count_threads
from sklearn_infotheory.drift._classifier import RowSample, compare_rows, sample_rows
from sklearn_infotheory.drift._coding import Coding
from sklearn_infotheory.drift._comparison import Settings, compare
from sklearn_infotheory.drift._counting import Counts, empty_counts
from sklearn_infotheory.drift._profile import describe, restore
from sklearn_infotheory.drift._reference import Batch, count, feature_names, read_batch
from sklearn_infotheory.drift._report import DriftReport


class ReferenceProfile:
    """Holds cells and counts of a reference; a part of KLDriftDetector."""

    _coding: Coding
    _counts: Counts
    _rows: RowSample | None = None  # only if a classifier needs them
    _seed: int

    def merge(self, other: Self) -> Self:
        """Add the samples that another detector has seen.

        Parameters
        ----------
        other : KLDriftDetector
            A detector with the same cells, for instance made by ``without_counts`` and
            ``partial_fit``.

        Returns
        -------
        KLDriftDetector
            This detector, as if it had seen the samples of both.
        """
        check_is_fitted(self)
        check_is_fitted(other)
        if self._coding != other._coding or feature_names(self) != feature_names(other):
            raise ValueError(
                "Profiles can be merged only if their columns and cells are the same. Fit one "
                "detector, hand out copies made by without_counts(), and call partial_fit on these."
            )
        if self._rows is not None and other._rows is not None:
            self._rows = self._rows + other._rows
        self._keep(self._coding, self._counts + other._counts)
        return self

    def without_counts(self) -> Self:
        """Copy the detector, with its cells and nothing counted in them.

        Returns
        -------
        KLDriftDetector
            A detector for ``partial_fit`` on another part of the reference, in another process
            perhaps, and then for ``merge``.
        """
        check_is_fitted(self)
        other = copy(self)
        other._rows = None if self._rows is None else self._rows.emptied()
        other._keep(self._coding, empty_counts(self._coding))
        return other

    def to_dict(self) -> dict[str, Any]:
        """Describe the fitted detector by what JSON can hold.

        Returns
        -------
        dict
            Parameters, codebooks and counts; no rows. A generator in ``random_state`` is not kept;
            the seed that it gave is.
        """
        check_is_fitted(self)
        return describe(self)

    @classmethod
    def from_dict(cls, description: dict[str, Any]) -> Self:
        """Restore a fitted detector.

        Parameters
        ----------
        description : dict
            What ``to_dict`` returned, for instance after a trip through JSON.

        Returns
        -------
        KLDriftDetector
            A detector that reports as the described one did.
        """
        detector: Self = restore(cls, description)
        return detector

    def save_profile(self, path: str | Path) -> None:
        """Write the fitted detector as JSON.

        Other processes see the old file or the new one, and never a part.

        Parameters
        ----------
        path : str or Path
            The file.
        """
        write_json(path, self.to_dict())

    @classmethod
    def load_profile(cls, path: str | Path) -> Self:
        """Read a detector that ``save_profile`` wrote.

        Parameters
        ----------
        path : str or Path
            The file. Nothing in it is executed.

        Returns
        -------
        KLDriftDetector
            The fitted detector.

        Raises
        ------
        ValueError
            If the file is damaged, of another kind, or of a newer version.
        """
        return cls.from_dict(read_json(path, "profile", "save_profile"))

    def _keep(self, coding: Coding, counts: Counts) -> None:
        self._coding, self._counts = coding, counts
        self.n_samples_seen_ = counts.n_samples

    def _settings(self, **changes: Any) -> Settings:
        parameters = self.get_params(deep=False) | changes  # type: ignore[attr-defined]
        wanted = ("divergence", "alpha", "correction", "tolerance", "base", "n_permutations")
        return Settings(
            **{name: parameters[name] for name in wanted},
            seed=self._seed,
            n_threads=count_threads(parameters["n_jobs"]),
        )

    def _compare(self, X: Any, y: Any = None, sample_weight: Any = None) -> DriftReport:
        """Compare a validated X with the reference."""
        self._validate_params()  # type: ignore[attr-defined]
        self._check_can_compare(y)
        batch = read_batch(self, X, y, sample_weight)
        pairs = self.joint == "pairs"  # type: ignore[attr-defined]
        counts = count(self, batch, with_pairs=pairs)
        joint = None
        if self.joint == "classifier":  # type: ignore[attr-defined]
            joint = compare_rows(self, batch)
        return compare(
            self._coding, self._counts, counts, feature_names(self), self._settings(), joint
        )

    def _check_can_compare(self, y: Any) -> None:
        """Raise for what this reference cannot be asked."""
        joint = self.joint  # type: ignore[attr-defined]
        self._check_has_samples()
        self._check_label(y)
        if joint == "pairs" and not self._coding.coarse and len(self._coding.codebooks) > 1:
            raise ValueError(
                "The reference was fitted without joint='pairs', and has no counts of pairs. "
                "Fit again, or use set_params(joint=None)."
            )
        if joint == "classifier" and self._rows is None:
            raise ValueError(
                "joint='classifier' needs rows of the reference, which only a detector fitted with "
                "it has; a profile has none. Fit again, or use set_params(joint=None)."
            )

    def _check_has_samples(self) -> None:
        if self._counts.n_samples == 0:
            raise ValueError(
                "The reference has no samples yet. Call partial_fit, or merge, before detect."
            )

    def _check_label(self, y: Any) -> None:
        if y is not None and self._coding.label is None:
            raise ValueError(
                "The reference was fitted without y, so that y has nothing to be compared with. "
                "Fit with y, or pass X alone."
            )

    def _sample_rows(self, batch: Batch, *, first: bool) -> RowSample | None:
        """Keep a random sample of the rows seen, if a classifier will need it."""
        if not first:
            return None if self._rows is None else self._rows + sample_rows(self, batch)
        joint = self.joint  # type: ignore[attr-defined]
        return sample_rows(self, batch) if joint == "classifier" else None

"""Batch after batch against one reference, with one level for all of them."""

from __future__ import annotations

from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils._param_validation import Interval, validate_parameter_constraints
from sklearn.utils.validation import check_is_fitted

from sklearn_infotheory._inference._sequential_test import SequentialTest
from sklearn_infotheory._storage import (
    Damaged,
    Entry,
    check_kind,
    finite,
    read_json,
    reading,
    write_json,
)
from sklearn_infotheory._threads import count_threads
from sklearn_infotheory.drift._batch import check_batch, read_batch
from sklearn_infotheory.drift._kl_drift_detector import KLDriftDetector, profile_of
from sklearn_infotheory.drift._monitor_report import FeatureEvidence, MonitorReport
from sklearn_infotheory.drift._shared_cells import fixed_cells as cells_of_monitor

_KIND = "sklearn_infotheory.DriftMonitor"
_SCHEMA = 1
_LARGEST_EXPONENT = 700.0  # whose exponential is a finite float
_CONSTRAINTS = {
    "detector": [KLDriftDetector, str, Path],
    "alpha": [Interval(Real, 0, 1, closed="neither")],
}


class DriftMonitor:
    """Check batch after batch, and raise a false alarm with probability alpha at most, ever.

    Testing every batch at level 0.05 raises an alarm in one of twenty, forever. A monitor gathers
    the evidence of all batches in an e-process instead, which may be looked at after each of them,
    for as long as one likes. Small changes that last are found, too, though no single batch shows
    them; and an alarm says with which batch the change began.

    Parameters
    ----------
    detector : KLDriftDetector, str or Path
        A fitted detector, or the file of its profile. Its cells and counts are used, not its
        ``alpha``.
    alpha : float, default=0.05
        Probability of an alarm, ever, if all batches come from the law of the reference.

    See Also
    --------
    KLDriftDetector : Compares a single batch, and reports in detail.

    Notes
    -----
    For each column, the batches are tested for being exchangeable with the reference, which is
    itself only a sample: the reference may be as small as a batch. The e-processes of the columns
    are averaged, which is an e-process whatever their dependence. By Ville's inequality it reaches
    :math:`1 / \\alpha` with probability :math:`\\alpha` at most. Only columns alone are looked at,
    and y; not how they depend on each other.

    An alarm lasts until ``reset``. Each reset spends another alpha.

    Levels of categories that do not all have a cell share 256 cells by a hash of them, which no
    count has chosen. Sampling weights become counts of so few rows that no cell varies more than
    counts do; that is no proof, and false alarms are measured in ``docs/validation_drift.md``.

    References
    ----------
    Ramdas, A., Grünwald, P., Vovk, V. and Shafer, G. (2023). Game-theoretic statistics and safe
    anytime-valid inference. Statistical Science, 38, 576-601. :doi:`10.1214/23-STS894`

    Vovk, V. and Wang, R. (2021). E-values: calibration, combination and applications. Annals of
    Statistics, 49, 1736-1754. :doi:`10.1214/20-AOS2020`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_infotheory.drift import DriftMonitor, KLDriftDetector
    >>> random = np.random.default_rng(0)
    >>> detector = KLDriftDetector().fit(random.normal(size=(5000, 2)))
    >>> monitor = DriftMonitor(detector)
    >>> for _ in range(20):
    ...     report = monitor.update(random.normal(size=(100, 2)))
    >>> report.drifted
    False
    >>> while not report.drifted:
    ...     report = monitor.update(random.normal(size=(100, 2)) + [0, 0.3])
    >>> report.alarm_since - 20 < 10, report.began in range(18, 24)
    (True, True)
    """

    def __init__(self, detector: KLDriftDetector | str | Path, alpha: float = 0.05) -> None:
        parameters = {"detector": detector, "alpha": alpha}
        validate_parameter_constraints(_CONSTRAINTS, parameters, type(self).__name__)
        if not isinstance(detector, KLDriftDetector):
            detector = KLDriftDetector.load_profile(detector)
        check_is_fitted(detector)
        self.detector = detector
        self.alpha = alpha
        self.reset()

    def __repr__(self) -> str:
        return f"<DriftMonitor: {str(self.report()).splitlines()[0]}>"

    def reset(self) -> None:
        """Forget all batches, and the alarm."""
        profile = profile_of(self.detector)
        self._test = SequentialTest(cells_of_monitor(profile, profile.counts))
        self._alarm_since: int | None = None

    def update(
        self, X: Any, y: ArrayLike | None = None, sample_weight: ArrayLike | None = None
    ) -> MonitorReport:
        """Take in the next batch.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Columns as in the reference; those of a data frame in any order.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Labels or numbers, if the reference has them; they may be known for some batches only.
        sample_weight : array-like of shape (n_samples,), default=None
            What each sample stands for, or how often it occurred, as ``weight_kind`` of the
            detector says.

        Returns
        -------
        MonitorReport
            What is known after this batch.
        """
        detector, profile = self.detector, profile_of(self.detector)
        profile.check_has_target(y)
        weight_kind, name = detector.weight_kind, type(self).__name__
        batch = read_batch(check_batch(detector, X), y, sample_weight, weight_kind, name)
        counts = profile.count(batch, count_threads(detector.n_jobs), with_pairs=False)
        self._test.update(cells_of_monitor(profile, counts))
        if self._alarm_since is None and self._test.log_e_value >= -np.log(self.alpha):
            self._alarm_since = self._test.n_batches - 1
        return self.report()

    def report(self) -> MonitorReport:
        """Tell what is known so far.

        Returns
        -------
        MonitorReport
            The evidence, and whether and since when there is an alarm.
        """
        test, profile = self._test, profile_of(self.detector)
        names = [*profile.cells.names, *["y"] * (profile.target is not None)]
        e_values = np.exp(np.minimum(test.log_e, _LARGEST_EXPONENT)).tolist()
        evidence = zip(names, e_values, test.began_by_feature(), strict=True)
        return MonitorReport(
            drifted=self._alarm_since is not None,
            e_value=test.e_value,
            alpha=self.alpha,
            n_batches=test.n_batches,
            alarm_since=self._alarm_since,
            began=test.began if test.n_batches else None,
            features=tuple(FeatureEvidence(*feature) for feature in evidence),
        )

    def to_dict(self) -> dict[str, Any]:
        """Describe the monitor by what JSON can hold.

        Returns
        -------
        dict
            The profile of the reference and the evidence so far.
        """
        return {
            "kind": _KIND,
            "schema": _SCHEMA,
            "alpha": self.alpha,
            "detector": self.detector.to_dict(),
            "test": finite(self._test.to_dict()),
            "alarm_since": self._alarm_since,
        }

    @classmethod
    def from_dict(cls, description: dict[str, Any]) -> DriftMonitor:
        """Restore a monitor.

        Parameters
        ----------
        description : dict
            What ``to_dict`` returned, for instance after a trip through JSON.

        Returns
        -------
        DriftMonitor
            A monitor that goes on as the described one.
        """
        check_kind(
            description,
            _KIND,
            _SCHEMA,
            what="state of a DriftMonitor",
            made_by="DriftMonitor.to_dict or save",
            outdated="Start a new monitor",
        )
        state, mend = Entry(description), "Write it again with save."
        with reading("The state of the monitor", mend):
            profile = state["detector"].value
        detector = KLDriftDetector.from_dict(profile)
        with reading("The state of the monitor", mend):
            monitor = cls(detector, state["alpha"].number())
            monitor._restore(state)
        return monitor

    def _restore(self, state: Entry) -> None:
        test = SequentialTest.from_dict(state["test"])
        if test.n_cells != self._test.n_cells:
            raise Damaged("its counts are not of the cells of its detector")
        self._test = test
        alarm = state["alarm_since"]
        self._alarm_since = None if alarm.is_none else alarm.whole(0, test.n_batches - 1)

    def save(self, path: str | Path) -> None:
        """Write the monitor as JSON; other processes see the old file or the new one.

        Parameters
        ----------
        path : str or Path
            The file.
        """
        write_json(path, self.to_dict())

    @classmethod
    def load(cls, path: str | Path) -> DriftMonitor:
        """Read a monitor that ``save`` wrote.

        Parameters
        ----------
        path : str or Path
            The file. Nothing in it is executed.

        Returns
        -------
        DriftMonitor
            A monitor that goes on as the saved one.
        """
        return cls.from_dict(read_json(path, "state of a monitor", "DriftMonitor.save"))

"""Split work over threads. Kernels release the GIL, so threads are all the parallelism needed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import NDArray


def count_threads(n_jobs: int | None) -> int:
    """Read ``n_jobs`` as scikit-learn does; inside a worker of a search this is one."""
    return effective_n_jobs(n_jobs)


def map_chunks(work: Callable[[NDArray[Any]], None], items: NDArray[Any], n_threads: int) -> None:
    """Call ``work`` on consecutive chunks of ``items``, one chunk a thread."""
    chunks = [chunk for chunk in np.array_split(items, n_threads) if len(chunk)]
    if len(chunks) <= 1:
        for chunk in chunks:
            work(chunk)
        return
    with ThreadPoolExecutor(len(chunks)) as pool:
        list(pool.map(work, chunks))

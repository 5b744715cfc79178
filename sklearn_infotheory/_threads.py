"""Split work over threads. Kernels release the GIL, so threads are all the parallelism needed."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import NDArray


def count_threads(n_jobs: int | None) -> int:
    """Read ``n_jobs`` as scikit-learn does; inside a worker of a search this is one."""
    return effective_n_jobs(n_jobs)


def map_chunks(work: Callable[[NDArray[Any]], None], items: NDArray[Any], n_threads: int) -> None:
    """Call ``work`` on consecutive chunks of ``items``, one chunk a thread.

    The calling thread takes the first chunk: it is awake already, and waking another one takes as
    long as a small chunk.
    """
    chunks = [chunk for chunk in np.array_split(items, n_threads) if len(chunk)]
    if not chunks:
        return
    others = [_pool(len(chunks) - 1).submit(work, chunk) for chunk in chunks[1:]]
    try:
        work(chunks[0])
    finally:
        wait(others)
    for other in others:
        other.result()


@cache
def _pool(n_threads: int) -> ThreadPoolExecutor:
    """Keep one pool for each number of threads: starting threads costs more than a kernel."""
    return ThreadPoolExecutor(n_threads, thread_name_prefix="sklearn_infotheory")


if hasattr(os, "register_at_fork"):  # the threads of a pool do not live on in a forked process
    os.register_at_fork(after_in_child=_pool.cache_clear)

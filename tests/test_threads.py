"""Work split over threads."""

import threading

import numpy as np
import pytest

from sklearn_infotheory._threads import map_chunks


@pytest.mark.parametrize("n_threads", [1, 2, 3, 16])
@pytest.mark.parametrize("n_items", [0, 1, 2, 7])
def test_every_item_is_worked_on_once_and_in_order(n_items, n_threads):
    chunks, lock = [], threading.Lock()

    def work(chunk):
        with lock:
            chunks.append(chunk.tolist())

    map_chunks(work, np.arange(n_items), n_threads)
    assert all(chunks)
    assert len(chunks) == min(n_items, n_threads)
    assert [item for chunk in sorted(chunks) for item in chunk] == list(range(n_items))


def test_the_caller_works_too():
    seen = []
    map_chunks(lambda chunk: seen.append(threading.current_thread()), np.arange(2), 2)
    assert threading.current_thread() in seen
    assert len(set(seen)) == 2


@pytest.mark.parametrize("bad", [0, 1])
def test_an_error_arrives_when_all_threads_are_done(bad):
    done = threading.Event()

    def work(chunk):
        if chunk[0] == bad:
            raise ValueError(f"chunk {bad}")
        done.wait(0.05)
        done.set()

    with pytest.raises(ValueError, match=f"chunk {bad}"):
        map_chunks(work, np.arange(2), 2)
    assert done.is_set()

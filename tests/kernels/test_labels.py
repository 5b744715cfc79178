"""Labels to codes, against plain loops."""

import numpy as np
import pytest

from sklearn_infotheory._kernels._labels import code_strings, mark_present


def test_presence():
    present = np.zeros(4, bool)
    assert mark_present(np.array([0, 2, 2]), present)
    assert present.tolist() == [True, False, True, False]
    for outside in (-1, 4, 2**40):
        assert not mark_present(np.array([0, outside]), np.zeros(4, bool))


@pytest.mark.parametrize("n_words", [1, 5, 300])
@pytest.mark.parametrize("dtype", ["U7", "S7"])
def test_strings(n_words, dtype):
    rng = np.random.default_rng(0)
    words = np.array([f"w{k}" + "x" * (k % 3) for k in range(n_words)], dtype)
    y = words[rng.integers(0, n_words, 2000)]
    characters = y.view(np.uint8 if dtype == "S7" else np.uint32).reshape(2000, 7)
    place = {}
    expected = [place.setdefault(word, len(place)) for word in y.tolist()]
    for n_slots in (512, 4096):  # crowded, and not
        codes, first_rows = np.empty(2000, np.intp), np.empty(n_words, np.intp)
        slots = np.full(n_slots, -1)
        assert code_strings(characters, slots, first_rows, codes) == len(place)
        assert codes.tolist() == expected
        assert y[first_rows[: len(place)]].tolist() == list(place)
    if n_words > 1:
        slots, short = np.full(512, -1), np.empty(len(place) - 1, np.intp)
        assert code_strings(characters, slots, short, codes) == -1

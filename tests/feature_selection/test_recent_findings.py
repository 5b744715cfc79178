"""What was found lately is found once, and forgotten in turn."""

from __future__ import annotations

import pytest

from sklearn_infotheory.feature_selection._recent_findings import Recent


@pytest.mark.parametrize(("room", "found"), [(2, [1, 2, 3, 1]), (None, [1, 2, 3])])
def test_the_oldest_makes_room(room, found):
    recent, calls = Recent(room), []

    def find(key):
        calls.append(key)
        return -key

    for key in (1, 1, 2, 1, 2, 3, 3, 1):
        assert recent.find(key, lambda key=key: find(key)) == -key
    assert calls == found

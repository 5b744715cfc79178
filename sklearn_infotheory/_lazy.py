"""Public names that are loaded when they are first used."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def load_on_first_use(
    package: str, home_of: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the ``__getattr__`` and the ``__dir__`` of a package that loads only what is used.

    Type checkers and editors do not see these names: the package imports them once more in a block
    that only type checkers read. ``tests/test_layers.py`` holds the two equal.

    Parameters
    ----------
    package : str
        Its ``__name__``.
    home_of : mapping of str to str
        By public name, the module of the package that defines it; of a module, the module itself.
    """

    def __getattr__(name: str) -> Any:
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = importlib.import_module(f"{package}.{home_of[name]}")
        return module if name == home_of[name] else getattr(module, name)

    def __dir__() -> list[str]:
        return sorted({*vars(sys.modules[package]), *home_of})

    return __getattr__, __dir__

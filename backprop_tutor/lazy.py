"""Public names that a package imports when they are first used, so that a first screen stays quick."""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

__all__ = ["lazy_names"]


def lazy_names(
    package: str, homes: Mapping[str, Sequence[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The `__getattr__` and `__dir__` (PEP 562) of a package; `homes` gives each module the names it holds.

    A name that is also its module's (`load` in `load.py`) cannot be given this way: importing the module
    makes the module the package's attribute.
    """
    module_of = {name: module for module, names in homes.items() for name in names}
    namespace = vars(sys.modules[package])

    def get(name: str) -> Any:
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        namespace[name] = value = getattr(import_module(f"{package}.{module_of[name]}"), name)
        return value

    def names() -> list[str]:
        return sorted({*namespace, *module_of})

    return get, names

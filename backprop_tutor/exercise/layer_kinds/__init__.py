"""The kinds of layers of a network.

A further kind is one more module here, with one class in its `__all__`.
"""

from importlib import import_module
from pkgutil import iter_modules

from backprop_tutor.exercise.layer_kind import LayerKind

__all__ = ["KINDS"]


def _found() -> dict[str, type[LayerKind]]:
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    classes: list[type[LayerKind]] = [getattr(module, name) for module in modules for name in module.__all__]
    return {kind.kind: kind for kind in classes}


KINDS: dict[str, type[LayerKind]] = _found()
"""By the key that a layer of the kind has, "" of a feed-forward one."""

"""The kinds of files that a solution is exported to: `to_md.py` writes those that end in `.md`, and so on.

A further kind is one more module here, with one class in its `__all__`.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Protocol

from backprop_tutor.errors import UsageError

if TYPE_CHECKING:
    from backprop_tutor.render.document import Document

__all__ = ["EXPORTS", "Exporter", "exporter"]


class Exporter(Protocol):
    """Writes a document as text. Raises UsageError for a document that its kind cannot hold."""

    def text(self, document: "Document") -> str: ...


EXPORTS = tuple(sorted(module.name.removeprefix("to_") for module in iter_modules(__path__)))


def exporter(ending: str) -> Exporter:
    """The exporter for files that end in `.ending`. Raises UsageError."""
    if ending.lower() not in EXPORTS:
        kinds = ", ".join(f".{known}" for known in EXPORTS)
        what = f"there is no export to .{ending}" if ending else "the file's name has no ending"
        raise UsageError(f"{what}.", hint=f"A file ends in one of {kinds}, or --format says its kind.")
    module = import_module(f"{__name__}.to_{ending.lower()}")
    (name,) = module.__all__
    made: Exporter = getattr(module, name)()
    return made

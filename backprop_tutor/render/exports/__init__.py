"""The kinds of files that a solution is exported to: `to_md.py` writes those that end in `.md`, and so on.

A further kind is one more module here, with one class in its `__all__`; one called by a word is a line
of `WORDS` as well. What another ending makes of a kind is a module of both names: `to_slides_tex.py`.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from backprop_tutor.errors import UsageError

if TYPE_CHECKING:
    from backprop_tutor.render.document import Document

__all__ = ["ENDINGS", "KINDS", "WORDS", "BankExporter", "Content", "Exporter", "exporter"]

Content = str | bytes | Mapping[str, str | bytes]
"""A file as text or as bytes, or a folder's files by their paths in it."""


class Exporter(Protocol):
    """Writes a document as text. Raises UsageError for a document that its kind cannot hold."""

    def text(self, document: "Document") -> str: ...


@runtime_checkable
class BankExporter(Protocol):
    """Writes the versions of one exercise together, or the exercise alone. Raises UsageError likewise."""

    def content(self, versions: "Sequence[Document]") -> Content: ...


WORDS: Mapping[str, str] = {
    "moodle": "xml",
    "paper": "",
    "prairielearn": "",
    "qti": "zip",
    "slides": "",
    "torch": "",
}
"""The kinds that `--to` calls by a word, each with the ending that says as much, if one does."""

_MODULES = frozenset(module.name.removeprefix("to_") for module in iter_modules(__path__))
KINDS = tuple(sorted(name for name in _MODULES if "_" not in name))
ENDINGS = tuple(sorted({*KINDS} - {*WORDS} | {*WORDS.values()} - {""}))
"""The endings that say what kind a file is."""


def exporter(kind: str, ending: str = "") -> Exporter | BankExporter:
    """The exporter of a kind (or an ending that says it), for a file that ends in `.ending`.

    Raises UsageError where there is none.
    """
    word = next((word for word, other in WORDS.items() if other and other == kind.lower()), kind.lower())
    if word not in KINDS:
        known = ", ".join(f".{ending}" for ending in ENDINGS)
        what = f"there is no export to .{kind}" if kind else "the file's name has no ending"
        raise UsageError(f"{what}.", hint=f"A file ends in one of {known}, or --to says its kind.")
    both = f"{word}_{ending.lower()}"
    module = import_module(f"{__name__}.to_{both if both in _MODULES else word}")
    (made,) = module.__all__
    found: Exporter | BankExporter = getattr(module, made)()
    return found

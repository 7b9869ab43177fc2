"""The kinds of files that a solution is exported to: an entry here and a module with one class each."""

from importlib import import_module
from typing import Protocol

from backprop_tutor.errors import UsageError
from backprop_tutor.render.document import Document

__all__ = ["EXPORTS", "Exporter", "exporter"]


class Exporter(Protocol):
    """Writes a document as text. Raises UsageError for a document that its kind cannot hold."""

    def text(self, document: Document) -> str: ...


EXPORTS = {
    "html": ("page", "HtmlExport"),
    "md": ("painters.markdown", "MarkdownExport"),
    "tex": ("painters.latex", "LatexExport"),
    "ipynb": ("notebook", "NotebookExport"),
    "svg": ("svg", "SvgExport"),
    "json": ("json", "JsonExport"),
}


def exporter(ending: str) -> Exporter:
    """The exporter for files that end in `.ending`. Raises UsageError."""
    if ending.lower() not in EXPORTS:
        kinds = ", ".join(f".{known}" for known in EXPORTS)
        what = f"there is no export to .{ending}" if ending else "the file's name has no ending"
        raise UsageError(f"{what}.", hint=f"A file ends in one of {kinds}, or --format says its kind.")
    module, name = EXPORTS[ending.lower()]
    found: Exporter = getattr(import_module(f"backprop_tutor.render.{module}"), name)()
    return found

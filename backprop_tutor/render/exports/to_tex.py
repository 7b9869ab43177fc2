"""`.tex`: lecture notes that compile as they are with pdflatex and lualatex."""

import re
import unicodedata

from backprop_tutor.render.assets import asset
from backprop_tutor.render.document import Document
from backprop_tutor.render.painters.latex import LatexPainter
from backprop_tutor.render.theme import latex

__all__ = ["LatexExport"]

_UNKNOWN = re.compile("[^\x00-\x7f\u00c0-\u017f\u2013\u2014\u2018\u2019\u2026\u201c\u201d\u00a0]")


class LatexExport:
    """`.tex`"""

    def text(self, document: Document) -> str:
        painter = LatexPainter(document.style, blank=document.blank)
        body = "\n".join(painter.paint(document.blocks()))
        return (
            f"{asset('preamble.tex')}\n{latex()}\n\\begin{{document}}\n{_spelled(body)}\n\\end{{document}}\n"
        )


def _spelled(body: str) -> str:
    """`body` with every character that pdfTeX may lack beside what to print in its place."""

    def other(found: re.Match[str]) -> str:
        plain = unicodedata.normalize("NFKD", found[0]).encode("ascii", "ignore").decode()
        spelled = plain if plain.isalnum() else f"[U+{ord(found[0]):04X}]"
        return f"\\other{{{found[0]}}}{{{spelled}}}"

    return _UNKNOWN.sub(other, body)

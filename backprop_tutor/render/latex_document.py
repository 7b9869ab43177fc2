"""A whole LaTeX document, which pdflatex and lualatex compile as it is."""

import re
import unicodedata

from backprop_tutor.render.assets import asset
from backprop_tutor.render.theme import latex

__all__ = ["latex_document", "latex_text"]

_UNKNOWN = re.compile("[^\x00-\x7f\u00c0-\u017f\u2013\u2014\u2018\u2019\u2026\u201c\u201d\u00a0]")


def latex_document(body: str, preamble: str = "") -> str:
    """A document of `body`, with more in its preamble."""
    head = "\n".join(filter(None, [asset("preamble.tex"), latex(), preamble]))
    return f"{head}\n\\begin{{document}}\n{latex_text(body)}\n\\end{{document}}\n"


def latex_text(body: str) -> str:
    """`body` with every character that pdfTeX may lack beside what to print in its place."""

    def other(found: re.Match[str]) -> str:
        plain = unicodedata.normalize("NFKD", found[0]).encode("ascii", "ignore").decode()
        spelled = plain if plain.isalnum() else f"[U+{ord(found[0]):04X}]"
        return f"\\other{{{found[0]}}}{{{spelled}}}"

    return _UNKNOWN.sub(other, body)

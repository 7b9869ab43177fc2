"""`.tex`: lecture notes that compile as they are with pdflatex and lualatex."""

from backprop_tutor.render.document import Document
from backprop_tutor.render.latex_document import latex_document
from backprop_tutor.render.painters.latex import LatexPainter

__all__ = ["LatexExport"]


class LatexExport:
    """`.tex`"""

    def text(self, document: Document) -> str:
        painter = LatexPainter(document.style, blank=document.blank)
        return latex_document("\n".join(painter.paint(document.blocks())))

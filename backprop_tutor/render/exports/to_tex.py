"""`.tex`: lecture notes that compile as they are with pdflatex and lualatex."""

from backprop_tutor.render.document import Document
from backprop_tutor.render.exports.to_slides import MAX_DRAWN
from backprop_tutor.render.latex_document import latex_document
from backprop_tutor.render.painters.latex import LatexPainter
from backprop_tutor.render.pictures.tikz import TikzPicture

__all__ = ["LatexExport"]


class LatexExport:
    """`.tex`"""

    def text(self, document: Document) -> str:
        painter = LatexPainter(document.style, blank=document.blank)
        blocks = [*document.blocks()]
        heading = [*document.task.heading()] if document.blank else [*document.makes.heading()]
        head, rest = (painter.paint(part) for part in (blocks[: len(heading)], blocks[len(heading) :]))
        return latex_document("\n".join([*head, _picture(document), *rest]))


def _picture(document: Document) -> str:
    """The drawing, with what is worked out by the end; of a blank document with what is given."""
    steps = document.steps
    if len(steps) > MAX_DRAWN:
        return ""
    picture = TikzPicture(document.solution, steps, document.style)
    shown = 0 if document.blank else len(steps)
    return rf"\drawn{{{picture.draw(shown, lit=document.quantity is not None and not document.blank)}}}"

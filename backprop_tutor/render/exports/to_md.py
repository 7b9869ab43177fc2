"""`.md`: notes that read well with maths shown and without."""

from backprop_tutor.render.document import Document
from backprop_tutor.render.painters.markdown import MarkdownPainter

__all__ = ["MarkdownExport"]


class MarkdownExport:
    """`.md`"""

    def text(self, document: Document) -> str:
        painter = MarkdownPainter(document.style, blank=document.blank)
        return "\n\n".join(painter.paint(document.blocks())) + "\n"

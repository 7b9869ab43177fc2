"""`.svg`: the graph as a picture, with the values, the gradients and the path of a step."""

from backprop_tutor.render.assets import asset
from backprop_tutor.render.document import Document
from backprop_tutor.render.svg import SvgPicture

__all__ = ["SvgExport"]


class SvgExport:
    """The picture after the last step of the document, with its path where one quantity was asked for."""

    def text(self, document: Document) -> str:
        picture = SvgPicture(document.solution, document.steps, document.style, blank=document.blank)
        lit = len(document.steps) if document.quantity else None
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{picture.draw(lit, style=asset("picture.css"))}\n'

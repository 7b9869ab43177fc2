"""`.svg`: the graph as a picture, with the values, the gradients and the path of a step."""

from collections.abc import Iterator

from backprop_tutor.render.assets import asset
from backprop_tutor.render.document import Document
from backprop_tutor.render.pictures.figure import StepFigure, step_figure
from backprop_tutor.render.pictures.svg import SvgPicture

__all__ = ["SvgExport"]


class SvgExport:
    """The picture after the last step of the document, with its path where one quantity was asked for."""

    def text(self, document: Document) -> str:
        figures = [] if document.blank else list(_figures(document))
        picture = SvgPicture(
            document.solution, document.steps, document.style, blank=document.blank, figures=figures
        )
        lit = len(document.steps) if document.quantity else None
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{picture.draw(lit, style=asset("picture.css"))}\n'


def _figures(document: Document) -> Iterator[StepFigure]:
    """What single steps do: the one that was asked for, or all of the forward pass."""
    for step in document.steps[-1:] if document.quantity else document.steps:
        figure = step_figure(document.solution, step, document.style)
        if figure and (document.quantity or step.phase == "forward"):
            yield figure

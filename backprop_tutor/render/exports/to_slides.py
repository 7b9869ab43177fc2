"""`--to slides`: a page with a slide a step, as `demo` shows them; no request leaves it.

The drawing stands above the step's table, with the values that are known so far; `h` hides those of the step,
so that the class can be asked. Without a script, and on paper, the slides stand one below the other.
"""

from collections.abc import Iterator
from html import escape

from backprop_tutor.errors import UsageError
from backprop_tutor.render.assets import asset
from backprop_tutor.render.confirmations import Checks
from backprop_tutor.render.document import Document
from backprop_tutor.render.offline_page import offline_page
from backprop_tutor.render.painters.html import HtmlPainter, element
from backprop_tutor.render.pictures.svg import SvgPicture
from backprop_tutor.render.theme import css
from backprop_tutor.render.view import StepView

__all__ = ["SlidesExport"]

MAX_DRAWN = 60  # steps with a drawing each
BAR = """<nav class="bar" aria-label="Slides">
<button type="button" data-go="back" aria-keyshortcuts="ArrowLeft">← Back</button>
<button type="button" data-go="next" aria-keyshortcuts="ArrowRight">Next →</button>
<button type="button" data-go="hide" aria-keyshortcuts="h" aria-pressed="false">Hide values</button>
<span class="where" role="status"></span>
</nav>"""


class SlidesExport:
    """An HTML page. Raises UsageError for blank slides: they hold the values, and hide them on request."""

    def text(self, document: Document) -> str:
        refuse_blank(document)
        style = "\n".join([css(), asset("picture.css"), asset("slides.css")])
        body = [*self._slides(document), BAR]
        return offline_page(document.solution.exercise.title, style, asset("slides.js"), body)

    def _slides(self, document: Document) -> Iterator[str]:
        painter = HtmlPainter(document.style, numbers=[step.quantity for step in document.steps])
        yield _slide(*painter.paint(document.task.heading()))
        yield _slide(element("h2", "Given"), *painter.paint(document.task.statement()))
        steps, checks = document.steps, Checks()
        views = document.views
        picture = SvgPicture(document.solution, steps, document.style) if len(steps) <= MAX_DRAWN else None
        for view in views:
            checks.add(view)
            number = steps.index(view.step) + 1
            drawn = "" if picture is None else _canvas(picture.draw(number, upto=number), number)
            yield _slide(drawn, *painter.paint([document.makes.step(view)]), *_left_out(view))
        yield _slide(*painter.paint(document.makes.checks(checks)))


def refuse_blank(document: Document) -> None:
    if document.blank:
        hint = "Press h to hide those of a step."
        raise UsageError("slides hold the values: they cannot be blank.", hint=hint)


def _slide(*parts: str) -> str:
    return f'<section class="slide">{"".join(parts)}</section>'


def _canvas(picture: str, number: int) -> str:
    for name in ("picture-title", "picture-about"):
        picture = picture.replace(name, f"{name}-{number}")
    return f'<div class="canvas">{picture}</div>'


def _left_out(view: StepView) -> Iterator[str]:
    if view.left_out:
        yield element("p", escape(f"{view.left_out:,} more elements go in the same way."))

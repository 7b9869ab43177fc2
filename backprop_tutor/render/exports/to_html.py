"""`.html`: one file that needs nothing else, stepped with keys or buttons, readable without a script."""

from collections.abc import Iterator
from html import escape

from backprop_tutor.render.assets import asset
from backprop_tutor.render.confirmations import Checks
from backprop_tutor.render.document import Document
from backprop_tutor.render.offline_page import offline_page
from backprop_tutor.render.painters.html import HtmlPainter, element
from backprop_tutor.render.pictures.svg import SvgPicture
from backprop_tutor.render.selftest import salt_of
from backprop_tutor.render.theme import css
from backprop_tutor.render.wording import typed_text

__all__ = ["HtmlExport"]

NARROW = 480  # pixels of a picture that is read on a phone
SCORE = '<p class="score" role="status"></p>'


class HtmlExport:
    """The page. Its content security policy lets it load nothing, and run only its own script."""

    def text(self, document: Document) -> str:
        exercise = document.solution.exercise
        painter = HtmlPainter(
            document.style,
            blank=document.blank,
            salt=salt_of(exercise.name, exercise.title),
            answers=document.sealed if document.blank else None,
            numbers=[step.quantity for step in document.steps],
        )
        makes, checks = document.makes, Checks()
        steps = list(painter.paint(makes.steps(document.views, checks)))
        style = f"{css()}\n{asset('picture.css')}\n{asset('page.css')}"
        scripts = ["page.js", "sha256.js", "selftest.js"] if document.blank else ["page.js"]
        script = "\n".join(map(asset, scripts))
        blank = document.blank
        heading = document.task.heading() if blank else makes.heading()
        given = document.task.statement() if blank else makes.given(document.leaves)
        body = [
            f"<header>{''.join(painter.paint(heading))}{_task(document)}</header>",
            "<main>",
            _stage(document, _pictures(document)),
            '<section class="panel" data-step="0"><h2>Given</h2>',
            *painter.paint(given),
            *_inner_steps(document, painter),
            "</section>",
            *steps,
            "</main>",
            f"<footer>{''.join(painter.paint(makes.checks(checks))) or SCORE}</footer>",
        ]
        return offline_page(exercise.title, style, script, body)


def _task(document: Document) -> str:
    if not document.blank:
        return ""
    return element(
        "p",
        "Type each answer and press Enter: a fraction such as -1/2, or a decimal.",
        "question",
    )


def _pictures(document: Document) -> str:
    """The picture, and where it is wide another one for narrow windows."""
    wide = SvgPicture(document.solution, document.steps, document.style, blank=document.blank)
    if wide.width <= NARROW:
        return wide.draw(live=True)
    narrow = SvgPicture(
        document.solution, document.steps, document.style, blank=document.blank, widest=NARROW
    )
    drawn = narrow.draw(live=True, name="narrow-picture")
    return f'<div class="wide">{wide.draw(live=True)}</div>\n<div class="narrow">{drawn}</div>'


def _stage(document: Document, pictures: str) -> str:
    """The picture, and the controls that a script brings to life."""
    steps = document.steps
    options = "".join(
        f'<option value="{steps.index(view.step) + 1}">{escape(name)}</option>'
        for view in document.views
        if (name := typed_text(view.step.quantity, document.style))
    )
    updated = ' <span class="updated">→ after the update</span>' if document.solution.rate else ""
    return f"""<section class="stage"><h2 class="said">The picture, step by step</h2>
<div class="canvas" role="region" tabindex="0" aria-label="The computation graph">
{pictures}
</div>
<p class="legend"><span class="role-value">value</span> <span class="role-gradient">∂ derivative of \
{escape(typed_text(document.solution.graph.loss, document.style))} with respect to it</span>{updated}</p>
<nav class="controls" aria-label="Steps" hidden>
<button type="button" data-go="back" aria-keyshortcuts="ArrowLeft">← Back</button>
<label>Step <select><option value="0">given</option>{options}</select></label>
<button type="button" data-go="next" aria-keyshortcuts="ArrowRight">Next →</button>
<button type="button" data-go="all" aria-pressed="false">All steps</button>
<button type="button" data-go="size" aria-pressed="false" hidden>Larger picture</button>
</nav>
<p class="status" role="status"></p>
</section>"""


def _inner_steps(document: Document, painter: HtmlPainter) -> Iterator[str]:
    """What the names are that the exercise does not give: of steps inside its formulas."""
    graph = document.solution.graph
    for name in graph.folded.nodes:
        form = None if graph.is_named(name) else document.solution.steps[name].form
        if form is not None:
            what = f"{escape(name)} stands for {painter.math(form)}, a part of a formula."
            yield element("p", what)

"""`.html`: one file that needs nothing else, stepped with keys or buttons, readable without a script."""

from base64 import b64encode
from hashlib import sha256
from html import escape

from backprop_tutor.language import Sym, clean
from backprop_tutor.render.assets import asset
from backprop_tutor.render.document import Document
from backprop_tutor.render.html_steps import Steps, element, math
from backprop_tutor.render.svg import Picture
from backprop_tutor.render.texts import PHASE_TITLES, shape_text, typed_text

__all__ = ["HtmlExport"]

SMALLEST = 0.84  # of its size, to which a picture shrinks: its letters stay nearly 12 pixels high


class HtmlExport:
    """The page. Its content security policy lets it load nothing, and run only its own script."""

    def text(self, document: Document) -> str:
        picture = Picture(document.solution, document.steps, document.style, blank=document.blank)
        least = round(picture.places.width * SMALLEST)
        style = f"{asset('picture.css')}\n.canvas svg {{ min-width: {least}px; }}\n{asset('page.css')}"
        scripts = ["page.js", "sha256.js", "selftest.js"] if document.blank else ["page.js"]
        script = "\n".join(map(asset, scripts))
        policy = (
            f"default-src 'none'; style-src 'sha256-{_digest(style)}'; "
            f"script-src 'sha256-{_digest(script)}'; base-uri 'none'; form-action 'none'"
        )
        title = escape(document.solution.exercise.title)
        return "\n".join(
            [
                "<!doctype html>",
                '<html lang="en">',
                '<head><meta charset="utf-8">',
                f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
                '<meta name="viewport" content="width=device-width, initial-scale=1">',
                '<meta name="color-scheme" content="light dark">',
                f"<title>{title}</title>",
                f"<style>{style}</style></head>",
                "<body>",
                _header(document, title),
                "<main>",
                _stage(document, picture),
                _given(document),
                *_sections(document),
                "</main>",
                _footer(document),
                f"<script>{script}</script>",
                "</body></html>\n",
            ]
        )


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def _header(document: Document, title: str) -> str:
    paragraphs = clean(document.solution.exercise.description, keep_newlines=True).split("\n")
    about = "".join(element("p", escape(text)) for text in paragraphs if text.strip())
    if document.blank:
        about += element(
            "p",
            "Type each answer and press Enter: a fraction such as -1/2, or a decimal. "
            + escape(document.solution.exercise.rounding),
            cls="task",
        )
    return f"<header><h1>{title}</h1>{about}</header>"


def _stage(document: Document, picture: Picture) -> str:
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
{picture.draw(live=True)}
</div>
<p class="legend"><span class="value">value</span> <span class="gradient">∂ derivative of \
{escape(typed_text(document.solution.graph.loss, document.style))} with respect to it</span>{updated}</p>
<nav class="controls" aria-label="Steps" hidden>
<button type="button" data-go="back" aria-keyshortcuts="ArrowLeft">← Back</button>
<label>Step <select><option value="0">given</option>{options}</select></label>
<button type="button" data-go="next" aria-keyshortcuts="ArrowRight">Next →</button>
<button type="button" data-go="all" aria-pressed="false">All steps</button>
</nav>
<p class="status" role="status"></p>
</section>"""


def _given(document: Document) -> str:
    rows = []
    for leaf in document.leaves:
        kind = "given" if leaf.node.role == "given" else "parameter"
        cells = "".join(
            f'<span class="cell">{math(name, document.style)} = {escape(value)}</span> '
            for name, value in leaf.elements
        )
        more = f"and {leaf.left_out:,} more" if leaf.left_out else ""
        shape = shape_text(leaf.shape, document.style)
        name = escape(typed_text(leaf.node.name, document.style))
        rows.append(f'<tr><th scope="row">{name}</th><td>{kind}, {shape}</td><td>{cells}{more}</td></tr>')
    return f"""<section class="panel" data-step="0"><h2>Given</h2>
<div class="scroll" role="region" tabindex="0" aria-label="Given">
<table class="given"><thead><tr><th scope="col">Name</th><th scope="col">Kind</th>\
<th scope="col">Values</th></tr></thead>
<tbody>{"".join(rows)}</tbody></table></div>{_inner_steps(document)}</section>"""


def _inner_steps(document: Document) -> str:
    """What the names are that the exercise does not give: of steps inside its formulas."""
    found = []
    for node in document.solution.graph.nodes.values():
        outer, _, number = node.name.rpartition("_")
        form = document.solution.steps[node.name].form if node.op else None
        if number.isdigit() and outer in document.solution.graph.nodes and form is not None:
            what = f"{math(Sym(node.name), document.style)} = {math(form, document.style)}"
            found.append(element("p", f"{what} is a step inside the formula of {escape(outer)}."))
    return "".join(found)


def _sections(document: Document) -> list[str]:
    """The steps under the titles of their phases."""
    steps = Steps(document)
    parts, phase = [], ""
    for view in document.views:
        if view.step.phase != phase:
            phase = view.step.phase
            parts.append(f'<h2 class="phase">{PHASE_TITLES[phase]}</h2>')
        parts.append(steps.article(view, document.steps.index(view.step) + 1))
    return parts


def _footer(document: Document) -> str:
    if document.blank:
        return '<footer><p class="score" role="status"></p></footer>'
    lines = [f"Note: {note}" for note in document.notes] + document.checks.sentences()
    body = "".join(element("p", escape(line)) for line in lines)
    return f"<footer><h2>Checks</h2>{body}</footer>"

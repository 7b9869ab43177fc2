"""`.md`: the solution as Markdown. Formulas of arrays in LaTeX, and every number in tables of plain text,
so that it reads well with maths shown and without."""

import re
from collections.abc import Iterable, Iterator

from backprop_tutor.language import Style, clean, to_latex, to_text
from backprop_tutor.render.document import Document
from backprop_tutor.render.equations import array_sides, equation, values
from backprop_tutor.render.texts import (
    PHASE_TITLES,
    at_a_glance,
    confirmed_by,
    has_matrix_form,
    quantity_text,
    shape_text,
    typed_text,
)
from backprop_tutor.render.view import StepView
from backprop_tutor.walkthrough import Worked

__all__ = ["MarkdownExport", "escape_markdown"]

BLANK = "________"


def escape_markdown(text: str) -> str:
    """`text` with everything escaped that Markdown, or HTML in it, reads as a command."""
    escaped = re.sub(r"([\\`*_{}\[\]<>#|~$&!])", r"\\\1", clean(text, keep_newlines=True))
    return re.sub(r"(?m)^(\s*)([-+=:]|\d+(?=[.)]))", r"\1\\\2", escaped)


class MarkdownExport:
    def text(self, document: Document) -> str:
        return "\n".join(_lines(document)) + "\n"


def _lines(document: Document) -> Iterator[str]:
    exercise, style = document.solution.exercise, document.style
    yield f"# {escape_markdown(exercise.title)}"
    yield ""
    yield escape_markdown(exercise.description)
    yield ""
    if document.blank:
        yield f"{exercise.rounding}\n"
    yield code(at_a_glance(document.solution, style))
    yield ""
    yield from _table(
        ["Given", "Shape", "Values"],
        (
            [
                code(typed_text(leaf.node.name, style)),
                shape_text(leaf.shape, style),
                ", ".join(code(f"{to_text(name, style)} = {value}") for name, value in leaf.elements)
                + (f", and {leaf.left_out:,} more" if leaf.left_out else ""),
            ]
            for leaf in document.leaves
        ),
    )
    phase = ""
    for view in document.views:
        if view.step.phase != phase:
            phase = view.step.phase
            yield f"\n## {PHASE_TITLES[phase]}"
        yield from _step(document, view)
    if document.blank:
        return
    yield "\n## Checks\n"
    yield from (f"- {escape_markdown(line)}" for line in [*document.notes, *document.checks.sentences()])


def _step(document: Document, view: StepView) -> Iterator[str]:
    step, style = view.step, document.style
    name = code(quantity_text(step.quantity, style))
    yield f"\n### {view.number}. {name} ({shape_text(view.shape, style)})\n"
    if view.skipped:
        yield f"{view.skipped:,} steps are left out before this one.\n"
    if document.blank:
        yield from _table(["Quantity", "Answer"], ([code(to_text(r.name, style)), BLANK] for r in view.rows))
        return
    yield f"*{escape_markdown(view.rule)}.* {escape_markdown(view.explanation)}".rstrip() + "\n"
    with_matrix = has_matrix_form(view) and document.form != "element"
    if with_matrix:
        yield f"$$\n{' = '.join(to_latex(side, style) for side in array_sides(view, style))}\n$$\n"
    if with_matrix and document.form == "matrix":
        rows = ([to_text(row.name, style), *values(row, document.precision, style)] for row in view.rows)
        yield from _table(["Quantity", "Value"], ([code(row[0]), code(" ".join(row[1:]))] for row in rows))
    else:
        yield from _table(
            ["Quantity", "Worked out", "Value"], (_row(row, document.precision, style) for row in view.rows)
        )
    if view.left_out:
        yield f"\n{view.left_out:,} more elements are left out."
    lines = document.derivation(step)
    if lines:
        yield "\nThe derivation:\n"
        yield from _table(
            ["Line", "Rule"], ([f"${to_latex(line.equation, style)}$", line.rule] for line in lines)
        )
    if view.confirmation:
        yield f"\n{confirmed_by(view)}"


def _row(worked: Worked, precision: int, style: Style) -> list[str]:
    ends = values(worked, precision, style)
    name, *sides = equation(worked, precision, style)
    return [code(name), " ".join(map(code, sides[: -len(ends)])), " ".join(map(code, ends))]


def _table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def code(text: str) -> str:
    """Text as it stands; a bar would end a cell of a table."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}".replace("|", "\\|")

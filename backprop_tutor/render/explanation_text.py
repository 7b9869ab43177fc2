"""An explanation in columns of text: equals signs below one another, the rule at the right."""

from collections.abc import Iterator
from typing import NamedTuple

from backprop_tutor.language import Call, Style, Sym, display_width, to_stacked, to_text, wrap
from backprop_tutor.render.explanation import (
    TITLES,
    Equation,
    checked,
    equations,
    note_text,
    relation,
    shapes_text,
)
from backprop_tutor.render.paths import path_lines
from backprop_tutor.walkthrough.derivation import Explanation, Form, Section

__all__ = ["Printed", "explanation_text"]

STACKED_FROM = 100  # columns; below, fractions with a bar of their own take too many lines
INDENT = "  "


class Printed(NamedTuple):
    """A line of the screen: `text`, then `rule` at the right; `role` says how it is coloured."""

    text: str
    rule: str = ""
    role: str = ""


def explanation_text(
    explanation: Explanation, parts: tuple[str, ...], style: Style, width: int
) -> Iterator[Printed]:
    """The lines of the screen for the forms named in `parts`."""
    for part in parts:
        yield Printed(TITLES[part], role="title")
        if part == "paths":
            for paths in explanation.paths:
                lines = path_lines(paths, style, explanation.workings.precision, width - len(INDENT))
                yield from (Printed(INDENT + line) for line in lines)
        else:
            yield from _Columns(style, width).form(explanation.form(part))
        yield Printed("")


class _Columns:
    def __init__(self, style: Style, width: int) -> None:
        self.style = style
        self.width = width
        self.stacked = width >= STACKED_FROM

    def form(self, form: Form) -> Iterator[Printed]:
        for number, section in enumerate(form.sections):
            if number and form.name in ("index", "scalar"):
                yield Printed("")
            yield from self.section(section)
        for note in form.notes:
            lines = wrap_words(note_text(note, self.style), self.width - len(INDENT))
            yield from (Printed(INDENT + line, role="note") for line in lines)
        proved, lines_shown = checked(form.sections)
        if lines_shown and form.name != "numbers":
            tick = "✓ " if self.style.glyphs.scripts else "ok: "
            mark, role = (tick, "mark") if proved == lines_shown else ("", "note")
            yield Printed(f"{INDENT}{mark}{proved} of {lines_shown} lines verified", role=role)

    def section(self, section: Section) -> Iterator[Printed]:
        """The left side before the first equals sign where all lines have room for it, else above them."""
        left = to_text(section.left, self.style)
        shown = list(equations(section, self.style))
        lead = INDENT + " " * display_width(left)
        rows = [row for equation in shown for row in self.equation(INDENT + left, lead, equation)]
        if any(row.role == "under" for row in rows):
            yield Printed(INDENT + left, role="left")
            lead = INDENT * 2
            rows = [row for equation in shown for row in self.equation(lead, lead, equation)]
        yield from rows

    def equation(self, left: str, lead: str, equation: Equation) -> Iterator[Printed]:
        start = lead if equation.left is None else left
        rows, axis = self.right_side(equation, self.width - display_width(lead))
        texts = [(start if row == axis else lead) + text for row, text in enumerate(rows)]
        place = axis or len(texts) - 1  # beside a stacked formula, or at the end of a broken one
        fits = display_width(texts[place]) + 2 + display_width(equation.rule) <= self.width
        for row, text in enumerate(texts):
            yield Printed(text.rstrip(), equation.rule if fits and row == place else "")
        if not fits:
            for words in wrap_words(equation.rule, self.width - len(INDENT)):
                yield Printed("", words, "under")
        if equation.line.shapes:
            shapes = shapes_text(equation.line, self.style)
            for line in wrap_words(shapes, self.width - display_width(lead) - 3):
                yield Printed(f"{lead}   {line}", role="note")

    def right_side(self, equation: Equation, room: int) -> tuple[list[str], int]:
        """` = …` in lines, and which of them has the equals sign."""
        expr, sign = equation.expr, relation(equation.line, self.style)
        if self.stacked and not equation.line.about:
            rows = to_stacked(Call("eq", (Sym(""), expr)), self.style)
            if len(rows) > 1 and max(map(display_width, rows)) <= room:
                return rows, next(k for k, row in enumerate(rows) if row.startswith(" = "))
        first, *others = wrap(to_text(expr, self.style), room - 3, indent="  ")
        return [f" {sign} {first}", *(f"   {other}" for other in others)], 0


def wrap_words(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` columns, broken between words."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and display_width(joined) > width:
            lines.append(word)
        else:
            lines[-1] = joined
    return lines

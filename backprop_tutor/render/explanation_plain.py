"""An explanation as plain lines, one fact a line: for screen readers, pipes and dumb terminals."""

from collections.abc import Iterator

from backprop_tutor.language import Style, to_text
from backprop_tutor.render.explanation import TITLES, equations, note_text, relation, shapes_text
from backprop_tutor.render.paths import path_lines
from backprop_tutor.walkthrough.derivation import Explanation, Form

__all__ = ["explanation_plain"]


def explanation_plain(explanation: Explanation, parts: tuple[str, ...], style: Style) -> Iterator[str]:
    for part in parts:
        yield f"form: {TITLES[part]}"
        if part == "paths":
            for paths in explanation.paths:
                yield from path_lines(paths, style, explanation.workings.precision)
        else:
            yield from _form(explanation.form(part), style)


def _form(form: Form, style: Style) -> Iterator[str]:
    for section in form.sections:
        left = to_text(section.left, style)
        for equation in equations(section, style):
            yield f"line: {left} {relation(equation.line, style)} {to_text(equation.expr, style)}"
            yield f"rule: {equation.rule}, {_verdict(equation.line.verified)}"
            if equation.line.shapes:
                yield f"shapes: {shapes_text(equation.line, style)}"
    for note in form.notes:
        yield f"note: {note_text(note, style)}"


def _verdict(verified: bool | None) -> str:
    return "not verified" if verified is None else "verified" if verified else "wrong"

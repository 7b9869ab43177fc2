"""An explanation as blocks: in each form its derivations line by line, and the table of its paths."""

from collections.abc import Iterator

from backprop_tutor.language import Style
from backprop_tutor.render import blocks
from backprop_tutor.render.blocks import Block, Derivation, Heading, Maths, Prose, Reasoned, Words, cell
from backprop_tutor.render.explanation_words import TITLES, rule_parts
from backprop_tutor.render.subjects.path_table import path_blocks
from backprop_tutor.render.wording import shape_text
from backprop_tutor.walkthrough.derivation import DerivationForm, Explanation, Line, Note, Section

__all__ = ["explanation_blocks"]


def explanation_blocks(explanation: Explanation, parts: tuple[str, ...], style: Style) -> Iterator[Block]:
    """The forms named in `parts`, each under its title, as soon as it is derived."""
    for part in parts:
        yield Heading(cell(TITLES[part])[0], 3, facts=cell(f"form: {TITLES[part]}"))
        if part == "paths":
            for paths in explanation.paths:
                yield from path_blocks(paths, style, explanation.workings.precision)
        else:
            yield from _form(explanation.form(part), style)


def _form(form: DerivationForm, style: Style) -> Iterator[Block]:
    for place, section in enumerate(form.sections):
        yield _section(section, style, starts=bool(place) and form.name in ("index", "scalar"))
    yield from (Prose(_note(note, style), "remark") for note in form.notes)
    verdicts = [line.verified for section in form.sections for line in section.lines]
    proved = sum(verdict is True for verdict in verdicts)
    if verdicts and form.name != "numbers":
        said = Words(f"{proved} of {len(verdicts)} lines verified")
        yield Prose((Words("✓ "), said), "proved") if proved == len(verdicts) else Prose((said,), "unproved")


def _section(section: Section, style: Style, *, starts: bool) -> Derivation:
    lines = (
        Reasoned(line.expr, _rule(line, style), line.verified, line.about, _shapes(line, style))
        for line in section.lines
    )
    return Derivation(section.left, tuple(lines), starts)


def _rule(line: Line, style: Style) -> blocks.Line:
    words, quantity = rule_parts(line)
    return (Words(f"{words} "), Maths(quantity)) if quantity else (Words(style.prose(words)),)


def _shapes(line: Line, style: Style) -> blocks.Line:
    """`δ1ᵀ 2×3, x 3×2`: the factors of a matrix formula with their shapes."""
    pieces: list[blocks.Content] = []
    for expr, shape in line.shapes:
        pieces += [Words(", " if pieces else ""), Maths(expr), Words(f" {shape_text(shape, style)}")]
    return tuple(pieces)


def _note(note: Note, style: Style) -> blocks.Line:
    """Its words, the quantities in their places."""
    first, *others = style.prose(note.text).split("{}")
    pieces: list[blocks.Content] = [Words(first)]
    for quantity, words in zip(note.quantities, others, strict=True):
        pieces += [Maths(quantity), Words(words)]
    return tuple(pieces)

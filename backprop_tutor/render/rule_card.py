"""A rule card as lines of text, and as JSON."""

from collections.abc import Iterator
from textwrap import wrap as wrap_words
from typing import Any

from backprop_tutor.language import Call, Style, Sym, display_width, to_latex, to_text, wrap
from backprop_tutor.render.plot import LABELS, plot
from backprop_tutor.walkthrough.rule_card import Derived, Equation, RuleCard

__all__ = ["card_json", "card_lines", "card_plain", "list_lines"]

WIDEST = 60
HEIGHT = 6
INDENT = "  "
_X = Sym("x")


def card_lines(card: RuleCard, style: Style, width: int) -> Iterator[str]:
    """The card for a screen of `width` columns."""
    style = _upright(style)
    yield style.spell(card.title[0].upper() + card.title[1:])
    yield ""
    for equation in card.equations:
        yield from wrap(
            f"{INDENT}{_equation(equation, style)}{_mark(equation, style)}", width, indent="      "
        )
    yield ""
    if card.says:
        yield from wrap_words(style.spell(card.says), width)
    yield from wrap_words(style.spell(f"Where: {card.where}."), width)
    if card.op:
        yield from _pictures(card, style, min(width, WIDEST))
    for derived in card.derivations:
        yield ""
        yield derived.title
        for line in derived.lines:
            yield from _line(line, style, width)


def card_plain(card: RuleCard, style: Style) -> Iterator[str]:
    """The same with one fact a line, and no picture."""
    style = _upright(style)
    yield f"rule: {card.title}"
    for equation in card.equations:
        yield f"formula: {_equation(equation, style)}{_mark(equation, style)}"
    if card.says:
        yield f"why: {card.says}"
    yield f"where: {card.where}"
    for derived in card.derivations:
        yield f"derivation: {derived.title}"
        for line in derived.lines:
            rule = f", by: {line.rule}" if line.rule else ""
            yield f"line: {to_text(line.right, style)}{rule}{_mark(line, style)}"


def list_lines(names: dict[str, str], width: int) -> Iterator[str]:
    """Every rule and its title, one line each."""
    longest = max(map(len, names))
    for name, title in names.items():
        line = f"{INDENT}{name:{longest}}  {title}"
        yield line if len(line) <= width else f"{INDENT}{name}"


def _upright(style: Style) -> Style:
    """d/dx: there is one variable only."""
    return style._replace(glyphs=style.glyphs._replace(partial="d"))


def _equation(equation: Equation, style: Style) -> str:
    if equation.left is None:
        return f"= {to_text(equation.right, style)}"
    return to_text(Call("eq", (equation.left, equation.right)), style)


def _mark(equation: Equation, style: Style) -> str:
    if not equation.verified:
        return ""
    return "  ✓" if style.glyphs.scripts else "  ok"


def _line(line: Equation, style: Style, width: int) -> Iterator[str]:
    """The formula, and the rule that gives it at the right, or below it where there is no room."""
    start = "= " if line.rule else ""
    rows = wrap(f"{INDENT}{start}{to_text(line.right, style)}", width, indent="      ")
    rule = style.spell(line.rule) + _mark(line, style) if line.rule else ""
    gap = width - display_width(rows[-1]) - display_width(rule)
    if rule and gap < 2:
        yield from rows
        yield " " * max(width - display_width(rule), 0) + rule
        return
    yield from rows[:-1]
    yield (rows[-1] + " " * gap + rule).rstrip() if rule else rows[-1]


def _pictures(card: RuleCard, style: Style, width: int) -> Iterator[str]:
    assert card.op
    room = width - LABELS
    x, value, slope = card.curves(4 * room)
    letter = Call(card.op.name, (_X,)), Call(f"{card.op.name}'", (_X,))
    for name, y in zip(letter, (value, slope), strict=True):
        yield ""
        yield " " * LABELS + to_text(name, style)
        yield from plot(x.tolist(), y.tolist(), room, HEIGHT, unicode=style.glyphs.scripts)


def card_json(card: RuleCard, style: Style) -> dict[str, Any]:
    """The card with its lines as `explain --json` has them."""
    return {
        "format": 1,
        "rule": card.name,
        "title": card.title,
        "formulas": [_json(equation, style) for equation in card.equations],
        "says": card.says,
        "where": card.where,
        "derivations": [_derived_json(derived, style) for derived in card.derivations],
    }


def _derived_json(derived: Derived, style: Style) -> dict[str, Any]:
    return {"title": derived.title, "lines": [_json(line, style) for line in derived.lines]}


def _json(equation: Equation, style: Style) -> dict[str, Any]:
    whole = equation.right if equation.left is None else Call("eq", (equation.left, equation.right))
    return {
        "rule": equation.rule,
        "text": to_text(whole, style),
        "latex": to_latex(whole, style),
        "verified": equation.verified,
    }

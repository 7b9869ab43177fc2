"""`explain --rule --json`: a rule card with its lines as `explain --json` has them."""

from typing import Any

from backprop_tutor.language import Call, Style, to_latex, to_text
from backprop_tutor.walkthrough.rule_card import Derived, RuleCard, RuleLine

__all__ = ["card_json"]


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


def _json(equation: RuleLine, style: Style) -> dict[str, Any]:
    whole = equation.right if equation.left is None else Call("eq", (equation.left, equation.right))
    return {
        "rule": equation.rule,
        "text": to_text(whole, style),
        "latex": to_latex(whole, style),
        "verified": equation.verified,
    }

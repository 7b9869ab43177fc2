"""`explain --json`: a derivative, and with `--rule` a card whose lines are like those of a derivative."""

import json
from typing import Any

from backprop_tutor.language import Call, Style, to_latex, to_text
from backprop_tutor.render.explanation_words import note_text, relation, rule_text
from backprop_tutor.render.path_lines import paths_json, paths_summary
from backprop_tutor.walkthrough.derivation import DerivationForm, Explanation
from backprop_tutor.walkthrough.rule_card import Derived, RuleCard, RuleLine

__all__ = ["card_json", "explanation_json"]

_RELATIONS = {False: "=", True: r"\approx"}  # in LaTeX, of a value and of a rounded one


def explanation_json(explanation: Explanation, parts: tuple[str, ...], style: Style) -> str:
    """The explanation as one line of JSON, with the forms named in `parts`."""
    forms = {name: explanation.form(name) for name in parts if name != "paths"}
    listed = explanation.paths if "paths" in parts else []
    document: dict[str, Any] = {
        "format": 1,
        "quantity": explanation.quantity,
        "forms": {name: _lines(form, style) for name, form in forms.items()},
        "paths": [path for paths in listed for path in paths_json(paths)],
        "value": explanation.value,
        "exact": explanation.exact,
        "notes": {name: [note_text(note, style) for note in form.notes] for name, form in forms.items()},
        "path_counts": [paths_summary(paths) for paths in listed],
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def _lines(form: DerivationForm, style: Style) -> list[dict[str, Any]]:
    return [
        {
            "rule": rule_text(line, style),
            "text": f"{to_text(line.left, style)} {relation(line, style)} {to_text(line.expr, style)}",
            "latex": f"{to_latex(line.left, style)} {_RELATIONS[line.about]} {to_latex(line.expr, style)}",
            "verified": line.verified,
        }
        for section in form.sections
        for line in section.lines
    ]


def card_json(card: RuleCard, style: Style) -> dict[str, Any]:
    """The card with its lines as `explain --json` has them."""
    return {
        "format": 1,
        "rule": card.name,
        "title": card.title,
        "formulas": [_equation(equation, style) for equation in card.equations],
        "says": card.says,
        "where": card.where,
        "derivations": [_derived(derived, style) for derived in card.derivations],
    }


def _derived(derived: Derived, style: Style) -> dict[str, Any]:
    return {"title": derived.title, "lines": [_equation(line, style) for line in derived.lines]}


def _equation(equation: RuleLine, style: Style) -> dict[str, Any]:
    whole = equation.right if equation.left is None else Call("eq", (equation.left, equation.right))
    return {
        "rule": equation.rule,
        "text": to_text(whole, style),
        "latex": to_latex(whole, style),
        "verified": equation.verified,
    }

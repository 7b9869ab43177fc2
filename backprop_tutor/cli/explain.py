"""`explain`: one partial derivative, line by line; `explain --rule`: one rule of differentiation."""

import sys
from typing import Annotated, Literal

import typer

from backprop_tutor.cli.options import (
    AsciiOption,
    ExerciseArgument,
    JsonOption,
    MaxElementsOption,
    NotationOption,
    PlainOption,
    PrecisionOption,
)
from backprop_tutor.cli.showing import show
from backprop_tutor.errors import UsageError

__all__ = ["explain"]


def explain(
    exercise: ExerciseArgument = "",
    quantity: Annotated[
        str,
        typer.Argument(
            metavar="QUANTITY",
            help="A derivative: dJ/dW1[1,2], dJ/dW1, dJ/dnet1(2)[1], delta1, dz/dh1.",
            show_default=False,
        ),
    ] = "",
    rule: Annotated[
        bool,
        typer.Option("--rule", help="Explain a rule instead: --rule sigmoid; --rule alone lists them."),
    ] = False,
    form: Annotated[
        Literal["index", "scalar", "matrix", "numbers", "paths", "all"],
        typer.Option("--form", help="Which form of the derivation."),
    ] = "all",
    unroll: Annotated[
        bool, typer.Option("--unroll", help="Derive it in one go, without deltas on the way.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Every line, also of a derivation that is longer than a page.")
    ] = False,
    precision: PrecisionOption = 6,
    as_json: JsonOption = False,
    as_latex: Annotated[bool, typer.Option("--latex", help="A fragment of LaTeX that compiles.")] = False,
    plain: PlainOption = False,
    ascii_only: AsciiOption = False,
    notation: NotationOption = None,
    max_elements: MaxElementsOption = 2_000_000,
) -> None:
    """Explain one partial derivative: every line with the rule that gives it, each line proved.

    Example: backprop-tutor explain exercise1 "dJ/dW1[1,2]"
    """
    if rule:
        _show_rule(quantity or exercise, plain=plain, as_json=as_json)
        return
    if as_json and as_latex:
        raise UsageError("--json and --latex ask for two outputs.", hint="Choose one of them.")
    if not quantity:
        raise UsageError(
            "explain needs an exercise and a quantity.",
            hint='Write it like: backprop-tutor explain exercise1 "dJ/dW1[1,2]"',
        )
    from backprop_tutor.exercise.load import load
    from backprop_tutor.language import CANONICAL
    from backprop_tutor.render.explanation_words import PARTS
    from backprop_tutor.render.screen_style import style_for
    from backprop_tutor.walkthrough import lettering_of
    from backprop_tutor.walkthrough import solve as solve_exercise
    from backprop_tutor.walkthrough.derivation import explain as explain_quantity

    solution = solve_exercise(load(exercise, max_elements=max_elements))
    letters = lettering_of(solution.exercise, notation)
    if as_json:  # the same names in every notation
        quantity, letters = letters.canonical(quantity), CANONICAL
    explanation = explain_quantity(
        solution, quantity, unroll=unroll, every=every, precision=precision, lettering=letters
    )
    parts = PARTS if form == "all" else (form,)
    if as_json:
        from backprop_tutor.render.explanation_json import explanation_json

        print(explanation_json(explanation, parts, style_for()))
        return
    from backprop_tutor.render.subjects.explanation import explanation_blocks

    if as_latex:
        from backprop_tutor.render.painters.latex_fragment import LatexFragment

        style = style_for(notation=letters)
        print("\n".join(LatexFragment(style).paint(explanation_blocks(explanation, parts, style))))
        return
    style = style_for(sys.stdout.encoding, notation=letters)
    show(explanation_blocks(explanation, parts, style), style, plain=plain)


def _show_rule(name: str, *, plain: bool, as_json: bool) -> None:
    """Print the card of the rule `name`; without a name, or for `list`, the names of all rules."""
    import json

    from backprop_tutor.render.explanation_json import card_json
    from backprop_tutor.render.screen_style import style_for
    from backprop_tutor.render.subjects.rule_card import card_blocks, list_blocks
    from backprop_tutor.walkthrough.rule_card import rule_card, rule_names

    style = style_for(sys.stdout.encoding)
    if name in ("", "list"):
        names = rule_names()
        if as_json:
            print(json.dumps({"format": 1, "rules": names}, ensure_ascii=False))
        else:
            show(list_blocks(names), style, plain=plain)
        return
    card = rule_card(name)
    if as_json:
        print(json.dumps(card_json(card, style_for()), ensure_ascii=False))
    else:
        show(card_blocks(card, style.upright), style.upright, plain=plain)

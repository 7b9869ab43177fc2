"""`run` where nobody can answer: the walkthrough, step by step, without asking."""

import json
import sys

from backprop_tutor.language import Style
from backprop_tutor.walkthrough import Solution

__all__ = ["show_walkthrough"]

WHY = "Standard input holds no answers, so this is the walkthrough, step by step, without questions."


def show_walkthrough(solution: Solution, style: Style, *, plain: bool, as_json: bool) -> None:
    from backprop_tutor.render.view import leaf_rows, notes, select, view

    precision = 6
    steps = view(solution, select(solution), precision)
    if as_json:
        from backprop_tutor.render.json import step_document

        print(json.dumps({"format": 1, "event": "unattended", "text": WHY}), flush=True)
        for step in steps:
            print(json.dumps({"format": 1, "event": "step"} | step_document(step), ensure_ascii=False))
        return
    from backprop_tutor.render.texts import Checks

    leaves, checks = leaf_rows(solution, precision, None), Checks()
    print(WHY)
    if plain:
        from backprop_tutor.render.plain import PlainRenderer

        reader = PlainRenderer(style, precision)
        print("\n".join(reader.header(solution, leaves)))
        for step in steps:
            checks.add(step)
            print("\n".join(reader.step(step)))
        print("\n".join(reader.footer(checks, notes(solution))))
        return
    from backprop_tutor.cli.screen import screen
    from backprop_tutor.render.terminal import TerminalRenderer

    print()
    terminal = TerminalRenderer(screen(), style, precision)
    terminal.header(solution, leaves)
    for step in steps:
        checks.add(step)
        terminal.step(step)
    terminal.footer(checks, notes(solution))
    print(
        "\nOn a terminal the same command asks every step:",
        *sys.argv[1:] and ["backprop-tutor", *sys.argv[1:]],
    )

"""`run` where nobody can answer: the walkthrough, step by step, without asking."""

import json
import shlex
import sys

from backprop_tutor.language import Lettering, Style, clean
from backprop_tutor.walkthrough import Solution

__all__ = ["show_walkthrough"]

PRECISION = 6
WHY = "Standard input holds no answers, so this is the walkthrough, step by step, without questions."


def show_walkthrough(
    solution: Solution, style: Style, lettering: Lettering, *, plain: bool, as_json: bool
) -> None:
    from backprop_tutor.cli.showing import show_solution
    from backprop_tutor.render.view import leaf_rows, select, view

    if as_json:
        from backprop_tutor.render.solution_json import step_document

        print(json.dumps({"format": 1, "event": "unattended", "text": WHY}), flush=True)
        for step in view(solution, select(solution), PRECISION):
            print(json.dumps({"format": 1, "event": "step"} | step_document(step), ensure_ascii=False))
        return
    print(WHY)
    leaves = leaf_rows(solution, PRECISION, None, lettering)
    steps = view(solution, select(solution), PRECISION, lettering=lettering)
    if plain:
        show_solution(solution, leaves, steps, style, PRECISION, plain=True)
        return
    print()
    show_solution(solution, leaves, steps, style, PRECISION, plain=False)
    command = shlex.join(["backprop-tutor", *sys.argv[1:]])
    print("\nOn a terminal the same command asks every step:", clean(command))

"""`explain` of every shipped exercise on narrow and wide screens: no line too long, no name or number cut."""

import re

import pytest
from on_screen import plain_lines, screen

from backprop_tutor import load, solve
from backprop_tutor.exercise.catalogue import shipped_names
from backprop_tutor.language import display_width
from backprop_tutor.render.explanation_words import PARTS
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.subjects.explanation import explanation_blocks
from backprop_tutor.walkthrough import Solution
from backprop_tutor.walkthrough.derivation import explain

WIDTHS = (50, 60, 80, 100, 160)
UNBROKEN = 100_000
WORD = re.compile(r"[^\s()·*/+=≈~⊙@⎛⎜⎝⎞⎟⎠│|─╭╮╰╯├┤┬┴┼-]+")


def quantities(solution: Solution) -> list[str]:
    """The gradient of the first parameter that has one, whole, and the first element of that of the last."""
    steps = [step for step in solution.steps.values() if step.phase == "backward"]
    gradients = [step.quantity for step in steps if not step.node.parts]
    parameters = [q for q in gradients if solution.graph.nodes[q.split("/d")[1]].role == "parameter"]
    if not parameters:
        return gradients[-1:]
    shape = solution.graph.nodes[parameters[-1].split("/d")[1]].shape
    return [parameters[0], parameters[-1] + (f"[{','.join('1' * len(shape))}]" if shape else "")]


@pytest.mark.parametrize("name", shipped_names())
def test_every_line_fits_and_nothing_is_cut(name: str) -> None:
    solution, style = solve(load(name)), style_for()
    for quantity in quantities(solution):
        blocks = list(explanation_blocks(explain(solution, quantity), PARTS, style))
        whole = "\n".join([screen(blocks, style, UNBROKEN), *plain_lines(blocks, style)])
        words = set(WORD.findall(whole))
        for width in WIDTHS:
            shown = screen(blocks, style, width)
            assert [line for line in shown.splitlines() if display_width(line) > width] == []
            assert set(WORD.findall(shown)) <= words
            assert not re.search(r"\d…|…\d", shown)

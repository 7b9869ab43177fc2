"""Graphs that are too wide for columns, as lists with wires: every wire is an edge, and it fits."""

from fractions import Fraction

import numpy as np
import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.exercise import shipped_names
from backprop_tutor.language import display_width
from backprop_tutor.render.blocks import Drawing
from backprop_tutor.render.pictures.blackboard import Blackboard
from backprop_tutor.render.pictures.captions import InSight
from backprop_tutor.render.pictures.focus import Focus, focus
from backprop_tutor.render.pictures.layout_list import list_layout
from backprop_tutor.render.pictures.rails import draw_list
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.wording import quantity_text
from backprop_tutor.walkthrough import Solution

STYLE = style_for()
DOWN, SIDE = set("│┌┬┐├┼┤"), set("─")


def lines(solution: Solution, height: int = 1000, width: int = 1000, at: str = "") -> list[str]:
    layout = list_layout(solution, STYLE)
    marked = focus(solution, layout, solution.steps[at]) if at else Focus()
    drawn = draw_list(layout, marked, STYLE, width, height)
    return ["".join(piece.text for piece in line) for line in drawn]


def reached(grid: list[str], row: int, column: int) -> set[int]:
    """The rows of the marks above from which a wire leads to the mark at (row, column), followed sign by
    sign: straight on where two wires cross, and around every corner."""
    found, waiting, seen = set(), [], set()
    for step in (-1, 1):
        waiting.append((row, column + step, (0, step)))
    waiting.append((row - 1, column, (-1, 0)))
    while waiting:
        y, x, (dy, dx) = waiting.pop()
        if (y, x, dy, dx) in seen or not (0 <= y < len(grid) and 0 <= x < len(grid[y])):
            continue
        seen.add((y, x, dy, dx))
        sign = grid[y][x]
        if dy:
            if sign == "○":
                found.add(y)
            elif sign in DOWN:
                waiting.append((y - 1, x, (-1, 0)))
        elif sign in SIDE or sign == "│":  # a wire that only crosses
            waiting.append((y, x + dx, (0, dx)))
        elif sign in "├┤┼└┘┴":
            waiting.append((y - 1, x, (-1, 0)))
            waiting.append((y, x + dx, (0, dx)))
    return found


@pytest.mark.parametrize("name", shipped_names())
def test_the_wires_are_the_edges_of_the_graph(name: str) -> None:
    solution = solve(load(name))
    layout = list_layout(solution, STYLE)
    grid = lines(solution)
    assert len(grid) == len(layout.cells)
    for row, cell in enumerate(layout.cells):
        column = grid[row].index("○")
        parents = {layout.cells[y].id for y in reached(grid, row, column)}
        assert parents == {edge.source for edge in layout.edges if edge.target == cell.id}, cell.id


@pytest.mark.parametrize("name", shipped_names())
@pytest.mark.parametrize(("width", "height"), [(80, 12), (50, 10), (60, 5)])
def test_a_short_list_has_what_the_step_is_about(name: str, width: int, height: int) -> None:
    solution = solve(load(name))
    for step in solution.steps.values():
        if step.phase == "update" or step.node.parts:
            continue
        shown = lines(solution, height, width, step.quantity)
        assert len(shown) <= height
        assert max(map(display_width, shown)) <= width
        node = solution.graph.outer(step.node.name)
        assert any(quantity_text(node, STYLE) in line and ("●" in line) for line in shown)


@pytest.mark.parametrize("name", shipped_names())
@pytest.mark.parametrize("kind", ["utf-8", "ascii"])
def test_values_stand_in_every_picture_of_50_columns(name: str, kind: str) -> None:
    solution = solve(load(name))
    sight, last = InSight(frozenset(solution.steps)), solution.steps[solution.graph.loss]
    drawn = Blackboard(solution, style_for(kind)).draw(last, None, sight, 50, 40)
    assert isinstance(drawn, Drawing), "no picture"
    shown = ["".join(piece.text for piece in line) for line in drawn.lines(50)]  # type: ignore[union-attr]
    assert max(map(display_width, shown)) <= 50
    assert kind != "ascii" or "".join(shown).isascii()
    loss = float(np.ravel(solution.value(solution.graph.loss))[0])
    assert any(text in "\n".join(shown) for text in {str(Fraction(loss).limit_denominator(99)), f"{loss:.2g}",
               f"{loss:.3g}", f"{loss:.4g}"})  # fmt: skip


def test_a_deep_graph_shows_where_the_step_is_and_counts_the_rest() -> None:
    compute = "\n".join(f"    a{n}: a{n - 1} * 2" for n in range(1, 200))
    text = f"title: t\ngraph:\n  parameters: {{a0: 1}}\n  compute:\n{compute}\n  loss: a199\n"
    shown = lines(solve(loads(text)), 9, 50, "a100")
    assert any("● a100" in line for line in shown)
    counts = [int(line.split("⋮ ")[1].split()[0]) for line in shown if "⋮" in line]
    assert sum(counts) + len(shown) - len(counts) == 200


def test_the_marks_point_the_way_that_the_numbers_go() -> None:
    solution = solve(load("sigmoid-neuron"))
    back, forth = lines(solution, at="df/da"), lines(solution, at="c")
    assert sum("▲" in line for line in back) == 6
    assert not any("▼" in line for line in back)
    assert sum("▼" in line for line in forth) == 2

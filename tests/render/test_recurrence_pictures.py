"""Recurrences, unrolled and folded: what is drawn is the graph, and it fits."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.exercise import shipped_names
from backprop_tutor.language import display_width
from backprop_tutor.render.blocks import Drawing
from backprop_tutor.render.pictures.blackboard import Blackboard
from backprop_tutor.render.pictures.captions import InSight
from backprop_tutor.render.pictures.drawing import draw
from backprop_tutor.render.pictures.focus import Focus
from backprop_tutor.render.pictures.layout_cell import cell_layout
from backprop_tutor.render.pictures.layout_steps import steps_layout
from backprop_tutor.render.pictures.step_groups import StepGroups
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.walkthrough import Solution
from backprop_tutor.walkthrough.numbers import written

STYLE = style_for()
RECURRENT = ["fading-echo", "rnn-three-steps", "lstm-two-steps", "gru-two-steps"]


def board(
    solution: Solution, width: int = 80, height: int = 20, quantity: str = "", kind: str = "utf-8"
) -> str:
    drawn = Blackboard(solution, style_for(kind)).draw(
        solution.steps.get(quantity), None, InSight(frozenset(solution.steps)), width, height
    )
    assert isinstance(drawn, Drawing)
    lines = ["".join(piece.text for piece in line) for line in drawn.lines(width)]  # type: ignore[union-attr]
    assert max(map(display_width, lines)) <= width
    assert len(lines) <= height
    return "\n".join(lines)


def recurrence(steps: int) -> Solution:
    x = list(range(1, steps + 1))
    return solve(
        loads(
            f"title: t\ngraph:\n  given: {{x: {x}, h<0>: 0}}\n  parameters: {{w: 1/2}}\n"
            f"  sequence: {{s: {steps}}}\n  compute:\n    h<s>: w * h<s-1> + x[s]\n    E<s>: h<s>**2\n"
            "    L: sum<s>(E<s>)\n  loss: L\n"
        )
    )


@pytest.mark.parametrize("name", shipped_names())
def test_exactly_the_recurrences_are_found(name: str) -> None:
    assert bool(StepGroups(solve(load(name)).graph)) == (name in RECURRENT)


@pytest.mark.parametrize("name", RECURRENT)
def test_every_step_and_every_edge_between_steps_is_drawn(name: str) -> None:
    solution = solve(load(name))
    groups = StepGroups(solution.graph)
    layout = steps_layout(solution, groups, STYLE, 9)
    cells = {cell.id: cell for cell in layout.cells}
    shown = {node for cell in layout.cells for node in cell.nodes}
    folded = solution.graph.folded
    named = {n.name for n in folded.nodes.values() if n.op and solution.graph.is_named(n.name)}
    assert {n for n in named if not solution.graph.is_data(n)} <= shown
    edges = {(edge.source, edge.target) for edge in layout.edges}
    for one, other in pairwise(groups.steps):
        carried = {parent for node in groups.steps[other] for parent in folded.nodes[node].parents}
        assert (not carried.isdisjoint(groups.steps[one])) == ((f"step {one}", f"step {other}") in edges)
        assert cells[f"step {other}"].column == cells[f"step {one}"].column + 1


@pytest.mark.parametrize("name", RECURRENT)
@pytest.mark.parametrize("size", [(80, 12), (50, 14), (160, 40)])
def test_values_and_gradients_stand_in_every_step(name: str, size: tuple[int, int]) -> None:
    solution = solve(load(name))
    drawn = board(solution, *size)
    for number in StepGroups(solution.graph).steps:
        for quantity in (f"h<{number}>", f"dJ/dh<{number}>"):
            value = float(np.ravel(solution.value(quantity))[0])
            texts = {written(value, Fraction(value).limit_denominator(99))}
            texts |= {written(value, None, digits) for digits in (2, 3, 4)}
            assert any(text in drawn for text in texts), f"{quantity} is {texts} in\n{drawn}"


def test_of_a_long_recurrence_the_ends_are_drawn_and_the_rest_is_counted() -> None:
    solution = recurrence(40)
    drawn = board(solution, 80, 12)
    assert "step 1" in drawn
    assert "step 40" in drawn
    kept = drawn.count("step ")
    assert f"⋯ {40 - kept} more" in drawn
    middle = board(solution, 80, 12, "dL/dh<20>")
    assert "▐⋯" in middle, "the step that is left out lights what stands for it"


def test_the_losses_of_all_steps_run_into_their_sum() -> None:
    solution = recurrence(3)
    layout = steps_layout(solution, StepGroups(solution.graph), STYLE, 9)
    into = {edge.source for edge in layout.edges if edge.target == "end"}
    assert "step 3" in into
    assert all(edge.target.startswith("end→") or edge.source.startswith("step") for edge in layout.edges
               if edge.source == "step 1")  # fmt: skip
    drawn = board(solution)
    assert drawn.count("▶") >= 3


def test_two_recurrences_that_go_opposite_ways_are_no_steps_in_a_row() -> None:
    solution = solve(
        loads(
            "title: t\ngraph:\n  given: {x: [1, 2, 3], a<0>: 0, c<0>: 0}\n  parameters: {w: 1}\n"
            "  compute:\n    a<1>: w * a<0> + x[1]\n    a<2>: w * a<1> + x[2]\n    d<2>: w * a<2>\n"
            "    d<1>: w * d<2>\n    L: d<1>**2\n  loss: L\n"
        )
    )
    assert not StepGroups(solution.graph)
    assert "a⟨2⟩" in board(solution)


@pytest.mark.parametrize("kind", ["utf-8", "ascii"])
@pytest.mark.parametrize("name", RECURRENT)
def test_a_cell_fits_a_terminal(name: str, kind: str) -> None:
    solution, style = solve(load(name)), style_for(kind)
    groups = StepGroups(solution.graph)
    drawn = [
        draw(cell_layout(solution, groups, style, weights=w), Focus(), style, 80, 20) for w in (True, False)
    ]
    lines = next(lines for lines in drawn if lines)
    text = "\n".join("".join(piece.text for piece in line) for line in lines)
    assert kind != "ascii" or text.isascii()
    for family in groups.carried:
        assert (f"{family}⟨s-1⟩" if kind == "utf-8" else f"{family}<s-1>") in text


def test_an_lstm_cell_is_what_courses_draw() -> None:
    solution = solve(load("lstm-two-steps"))
    layout = cell_layout(solution, StepGroups(solution.graph), STYLE)
    label = {cell.id: cell.label for cell in layout.cells}
    into: dict[str, set[str]] = {}
    for edge in layout.edges:
        into.setdefault(edge.target, set()).add(edge.bundle)
    labelled = {(frozenset(map(label.get, sources)), label[target]) for target, sources in into.items()}
    for gate in ("σ i", "σ f", "σ o", "tanh g"):
        assert (frozenset({"h⟨s-1⟩", "x⟨s⟩"}), gate) in labelled
    assert (frozenset({"σ i", "tanh g"}), "×") in labelled
    assert (frozenset({"σ f", "c⟨s-1⟩"}), "×") in labelled
    assert (frozenset({"×"}), "+ c⟨s⟩") in labelled
    assert (frozenset({"+ c⟨s⟩"}), "tanh") in labelled
    assert (frozenset({"σ o", "tanh"}), "× h⟨s⟩") in labelled
    assert {*layout.loops} == {("h<s>", "h<s-1>"), ("c<s>", "c<s-1>")}
    assert {cell.under for cell in layout.cells if cell.label == "σ f"} == {("wf uf bf",)}


def test_a_gru_resets_what_it_remembers_before_it_looks_at_it() -> None:
    solution = solve(load("gru-two-steps"))
    layout = cell_layout(solution, StepGroups(solution.graph), STYLE)
    label = {cell.id: cell.label for cell in layout.cells}
    into: dict[str, set[str]] = {}
    for edge in layout.edges:
        into.setdefault(edge.target, set()).add(label[edge.bundle])
    products = [sources for target, sources in into.items() if label[target] == "×"]
    assert {"σ r", "h⟨s-1⟩"} in products
    assert {"σ u", "h⟨s-1⟩"} in products
    assert {"1 -", "tanh n"} in products
    assert {"×", "x⟨s⟩"} in [sources for target, sources in into.items() if label[target] == "tanh n"]

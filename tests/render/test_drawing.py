"""Networks and graphs in characters: everything drawn is there, nothing else, and it fits."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from on_screen import screen

from backprop_tutor import load, loads, solve
from backprop_tutor.exercise.catalogue import shipped_names
from backprop_tutor.language import display_width
from backprop_tutor.render.blocks import still
from backprop_tutor.render.pictures.drawing import Line, draw
from backprop_tutor.render.pictures.focus import Focus, focus
from backprop_tutor.render.pictures.layout_graph import graph_layout
from backprop_tutor.render.pictures.layout_network import Detail, network_layout
from backprop_tutor.render.pictures.picture import Picture
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.walkthrough import Solution

STYLE = style_for("utf-8")


def text(lines: list[Line] | None) -> str:
    assert lines is not None
    return "\n".join("".join(piece for piece, _ in line).rstrip() for line in lines)


def picture(name: str, quantity: str | None = None, width: int = 80, style: object = STYLE) -> str:
    solution = solve(load(name))
    step = index = None
    if quantity:
        found = solution.find(quantity)
        step = solution.steps[found.name]
        index = tuple(place or 0 for place in found.region) or None
    drawn = Picture(solution, style).draw(step, index, width, 20)  # type: ignore[arg-type]
    return text(drawn)


def test_a_network_with_weights_and_data() -> None:
    assert picture("exercise1") == (
        " input        W1       relu      W2     linear         loss\n"
        " x[1] = 1 ─┬─  1  0 ─▶ h1[1] ─┬─ 1 2 ─▶ z[1] ─────┬──▶ J\n"
        " x[2] = 0 ─┴─ -1  1 ─▶ h1[2] ─┘         t[1] = 2 ─┘"
    )


def test_the_path_of_a_step_is_marked_without_colour() -> None:
    assert picture("exercise1", "net1[2]") == (
        " input        W1       relu      W2     linear         loss\n"
        "▐x[1] = 1▌━┳─  1  0 ─▶ h1[1] ─┬─ 1 2 ─▶ z[1] ─────┬──▶ J\n"
        "▐x[2] = 0▌━┻━ -1  1 ━▶▐h1[2]▌─┘         t[1] = 2 ─┘"
    )
    assert picture("exercise1", "dJ/dW2[1,1]") == (
        " input        W1       relu      W2     linear         loss\n"
        " x[1] = 1 ─┬─  1  0 ─▶▐h1[1]▌╍┳╍ 1 2 ╍▶▐z[1]◀━━━━━┳━━━▐J▌\n"
        " x[2] = 0 ─┴─ -1  1 ─▶ h1[2] ─┘         t[1] = 2 ─┘"
    )


def roles(name: str, quantity: str) -> dict[str, str]:
    """What each piece of a drawing that is on the path is."""
    solution = solve(load(name))
    found = solution.find(quantity)
    index = tuple(place or 0 for place in found.region) or None
    drawn = Picture(solution, STYLE).draw(solution.steps[found.name], index, 80, 20)
    assert drawn is not None
    return {piece.text.strip("▐▌ "): piece.role for line in drawn for piece in line if piece.role}


def test_the_picture_tells_the_factors_of_the_chain_rule_apart() -> None:
    of_a_unit = roles("exercise1", "dJ/dh1[1]")
    assert of_a_unit["h1[1]"] == "asked"
    assert of_a_unit["z[1]◀━━━━━┳━━━▐J"] == "upstream"
    assert {role for text, role in of_a_unit.items() if "╍" in text} == {"local"}
    of_a_weight = roles("exercise1", "dJ/dW2[1,1]")
    assert of_a_weight["1 2"] == "asked"
    assert of_a_weight["h1[1]▌╍┳╍"] == "local", "what the weight multiplies"
    assert of_a_weight["z[1]◀━━━━━┳━━━▐J"] == "upstream"
    forward = roles("exercise1", "h1[1]")
    assert forward == {"h1[1]": "asked"}


def test_an_update_lights_the_weight_that_it_changes() -> None:
    assert picture("exercise1", "W2_new[1,2]") == (
        " input        W1       relu      W2     linear         loss\n"
        " x[1] = 1 ─┬─  1  0 ─▶ h1[1] ─┳━ 1 2 ━▶▐z[1]▌─────┬──▶ J\n"
        " x[2] = 0 ─┴─ -1  1 ─▶▐h1[2]▌━┛         t[1] = 2 ─┘"
    )
    assert "▐h1[1]▌━┳━ 1 2 ━▶▐z[1]▌" in picture("exercise1", "W2_new[1,1]")
    biases = picture("mazur", "b1_new[1]")
    assert "▐h1[1]▌" in biases
    assert "▐x[" not in biases


def test_what_is_worked_out_from_far_away_lights_all_between() -> None:
    solution = solve(load("exercise1"))
    drawn = Picture(solution, STYLE).draw(solution.steps["J"], (), 80, 20, ["x", "W1", "W2", "t"])
    assert text(drawn) == (
        " input        W1       relu      W2     linear         loss\n"
        "▐x[1] = 1▌━┳━  1  0 ━▶▐h1[1]▌━┳━ 1 2 ━▶▐z[1]▌━━━━━┳━━▶▐J▌\n"
        "▐x[2] = 0▌━┻━ -1  1 ━▶▐h1[2]▌━┛        ▐t[1] = 2▌━┛"
    )


def test_a_step_of_one_example_shows_its_data() -> None:
    drawn = picture("exercise3", "net1(2)[1]")
    assert "example 2 of 3" in drawn
    assert "▐x[1] = 0▌" in drawn
    assert "▐x[2] = 1▌" in drawn
    assert "t[1] = 0" in drawn
    whole = picture("exercise3", "dJ/dW1[1,1]")
    assert "3 examples" in whole
    assert "x[1] = " not in whole


def test_a_value_with_two_consumers() -> None:
    assert picture("fan-out", "df/dx") == (
        "▐x = 2◀╍╍╍╍┳╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍▐b = a·x◀━━━┳━━━▐f = b + c▌\n"
        "           ╏               ┏━━━━━            ┃\n"
        " y = -1 ─┐ ┗╍╍╍▐a = x + y◀━┻━━━━━▐c = a²◀━━━━┛\n"
        "         └────▶"
    )


def test_ascii() -> None:
    drawn = picture("fan-out", "df/dx", style=style_for("ascii"))
    assert drawn.isascii()
    assert "*x = 2<~~~~#" in drawn
    assert "y = -1 -+" in drawn


@pytest.mark.parametrize("name", shipped_names())
@pytest.mark.parametrize("width", [40, 49, 79, 120])
def test_no_drawing_is_wider_than_it_may_be(name: str, width: int) -> None:
    solution = solve(load(name))
    for ascii_only in (False, True):
        pictures = Picture(solution, style_for("ascii" if ascii_only else "utf-8"))
        for step in solution.steps.values():
            index = (0,) * len(step.shape) or None
            drawn = pictures.draw(step, index, width, 12)
            shown = still(drawn) if drawn else pictures.compact(step)
            lines = screen([shown], pictures.style, width).splitlines()
            assert lines
            assert max(map(display_width, lines)) <= width
            assert not ascii_only or "".join(lines).isascii()


@pytest.mark.parametrize("name", shipped_names())
def test_every_step_lights_its_own_cells_and_backward_ones_the_loss(name: str) -> None:
    solution = solve(load(name))
    layout = (
        network_layout(solution, Detail(), STYLE)
        if solution.exercise.layers
        else graph_layout(solution, STYLE)
    )
    for step in solution.steps.values():
        if step.phase == "update":
            continue
        lit = focus(solution, layout, step, (0,) * len(step.shape) or None)
        assert lit.own <= lit.cells
        assert lit.own
        if step.phase in ("loss", "backward"):
            assert solution.graph.loss in lit.cells


def wires(solution: Solution) -> set[tuple[str, str]]:
    """The edges between cells that stand for nodes, with the long ones put together again."""
    layout = graph_layout(solution, STYLE, formulas=False)
    kind = {cell.id: cell.kind for cell in layout.cells}
    found = set()
    for edge in layout.edges:
        if kind[edge.target] != "pass":
            found.add((edge.bundle, edge.target))
    return found


@pytest.mark.parametrize("name", [n for n in shipped_names() if solve(load(n)).exercise.layers is None])
def test_a_layout_has_the_edges_of_the_graph(name: str) -> None:
    solution = solve(load(name))
    used = solution.graph.upstream(solution.graph.loss)
    nodes = solution.graph.folded.nodes
    expected = {
        (parent, node.name)
        for node in nodes.values()
        if node.name in used
        for parent in node.parents
        if nodes[parent].role != "constant"
    }
    assert wires(solution) == expected


def network(sizes: list[int]) -> Solution:
    layers = "\n".join(
        f"    - {{activation: relu, weights: {[[1] * inputs for _ in range(units)]}}}"
        for inputs, units in pairwise(sizes)
    )
    x, t = [1] * sizes[0], [1] * sizes[-1]
    return solve(
        loads(f"title: t\nnetwork:\n  layers:\n{layers}\ndata:\n  - {{x: {x}, t: {t}}}\nloss: mse\n")
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=2, max_size=5))
def test_any_network_is_drawn_or_listed(sizes: list[int]) -> None:
    solution = network(sizes)
    pictures = Picture(solution, STYLE)
    assert pictures.compact(next(iter(solution.steps.values()))).line
    wide = text(pictures.draw(None, None, 400, 40))
    for layer, units in enumerate(sizes):
        name = "x" if layer == 0 else "z" if layer == len(sizes) - 1 else f"h{layer}"
        assert f"{name}[1]" in wide
        assert f"{name}[{units}]" in wide
        assert (f"⋮ {units - 5} more" in wide) or units <= 6


def test_a_large_graph_is_not_drawn_but_listed() -> None:
    compute = "\n".join(f"    a{n}: a{n - 1} * 2" for n in range(1, 200))
    solution = solve(
        loads(f"title: t\ngraph:\n  parameters: {{a0: 1}}\n  compute:\n{compute}\n  loss: a199\n")
    )
    pictures = Picture(solution, STYLE)
    assert pictures.draw(None, None, 10_000, 100) is None
    step = solution.steps["a100"]
    assert "[a100]" in screen([pictures.compact(step)], STYLE, 60)


def test_what_is_too_wide_is_not_drawn() -> None:
    solution = solve(load("circuit-xyz"))
    layout = graph_layout(solution, STYLE)
    assert draw(layout, Focus(), STYLE, 20, 20) is None


@pytest.mark.parametrize(("unit", "lit"), [(0, "▐h1[1]▌"), (10, "▐⋮ 25 more▌"), (29, "▐h1[30]▌")])
def test_a_unit_that_is_left_out_lights_the_mark_for_the_rest(unit: int, lit: str) -> None:
    solution = network([2, 30, 1])
    drawn = text(Picture(solution, STYLE).draw(solution.steps["h1"], (0, unit), 120, 20))
    assert drawn.count("▐") == 1
    assert lit in drawn

"""The table of a step: its columns, a row a path and their sum, the same numbers that the engine has."""

from fractions import Fraction

import numpy as np
import pytest
from on_screen import screen

from backprop_tutor import load, loads, solve
from backprop_tutor.exercise.catalogue import shipped_names
from backprop_tutor.language import Style, to_text
from backprop_tutor.render.blocks import Cell, Table, Words
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.subjects.step_table import step_table
from backprop_tutor.render.view import select, view
from backprop_tutor.walkthrough import Solution, Workings
from backprop_tutor.walkthrough.chain import chain_of


def table_of(solution: Solution, quantity: str, *, blank: bool = False) -> Table:
    shown = next(iter(view(solution, select(solution, None, quantity), 6, routes=())))
    return step_table(shown, style_for(), 6, blank=blank)


def written(cell: Cell, style: Style | None = None) -> list[str]:
    style = style or style_for()
    return [
        "".join(p.text if isinstance(p, Words) else to_text(p.expr, style) for p in line) for line in cell
    ]


def columns(table: Table) -> list[list[str]]:
    return [written(column.title) for column in table.columns]


def rows(table: Table) -> list[list[list[str]]]:
    return [[written(cell) for cell in row.cells] for row in table.rows]


def test_a_derivative_has_its_factors_in_columns_symbols_above_numbers() -> None:
    table = table_of(solve(load("exercise1")), "dJ/dW2")
    assert columns(table) == [
        *(["derivative"], ["upstream", "∂J/∂net2"], ["local", "∂net2/∂W2"], ["term"], ["value"], ["✓"])
    ]
    assert rows(table)[0] == [
        *(["∂J/∂W2[1,1]"], ["∂J/∂net2[1]", "-1"], ["h1[1]", "1"], ["-1·1"], ["-1"], ["R"])
    ]
    assert [column.role for column in table.columns[:3]] == ["asked", "upstream", "local"]


def test_every_path_is_a_row_and_the_last_is_their_sum() -> None:
    first, second, total = rows(table_of(solve(load("fan-out")), "df/da"))
    assert first[:4] == [["∂f/∂a"], ["∂f/∂b", "1"], ["∂b/∂a", "= x", "2"], ["1·2", "= 2"]]
    assert second[:4] == [[], ["∂f/∂c", "1"], ["∂c/∂a", "= 2·a", "2·1", "= 2"], ["1·2", "= 2"]]
    assert total[:5] == [["sum"], [], [], ["2 + 2"], ["4"]]


def test_a_sum_over_examples_has_a_row_an_example() -> None:
    found = rows(table_of(solve(load("exercise3")), "dJ/dW1[2,1]"))
    assert [row[1][0] for row in found[:3]] == [f"∂J/∂net1({p})[2]" for p in (1, 2, 3)]
    assert [row[2] for row in found[:3]] == [["x(1)[1]", "1"], ["x(2)[1]", "0"], ["x(3)[1]", "1"]]
    assert found[3][4] == ["≈ 0.0368084"]


def test_an_update_has_old_value_change_and_new_value() -> None:
    table = table_of(solve(load("exercise1")), "W2_new[1,1]")
    assert columns(table)[:4] == [["quantity"], ["old value"], ["change", "-η·∂J/∂W2"], ["new value"]]
    assert rows(table)[0][:4] == [
        *(["W2_new[1,1]"], ["W2[1,1]", "1"], ["-η·∂J/∂W2[1,1]", "-(1/10)·(-1)"], ["11/10", "= 1.1"])
    ]


def test_a_forward_step_has_formula_numbers_and_value() -> None:
    table = table_of(solve(load("exercise1")), "net1[2]")
    assert columns(table) == [["quantity"], ["formula"], ["with numbers"], ["value"], ["✓"]]
    assert rows(table)[0] == [*(["net1[2]"], ["W1[2,1]·x[1] + W1[2,2]·x[2]"], ["-1·1 + 1·0"], ["-1"], ["R"])]


def test_a_blank_table_gives_no_value_away() -> None:
    solution = solve(load("exercise3"))
    for quantity in solution.steps:
        table = table_of(solution, quantity, blank=True)
        assert written(table.columns[-1].title) == ["your answer"]
        assert not any(row.cells[-1] for row in table.rows)
        assert "≈" not in str(rows(table))
        narrow = screen([table], style_for(), 50)
        assert narrow.count("your answer") == solution.step(quantity).node.size  # type: ignore[union-attr]


def test_a_long_sum_says_how_many_paths_it_leaves_out() -> None:
    data = "\n".join(f"  - {{x: [{p}], t: [1]}}" for p in range(1, 21))
    text = (
        "title: t\nnetwork:\n  layers:\n    - {activation: linear, weights: [[2]]}\n"
        f"data:\n{data}\nloss: sse\nlearning_rate: 1/10\n"
    )
    solution = solve(loads(text))
    found = rows(table_of(solution, "dJ/dW1"))
    assert [row[1] for row in found if "more paths" in str(row)] == [["16 more paths"]]
    assert found[-1][4] == [str(sum(2 * (2 * p - 1) * p for p in range(1, 21)))]


@pytest.mark.parametrize("name", shipped_names())
def test_the_terms_of_every_chain_add_up_to_what_the_engine_found(name: str) -> None:
    """The engine gets a gradient from the VJPs of whole arrays; the chain goes path by path."""
    solution = solve(load(name))
    workings = Workings(solution)
    for step in solution.steps.values():
        if step.phase != "backward" or step.node.parts:
            continue
        for index in np.ndindex(step.shape):
            chain = chain_of(workings, step, index)
            if chain.left_out:  # more windows of a pool than a table shows
                continue
            exact = solution.exact(step.quantity)
            if exact is not None:
                assert sum((link.exact or Fraction(0) for link in chain.links), Fraction(0)) == exact[index]
            total = sum(link.upstream.value * link.local.value for link in chain.links)
            assert total == pytest.approx(float(solution.value(step.quantity)[index]), abs=1e-12)

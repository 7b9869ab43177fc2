"""Notations on the screen: the comparison, `solve` in another course's letters, and JSON unchanged."""

import json

import pytest
from on_screen import screen
from typer.testing import CliRunner

from backprop_tutor import load, solve
from backprop_tutor.cli.app import app
from backprop_tutor.errors import UsageError
from backprop_tutor.language import NOTATIONS, display_width
from backprop_tutor.render.pictures.value_list import value_facts
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.walkthrough import lettering_of


def output(*words: str, **environment: str) -> str:
    result = CliRunner().invoke(
        app, list(words), env={"COLUMNS": "80", **environment}, catch_exceptions=False
    )
    assert result.exit_code == 0
    return result.output


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("width", [50, 80, 120])
def test_one_line_each_in_any_width(width: int, ascii_only: bool) -> None:
    words = ["list", "--notations", *(["--ascii"] if ascii_only else [])]
    _, heading, *lines = output(*words, COLUMNS=str(width)).splitlines()
    assert [line.split()[0] for line in lines[: len(NOTATIONS)]] == list(NOTATIONS)
    assert all(display_width(line) <= width for line in [heading, *lines])
    assert "\n".join(lines).isascii() == ascii_only
    assert "…" not in "".join(lines)


def test_the_comparison_at_80_columns() -> None:
    assert output("list", "--notations").splitlines()[1:5] == [
        "notation    net             act.  output  target  loss  gradient   error",
        "notes       net¹ = x @ W¹ᵀ  h¹    z       t       J     ∂J/∂W¹     -(t - z)",
        "nielsen     z¹ = w¹ @ x     a¹    a²      y       C     ∂C/∂w¹     a² - y",
        "bishop      a¹ = w¹ @ x     z¹    y       t       E     ∂E/∂w¹     y - t",
    ]


def test_the_comparison_as_json() -> None:
    document = json.loads(output("list", "--notations", "--json"))
    assert document["format"] == 1
    assert [entry["name"] for entry in document["notations"]] == list(NOTATIONS)


def test_solve_in_columns() -> None:
    shown = output("solve", "exercise1", "--notation", "nielsen")
    assert "x → z¹ → a¹ → z² → a² → C" in shown
    assert " z¹      w¹       x\n⎡ 1⎤ = ⎡ 1  0⎤ @ ⎡1⎤\n⎣-1⎦   ⎣-1  1⎦   ⎣0⎦\n2×1        2×2   2×1\n" in shown
    row = next(line for line in shown.splitlines() if line.startswith("│ ∂C/∂a²[1]"))
    assert [c.strip() for c in row.split("│")[2:7]] == [
        "∂C/∂C",
        "(1/n)·(a²[1] - y[1])",
        "1·(-1)",
        "-1",
        "RFDS",
    ]
    assert "net" not in shown.partition("Forward pass")[2]


def test_solve_in_rows() -> None:
    shown = output("solve", "exercise1", "--plain", "--ascii", BACKPROP_TUTOR_NOTATION="pytorch")
    assert "matrix form: z1 = X @ W1.T = [[1, 0]] @ [[1, 0], [-1, 1]].T = [[1, -1]]" in shown
    assert "step: Backward pass 3 of 6: dloss/dW2, 1x2" in shown


def test_a_quantity_in_the_notation() -> None:
    shown = output("solve", "exercise1", "--notation", "nielsen", "-q", "dC/dw1[1,2]")
    assert [c.strip() for c in shown.split("│ ∂C/∂w¹[1,2]")[1].split("│")[1:3]] == ["∂C/∂z¹[1]", "x[2]"]


def test_json_has_the_contract_names_in_every_notation() -> None:
    own = output("solve", "exercise1", "--json")
    assert all(output("solve", "exercise1", "--json", "--notation", name) == own for name in NOTATIONS)


def test_an_explanation_changes_its_letters_and_its_json_does_not() -> None:
    shown = output("explain", "exercise1", "dC/dw1[1,1]", "--notation", "nielsen")
    assert "∂C/∂w¹[i,j] = Σ_p Σ_k ∂C/∂z¹(p)[k]·∂z¹(p)[k]/∂w¹[i,j]" in shown
    own = output("explain", "exercise1", "dJ/dW1[1,1]", "--json")
    assert output("explain", "exercise1", "dC/dw1[1,1]", "--json", "--notation", "nielsen") == own


def test_an_unknown_notation_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="Did you mean bishop"):
        output("solve", "exercise1", "--notation", "bishp")


def test_values_beside_a_drawing_lie_as_the_formulas_say() -> None:
    solution = solve(load("exercise3"))

    def listed(notation: str) -> str:
        style = style_for(notation=lettering_of(solution.exercise, notation))
        return screen([value_facts(solution, ["x", "net1"], {"net1", "dJ/dnet2"}, style)], style, 80)

    assert listed("nielsen") == "x = [[1, 0, 1], [0, 1, 1]]   z¹ = [[1, -1, 0], [0.5, 1, 1.5]]\n"
    assert listed("pytorch") == "X = [[1, 0], [0, 1], [1, 1]]   z1 = [[1, 0.5], [-1, 1], [0, 1.5]]\n"

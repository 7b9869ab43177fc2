"""Rule cards on the screen: formulas, pictures and derivations, wide, narrow, in ASCII, plain and as JSON."""

import json
import math

import pytest
from on_screen import plain_lines, screen
from typer.testing import CliRunner

from backprop_tutor.cli.app import app
from backprop_tutor.errors import UsageError
from backprop_tutor.language import display_width
from backprop_tutor.render.pictures.plot import plot
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.subjects.rule_card import card_blocks, list_blocks
from backprop_tutor.walkthrough.rule_card import rule_card, rule_names


def output(*words: str) -> str:
    result = CliRunner().invoke(app, ["explain", *words], env={"COLUMNS": "80"}, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def card(name: str, width: int, *, ascii_only: bool = False) -> list[str]:
    style = style_for(ascii_only=ascii_only).upright
    return screen(card_blocks(rule_card(name), style), style, width).splitlines()


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("width", [50, 80])
@pytest.mark.parametrize("name", rule_names())
def test_a_card_fits(name: str, width: int, ascii_only: bool) -> None:
    lines = card(name, width, ascii_only=ascii_only)
    assert [line for line in lines if display_width(line) > width] == []
    assert not ascii_only or all(map(str.isascii, lines))


def test_the_sigmoid() -> None:
    lines = card("sigmoid", 80)
    assert lines[:7] == [
        "Derivative of the sigmoid",
        "",
        "╭─────────┬────────────────────────────────────────────────────┬───╮",
        "│ formula │ σ(x) = 1/(1 + exp(-x))                             │ ✓ │",
        "│ formula │ σ'(x) = σ(x)·(1 - σ(x))                            │ ✓ │",
        "│ why     │ σ' = σ(1 - σ), written with the activation itself. │   │",
        "│ where   │ for all x; largest at 0, where it is 1/4           │   │",
    ]
    assert "    1 ┤                                 ⢀⣀⣠⠤⠤⠖⠒⠒⠒⠒⠋⠉⠉⠉⠉⠉⠉⠉⠉⠉" in lines
    assert " 0.25 ┤                      ⢀⡤⠖⠋⠉⠙⠲⣄" in lines
    assert lines[-1] == "     = σ(x)·(1 - σ(x))                              definition of the sigmoid  ✓"


@pytest.mark.parametrize("width", [50, 80, 160])
def test_the_list_is_a_table(width: int) -> None:
    lines = screen(list_blocks(rule_names()), style_for(), width).splitlines()
    assert lines[2].split() == ["rule", "what", "it", "is"]
    start = lines[2].index("what")
    shown = {line[:start].strip(): line[start:] for line in lines[3:-1]}
    assert shown == rule_names()


def test_a_picture_in_ascii() -> None:
    x = [k / 10 for k in range(-20, 21)]
    assert plot(x, [abs(value) for value in x], 21, 3, unicode=False) == [
        "    2 +****             ****",
        "      |   *****     *****",
        "    0 +       *******",
        "      ++---------+---------+",
        "      -2         0         2",
    ]


def test_a_picture_leaves_gaps_where_there_is_no_value() -> None:
    x = [k / 10 for k in range(-20, 21)]
    lines = plot(x, [math.log(v) if v > 0 else math.nan for v in x], 21, 4, unicode=False)
    assert all("*" not in line[:17] for line in lines)
    assert any("*" in line for line in lines)
    assert plot(x, [math.nan] * len(x), 21, 4, unicode=False)[0] == "    1 +"
    assert "*" in "".join(plot(x, [0.0] * len(x), 21, 4, unicode=False))


def test_plain_has_no_picture() -> None:
    style = style_for().upright
    lines = plain_lines(card_blocks(rule_card("relu"), style), style)
    assert lines[0] == "rule: derivative of ReLU"
    assert "line: dx/dx, by: the larger is x  ✓" in lines
    assert not any("┤" in line for line in lines)


def test_the_command() -> None:
    assert output("--rule", "σ").startswith("Derivative of the sigmoid")
    assert "sigmoid        derivative of the sigmoid\n" in output("--rule")
    assert "rule: sigmoid, derivative of the sigmoid\n" in output("--rule", "--plain")
    document = json.loads(output("--rule", "tanh", "--json"))
    assert (document["format"], document["rule"]) == (1, "tanh")
    lines = document["derivations"][0]["lines"]
    assert [line["verified"] for line in lines] == [None, True, True, True, True]
    assert lines[-1]["rule"] == "definition of tanh"
    assert lines[-1]["latex"] == r"1 - \tanh\left(x\right)^{2}"
    assert set(json.loads(output("--rule", "--json"))["rules"]) == set(rule_names())


def test_an_unknown_rule_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="Did you mean softmax"):
        output("--rule", "softmx")


def test_explain_says_what_it_needs() -> None:
    with pytest.raises(UsageError, match="needs an exercise and a quantity"):
        output("exercise1")

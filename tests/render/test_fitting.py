"""How wide the columns of a table are: what is broken least, and where a formula is broken first."""

import pytest
from on_screen import screen
from rich.text import Text

from backprop_tutor import load, solve
from backprop_tutor.language.wrapping import breakable, wrap
from backprop_tutor.render.painters.fitting import BREAK, Measured, heights, widths
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.subjects.solution import SolutionBlocks
from backprop_tutor.render.view import select, view


def column(*lines: str) -> Measured:
    return Measured([Text(line) for line in lines])


def test_columns_that_have_room_are_as_wide_as_their_longest_lines() -> None:
    assert list(widths([column("a b", "c"), column("long words here")], 18)) == [[3, 15]]


def test_room_that_is_left_goes_to_the_longest_the_shortest_or_each() -> None:
    columns = [column("aa bb cc dd"), column("ee ff")]
    assert list(widths(columns, 8)) == [[6, 2], [3, 5], [5, 3]]


def test_there_are_no_widths_without_room_for_the_words() -> None:
    assert list(widths([column("aaa b"), column("ccc")], 5)) == []


def test_a_row_is_as_tall_as_its_tallest_cell() -> None:
    columns = [column("aa bb cc", "d"), column(f"e{BREAK}f", "gg\nhh")]
    assert heights(columns, [5, 2]) == [2, 2]
    assert heights(columns, [2, 1]) == [3, 2]


def test_a_sum_is_broken_before_its_products_are() -> None:
    text = "W2[1,1]·h1(1)[1] + W2[1,2]·h1(1)[2]"
    assert breakable(text, "_", "|", 20) == "W2[1,1]·h1(1)[1] +_W2[1,2]·h1(1)[2]"
    assert breakable(text, "_", "|", 12) == "W2[1,1]·|h1(1)[1] +_W2[1,2]·|h1(1)[2]"
    assert wrap(text, 24, "") == ["W2[1,1]·h1(1)[1]", "+ W2[1,2]·h1(1)[2]"]


@pytest.mark.parametrize("quantity", ["dJ/dz", "dJ/dnet2", "dJ/dnet1"])
def test_a_factor_is_not_spread_over_many_lines(quantity: str) -> None:
    """Symbols, numbers and value of a local derivative take a line each at 80 columns, or one more."""
    solution, style = solve(load("exercise3")), style_for("utf-8")
    shown = view(solution, select(solution, None, quantity), 6, routes=())
    (step,) = map(SolutionBlocks(solution, style, 6, "element").step, shown)
    drawn = screen([step], style, 80).splitlines()
    starts = [place for place, line in enumerate(drawn) if "(1)[1]" in line.split("upstream")[0][:16]]
    begin = starts[0]
    rules = [place for place, line in enumerate(drawn) if place > begin and line.strip("│├┼┤─╰╯┴") == ""]
    assert rules[0] - begin <= 4

"""CSV out: nothing that a spreadsheet runs."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_tutor.homework.spreadsheet import csv_text, safe_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\uff1d1+1",
        "\uff0b1",
        "\uff0d1",
        "\uff20a",
    ],
)
def test_a_formula_becomes_a_text(text: str) -> None:
    assert safe_cell(text).startswith("'")


def test_a_number_stays_one() -> None:
    assert safe_cell("-1.5") == "-1.5"
    assert csv_text([[-1.5, 2.0, "a"]]) == "-1.5,2,a\n"


@given(st.text())
def test_every_text_is_one_safe_cell(text: str) -> None:
    ((cell,),) = csv.reader([csv_text([[text + "x"]]).rstrip("\n")])
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))

"""The error turned round, from t - z to z - t: the value stays, and every sign that can be spared is."""

from fractions import Fraction
from itertools import permutations
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_tutor.language import Style, parse, to_text
from backprop_tutor.language.expr import Call, Expr, Num, Sym
from backprop_tutor.language.residual import turn_residuals

NAMES = {"t": Fraction(3), "z": Fraction(5, 7), "h": Fraction(-2, 3), "N": Fraction(4)}


def read(text: str) -> Expr:
    return parse(text, functions={}, names=set(NAMES))


def value(expr: Expr) -> Fraction:
    match expr:
        case Num(number):
            return number
        case Sym(name):
            return NAMES[name]
        case Call("add", terms):
            return sum(map(value, terms), start=Fraction(0))
        case Call("sub", (a, b)):
            return value(a) - value(b)
        case Call("mul", factors):
            return prod(map(value, factors), start=Fraction(1))
        case Call("div", (a, b)):
            return value(a) / value(b)
        case Call("neg", (a,)):
            return -value(a)
        case Call("pow", (a, Num(exponent))):
            return value(a) ** int(exponent)
    raise AssertionError(expr)


@pytest.mark.parametrize("factors", list(permutations(["(-1/N)", "(t - z)", "h", "(h + 1)"])))
def test_a_minus_sign_in_any_place_turns_the_error_in_any_other(factors: tuple[str, ...]) -> None:
    written = read("*".join(factors))
    turned = turn_residuals(written)
    assert value(turned) == value(written)
    shown = to_text(turned, Style())
    assert "z - t" in shown
    assert "-1" not in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("-(t - z)", "z - t"),
        ("(t - z)^2", "(z - t)²"),
        ("(t - z)^3", "(t - z)³"),
        ("(t - z)*h", "(t - z)·h"),
        ("h*(t - z)*(t - z)", "h·(z - t)·(z - t)"),
        ("-((t - z)/N)", "(z - t)/N"),
        ("-((t - z)*h + (t - z)*N)", "(z - t)·h + (z - t)·N"),
        ("-((t - z)*h + N)", "-((t - z)·h + N)"),
        ("-(z - t)", "-(z - t)"),
    ],
)
def test_what_a_sign_allows(text: str, shown: str) -> None:
    assert to_text(turn_residuals(read(text)), Style()) == shown


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> str:
    leaf = st.sampled_from(["t", "z", "h", "N", "2", "(-1/N)", "(t - z)", "(z - t)"])
    if depth == 0:
        return draw(leaf)
    below = expressions(depth=depth - 1)
    match draw(st.sampled_from(["leaf", "neg", "pow", "+", "-", "*", "*", "over"])):
        case "leaf":
            return draw(leaf)
        case "neg":
            return f"(-{draw(below)})"
        case "pow":
            return f"({draw(below)})^{draw(st.integers(1, 4))}"
        case "over":
            return f"({draw(below)})/N"
        case sign:
            return f"({draw(below)} {sign} {draw(below)})"


@given(expressions())
def test_the_value_stays(text: str) -> None:
    written = read(text)
    assert value(turn_residuals(written)) == value(written)

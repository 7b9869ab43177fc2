"""Names of second derivatives, of Jacobians' entries and of derivatives by derivatives, as they are typed and
as they are printed."""

import pytest

from backprop_tutor.errors import LanguageError
from backprop_tutor.language import ASCII, Style, parse, to_latex, to_mathml, to_text
from backprop_tutor.language.derivative_name import Derivative, derivative_of, gradient_of
from backprop_tutor.language.expr import Item, Partial, Sym
from backprop_tutor.language.style import plain_text

NAMES = frozenset(["J", "L", "f", "x", "w1", "w2", "W1", "p", "s", "z", "net1", "h1", "df/dx", "dL/ddf/dx"])


def read(text: str) -> Sym | Item:
    name = parse(text, functions={}, names=NAMES)
    assert isinstance(name, Sym | Item)
    return name


@pytest.mark.parametrize(
    ("typed", "canonical", "printed"),
    [
        ("d2J/dw1 dw2", "d2J/dw1 dw2", "∂²J/∂w1∂w2"),
        ("d²J/dw1dw2", "d2J/dw1 dw2", "∂²J/∂w1∂w2"),
        ("d^2J/dw1 dw2", "d2J/dw1 dw2", "∂²J/∂w1∂w2"),
        ("∂²J/∂w1∂w2", "d2J/dw1 dw2", "∂²J/∂w1∂w2"),
        ("∂²J/∂w₁ ∂w₂", "d2J/dw1 dw2", "∂²J/∂w1∂w2"),
        ("∂^2J/∂w1 ∂w2", "d2J/dw1 dw2", "∂²J/∂w1∂w2"),
        ("d2f/dx dx", "d2f/dx dx", "∂²f/∂x²"),
        ("d2f/dx2", "d2f/dx dx", "∂²f/∂x²"),
        ("∂²f/∂x²", "d2f/dx dx", "∂²f/∂x²"),
        ("d2J/dW1[1,1] dW1[2,1]", "d2J/dW1[1,1] dW1[2,1]", "∂²J/∂W1[1,1]∂W1[2,1]"),
        ("∂²J/∂W1[1][1]∂W1[2][1]", "d2J/dW1[1,1] dW1[2,1]", "∂²J/∂W1[1,1]∂W1[2,1]"),
        ("d2J/dW1[1,1] dW1", "d2J/dW1[1,1] dW1", "∂²J/∂W1[1,1]∂W1"),
        ("dp[1]/ds[2]", "dp[1]/ds[2]", "∂p[1]/∂s[2]"),
        ("∂p[1]/∂s", "dp[1]/ds", "∂p[1]/∂s"),
        ("dz(3)[1]/dnet1(3)[2]", "dz(3)[1]/dnet1(3)[2]", "∂z(3)[1]/∂net1(3)[2]"),
        ("dL/d(df/dx)", "dL/ddf/dx", "∂L/∂(∂f/∂x)"),
        ("∂L/∂(∂f/∂x)[2]", "dL/ddf/dx[2]", "∂L/∂(∂f/∂x[2])"),
        ("dL/ddf/dx", "dL/ddf/dx", "∂L/∂(∂f/∂x)"),
    ],
)
def test_what_is_typed_is_one_name_and_is_read_back(typed: str, canonical: str, printed: str) -> None:
    name = read(typed)
    assert plain_text(name) == canonical
    assert to_text(name) == printed
    for text in (printed, canonical, to_text(name, Style(ASCII))):
        assert read(text) == name


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("d2J/dw1", "d2J/dw1 dw1"),
        ("d2J/dw1 w2", "d2J/dw1 dw1"),
        ("∂²J/∂w1", "d2J/dw1 dw1"),
        ("d2J/dw1 dq", "q is not a quantity"),
        ("d2q/dw1 dw2", "q is not a quantity"),
        ("d9J/dw1 dw2", "up to order 4"),
        ("∂⁹⁹⁹J/∂w1", "up to order 4"),
        ("dp[0]/ds[1]", "starts at 1"),
        ("dp[1]/dq", "q is not a quantity"),
        ("dL/d(x)", "dL/d(df/dx)"),
        ("dL/d(df/dx", "ends too early"),
    ],
)
def test_a_wrong_name_is_an_error_that_says_what_to_write(typed: str, said: str) -> None:
    with pytest.raises(LanguageError) as caught:
        read(typed)
    assert said in f"{caught.value.what} {caught.value.hint}"


def test_formulas_with_them_are_still_formulas() -> None:
    for text in (
        "d2J/dw1 dw2*3",
        "2 d2J/dw1 dw2",
        "(∂²J/∂w1∂w2)²",
        "∂J/∂w1 ∂J/∂w2",
        "w1/w2",
        "dp[1]/ds[2] + 1",
    ):
        expr = parse(text, functions={}, names=NAMES)
        assert parse(to_text(expr), functions={}, names=NAMES) == expr


def test_quantities_that_look_like_them_stay_what_they_are() -> None:
    names = frozenset(["dp", "ds", "p", "s", "d2J", "J"])
    assert to_text(parse("dp[1]/ds[2]", functions={}, names=names)) == "dp[1]/ds[2]"
    assert to_text(parse("d2J/J", functions={}, names=names)) == "d2J/J"


def test_in_print_they_are_fractions() -> None:
    second = read("d2J/dw1 dw2")
    assert to_latex(second) == r"\frac{\partial^{2} J}{\partial w_{1}\,\partial w_{2}}"
    assert to_latex(read("d2f/dx dx")) == r"\frac{\partial^{2} f}{\partial x^{2}}"
    assert to_latex(read("dp[1]/ds[2]")) == r"\frac{\partial p[1]}{\partial s[2]}"
    assert to_latex(read("dL/d(df/dx)")) == r"\frac{\partial L}{\partial \left(\partial f/\partial x\right)}"
    assert "<msup><mo>∂</mo><mn>2</mn></msup>" in to_mathml(second)
    assert to_text(Partial(Sym("L"), Sym("df/dx"))) == "∂L/∂(∂f/∂x)"


def test_names_say_what_they_are_of_and_by() -> None:
    assert derivative_of("dJ/dW1") == Derivative("J", ("W1",))
    assert derivative_of("d2J/dw1 dw2") == Derivative("J", ("w1", "w2"))
    assert derivative_of("dL/ddf/dx") == Derivative("L", ("df/dx",))
    assert derivative_of("J") is None
    assert gradient_of("f", "x") == "df/dx"
    assert gradient_of("df/dx", "y") == "d2f/dx dy"
    assert gradient_of("d2f/dx dy", "z") == "d3f/dx dy dz"

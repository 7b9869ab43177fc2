"""One-line text: the fewest brackets that keep the meaning, in Unicode and in ASCII."""

from fractions import Fraction

import pytest

from backprop_tutor.language import (
    ASCII,
    Array,
    Call,
    Expr,
    Glyph,
    Item,
    Num,
    Partial,
    Style,
    Sum,
    Sym,
    Written,
    parse,
    to_text,
)

FUNCTIONS = {"sigmoid": "sigmoid", "sum": "sum", "sqrt": "sqrt"}
GLYPHS = {"sigmoid": Glyph("σ", "sigmoid", r"\sigma")}
UNICODE_STYLE, ASCII_STYLE = Style(functions=GLYPHS), Style(ASCII, GLYPHS)

J, N, h, i, j, p, t, z = (Sym(name) for name in "JNhijptz")
one, half = Num(Fraction(1)), Num(Fraction(1, 2))
w = Item(Sym("W1"), (one, Num(Fraction(2))))
squared = Call("pow", (Call("sub", (t, z)), Num(Fraction(2))))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("1*-1 + 0*1", "1·(-1) + 0·1"),
        ("-(t - z)*h", "-(t - z)·h"),
        ("(-(t - z))*h", "-(t - z)·h"),
        ("a + -b", "a + (-b)"),
        ("a - (b + c)", "a - (b + c)"),
        ("(a - b) - c", "a - b - c"),
        ("(a + b) - c", "a + b - c"),
        ("(a*b)*c", "a·b·c"),
        ("a*(b*c)", "a·(b·c)"),
        ("(a + b)*c", "(a + b)·c"),
        ("(1/N)*(t - z)", "(1/N)·(t - z)"),
        ("(a*b)/c", "a·b/c"),
        ("a/(b*c)", "a/(b·c)"),
        ("a/b^2", "a/b²"),
        ("(a/b)/c", "(a/b)/c"),
        ("(t - z)^2", "(t - z)²"),
        ("a^-1", "a⁻¹"),
        ("a^n", "a^n"),
        ("a^(n + 1)", "a^(n + 1)"),
        ("2^(x^2)/x", "2^(x²)/x"),
        ("2^x^n", "2^(x^n)"),
        ("(a^b)^c", "(a^b)^c"),
        ("(-2)^2", "(-2)²"),
        ("-2^2", "-2²"),
        ("--a", "-(-a)"),
        ("sigmoid(net1)(1 - sigmoid(net1))", "σ(net1)·(1 - σ(net1))"),
        ("sigmoid'(net1)", "σ'(net1)"),
        ("sum(a, axis=1)", "sum(a, axis=1)"),
        ("W1.T @ x", "W1ᵀ @ x"),
        ("(W1 @ x).T", "(W1 @ x)ᵀ"),
        ("(a*b) @ c", "(a·b) @ c"),
        ("a @ (b @ c)", "a @ (b @ c)"),
        ("dJ/dW1[1,2]", "∂J/∂W1[1,2]"),
        ("dJ/dz*dz/dh", "∂J/∂z·∂z/∂h"),
        ("(dJ/dz)^2", "(∂J/∂z)²"),
        ("h1(2)[1]", "h1(2)[1]"),
        ("x[2:3]", "x[2:3]"),
        ("W1[1,:]", "W1[1,:]"),
        ("sigmoid(x)[1]", "σ(x)[1]"),
        ("delta1", "δ1"),
        ("W1_new", "W1_new"),
        ("[1, 0; -1, 1]", "[[1, 0], [-1, 1]]"),
        ("0.50", "0.50"),
        ("1e-3^2", "(1e-3)²"),
    ],
)
def test_what_was_typed_in_clean_form(typed: str, shown: str) -> None:
    assert to_text(parse(typed, functions=FUNCTIONS), UNICODE_STYLE) == shown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("1·(−1)", "1*(-1)"),
        ("(t - z)²", "(t - z)**2"),
        ("a⁻¹", "a**(-1)"),
        ("sigmoid'(net1)", "sigmoid'(net1)"),
        ("W1ᵀ @ x", "W1.T @ x"),
        ("∂J/∂W1[1,2]", "dJ/dW1[1,2]"),
        ("δ1", "delta1"),
        ("η", "eta"),
    ],
)
def test_ascii(typed: str, shown: str) -> None:
    assert to_text(parse(typed, functions=FUNCTIONS), ASCII_STYLE) == shown


@pytest.mark.parametrize(
    ("expr", "in_unicode", "in_ascii"),
    [
        (half, "1/2", "1/2"),
        (Call("mul", (half, J)), "(1/2)·J", "(1/2)*J"),
        (Call("mul", (J, Num(Fraction(-1)))), "J·(-1)", "J*(-1)"),
        (Call("sub", (J, Num(Fraction(-1)))), "J - (-1)", "J - (-1)"),
        (Call("mul", (Num(Fraction(-1, 2)), J)), "(-1/2)·J", "(-1/2)*J"),
        (Call("pow", (half, Num(Fraction(2)))), "(1/2)²", "(1/2)**2"),
        (Num(Fraction(1, 3), "0.3333"), "0.3333", "0.3333"),
        (Call("hadamard", (h, z)), "h ⊙ z", "h .* z"),
        (Array((half, one)), "[1/2, 1]", "[1/2, 1]"),
        (Sum("p", N, squared), "Σ_p (t - z)²", "sum_p((t - z)**2)"),
        (Sum("p", N, Call("sub", (t, z))), "Σ_p (t - z)", "sum_p(t - z)"),
        (Sum("p", N, Sum("k", N, Call("mul", (t, z)))), "Σ_p Σ_k t·z", "sum_p(sum_k(t*z))"),
        (Call("mul", (half, Sum("p", N, squared))), "(1/2)·Σ_p (t - z)²", "(1/2)*sum_p((t - z)**2)"),
        (Call("mul", (Sum("p", N, t), z)), "(Σ_p t)·z", "sum_p(t)*z"),
        (Call("add", (Sum("p", N, t), z)), "Σ_p t + z", "sum_p(t) + z"),
        (Call("neg", (Sum("p", N, t),)), "-Σ_p t", "-sum_p(t)"),
        (Partial(J, w), "∂J/∂W1[1,2]", "dJ/dW1[1,2]"),
        (Partial(squared, w), "∂/∂W1[1,2] ((t - z)²)", "d/dW1[1,2] ((t - z)**2)"),
        (Partial(Sym("dJ/dz"), w), "∂/∂W1[1,2] (∂J/∂z)", "d/dW1[1,2] (dJ/dz)"),
        (Call("mul", (Partial(J, z), Partial(z, w))), "∂J/∂z·∂z/∂W1[1,2]", "dJ/dz*dz/dW1[1,2]"),
        (Call("mul", (Partial(squared, w), z)), "(∂/∂W1[1,2] ((t - z)²))·z", "(d/dW1[1,2] ((t - z)**2))*z"),
        (Call("kronecker", (i, j)), "[i=j]", "[i=j]"),
        (Call("indicator", (Call("gt", (h, z)),)), "[h > z]", "[h > z]"),
        (Call("cases", (Call("ge", (h, z)), h, t)), "(h if h ≥ z else t)", "(h if h >= z else t)"),
        (Call("eq", (J, Call("add", (t, z)))), "J = t + z", "J = t + z"),
    ],
)
def test_what_derivations_print(expr: Expr, in_unicode: str, in_ascii: str) -> None:
    assert to_text(expr, UNICODE_STYLE) == in_unicode
    assert to_text(expr, ASCII_STYLE) == in_ascii


def test_the_bounds_of_a_sum() -> None:
    total = Sum("p", N, Call("mul", (t, z)))
    assert to_text(total, Style(limits=True)) == "Σ_{p=1..N} t·z"
    assert to_text(total, Style(ASCII, limits=True)) == "sum_{p=1..N}(t*z)"


def nielsen(expr: Sym | Item) -> Written:
    """A made-up notation: δ with its layer above and its unit below."""
    match expr:
        case Item(Sym("dJ/dnet1"), (Num(unit),)):
            return Written("δ", subscript=str(unit), superscript="(1)")
        case Sym(name):
            return Written(name)
        case _:
            return Written("w", subscript="jk", superscript="l")


def test_a_notation_gives_the_letters() -> None:
    style = Style(names=nielsen)
    delta = Item(Sym("dJ/dnet1"), (Num(Fraction(2)),))
    assert to_text(delta, style) == "δ⁽¹⁾₂"
    assert to_text(Call("pow", (delta, Num(Fraction(2)))), style) == "(δ⁽¹⁾₂)²"
    assert to_text(w, style) == "wˡⱼₖ"
    assert to_text(delta, Style(ASCII, names=nielsen)) == "delta^(1)_2"
    assert to_text(Partial(Sym("C"), w), style) == "∂C/∂wˡⱼₖ"


def test_a_derivative_with_respect_to_a_formula_that_nobody_named() -> None:
    assert to_text(Partial(J, squared)) == "∂J/∂((t - z)²)"

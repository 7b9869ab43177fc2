"""Formulas over several lines."""

from fractions import Fraction

import pytest

from backprop_tutor.language import (
    ASCII,
    Call,
    Expr,
    Glyph,
    Item,
    Num,
    Partial,
    Style,
    Sum,
    Sym,
    parse,
    to_stacked,
)
from backprop_tutor.language.expr import Valued, matmul
from backprop_tutor.language.stacked import to_matrices

GLYPHS = {"sigmoid": Glyph("σ", "sigmoid", r"\sigma")}
J, N, t, z = (Sym(name) for name in "JNtz")
two = Num(Fraction(2))
w = Item(Sym("W1"), (Num(Fraction(1)), two))
squared = Call("pow", (Call("sub", (t, z)), two))
loss = Call(
    "eq", (J, Call("mul", (Call("div", (Num(Fraction(1)), Call("mul", (two, N)))), Sum("p", N, squared))))
)


@pytest.mark.parametrize(
    ("expr", "glyphs", "picture"),
    [
        (
            loss,
            "unicode",
            """
      1    N
J = ─────· Σ  (t - z)²
     2·N  p=1
""",
        ),
        (
            loss,
            "ascii",
            """
      1    N         2
J = -----*sum (t - z)
     2*N  p=1
""",
        ),
        (
            Call("mul", (Partial(J, z), Partial(z, w))),
            "unicode",
            """
 ∂J      ∂z
────·──────────
 ∂z   ∂W1[1,2]
""",
        ),
        (
            parse("(a/b)^2 + sigmoid(a/b)", functions={"sigmoid": "sigmoid"}),
            "unicode",
            """
⎛ a ⎞²    ⎛ a ⎞
⎜───⎟  + σ⎜───⎟
⎝ b ⎠     ⎝ b ⎠
""",
        ),
        (
            parse("(a/b)^n", functions={}),
            "ascii",
            """
/ a \\n
|---|
\\ b /
""",
        ),
        (Call("mul", (Num(Fraction(-1, 2)), J)), "unicode", "\n  1\n-───·J\n  2\n"),
        (Call("kronecker", (Sym("i"), Sym("j"))), "unicode", "[i=j]"),
        (Call("cases", (Call("gt", (t, z)), t, z)), "unicode", "(t if t > z else z)"),
        (parse("W1.T @ x[2:3]", functions={}), "unicode", "W1ᵀ @ x[2:3]"),
    ],
)
def test_pictures(expr: Expr, glyphs: str, picture: str) -> None:
    style = Style(ASCII, GLYPHS) if glyphs == "ascii" else Style(functions=GLYPHS)
    lines = to_stacked(expr, style)
    assert lines == picture.strip("\n").split("\n")


def test_the_inner_sizes_of_a_product_stand_next_to_each_other() -> None:
    wide, tall = parse("[1, 2, 3]", functions=()), parse("[[1, 2], [3, 4], [5, 6]]", functions=())
    product = matmul(Valued(Sym("x"), wide, (1, 3)), Valued(Sym("W"), tall, (3, 2)))
    *_, sizes = to_matrices(product, Style(), 80)
    assert sizes == "      1×3   3×2"


@pytest.mark.parametrize(
    ("typed", "unicode", "plain"),
    [
        ("[1, 2]", "  x|[1  2]@y|   2×2", "  x|[1  2]@y|   2x2"),
        ("[[1, -2], [3, 4]]", "   x|⎡1  -2⎤@y|⎣3   4⎦|    2×2", "   x|[1  -2]@y|[3   4]|    2x2"),
        (
            "[[1, 20], [3, 4], [5, 6]]",
            "   x|⎡1  20⎤|⎢3   4⎥@y|⎣5   6⎦|    2×2",
            "   x|[1  20]|[3   4]@y|[5   6]|    2x2",
        ),
    ],
)
def test_numbers_of_a_matrix_in_brackets_as_tall_as_they_are(typed: str, unicode: str, plain: str) -> None:
    product = matmul(Valued(Sym("x"), parse(typed, functions={}), (2, 2)), Sym("y"))
    for style, picture in ((Style(), unicode), (Style(ASCII), plain)):
        assert [line.replace(" @ ", "@") for line in to_matrices(product, style, 80)] == picture.split("|")


def test_a_long_line_is_folded_to_its_width() -> None:
    numbers = parse("[[1, 2], [3, 4]]", functions={})
    terms = [Valued(Sym(f"W{n}"), numbers, (2, 2)) for n in range(1, 7)]
    lines = to_matrices(Call("add", tuple(terms)), Style(), 24)
    assert max(map(len, lines)) <= 24
    assert len(lines) == 3 * len(to_matrices(Call("add", tuple(terms[:2])), Style(), 24))
    assert all(line.startswith("  ") for line in lines[4:])

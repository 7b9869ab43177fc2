"""MathML: well-formed whatever the names are, with the structure a browser needs."""

from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_tutor.language import Call, Expr, Glyph, Item, Num, Partial, Style, Sum, Sym, parse, to_mathml
from backprop_tutor.language.expr import Valued

FUNCTIONS = {"sigmoid": "sigmoid", "sqrt": "sqrt", "abs": "abs"}
STYLE = Style(functions={"sigmoid": Glyph("σ", "sigmoid", r"\sigma")})
HEAD = '<math xmlns="http://www.w3.org/1998/Math/MathML">'

J, N, t, z = (Sym(name) for name in "JNtz")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a", "<mi>a</mi>"),
        ("a/2", "<mfrac><mi>a</mi><mn>2</mn></mfrac>"),
        ("a^2", "<msup><mi>a</mi><mn>2</mn></msup>"),
        ("W1.T", "<msup><msub><mi>W</mi><mtext>1</mtext></msub><mo>⊤</mo></msup>"),
        ("sqrt(a)", "<msqrt><mi>a</mi></msqrt>"),
        (
            "sigmoid'(a)",
            "<mrow><msup><mi>σ</mi><mo>′</mo></msup><mrow><mo>(</mo><mi>a</mi><mo>)</mo></mrow></mrow>",
        ),
        ("x[1]", "<mrow><mi>x</mi><mtext>[1]</mtext></mrow>"),
        (
            "[[1, a], [3, 4]]",
            "<mrow><mo>[</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mi>a</mi></mtd></mtr>"
            "<mtr><mtd><mn>3</mn></mtd><mtd><mn>4</mn></mtd></mtr></mtable><mo>]</mo></mrow>",
        ),
    ],
)
def test_what_was_typed(typed: str, shown: str) -> None:
    assert to_mathml(parse(typed, functions=FUNCTIONS), STYLE) == f"{HEAD}{shown}</math>"


@pytest.mark.parametrize(
    "expr",
    [
        Num(Fraction(-1, 2)),
        Num(Fraction(1, 3), "0.3333"),
        Sum("p", N, Call("sub", (t, z))),
        Partial(J, Item(Sym("W1"), (Sym("i"), Sym("j")), Sym("p"))),
        Partial(Call("add", (J, N)), t),
        Call("kronecker", (Sym("i"), Sym("j"))),
        Call("indicator", (Call("gt", (t, z)),)),
        Call("cases", (Call("ge", (t, z)), t, z)),
        Call("sum", (t,), (("axis", Num(Fraction(1))),)),
        parse("[1, 0; -1, 1] @ abs(x) + a*b", functions=FUNCTIONS),
    ],
)
def test_it_is_well_formed(expr: Expr) -> None:
    assert ElementTree.fromstring(to_mathml(expr, STYLE)).tag.endswith("math")


def test_a_fraction_is_one_number() -> None:
    assert to_mathml(Num(Fraction(1, 2)), Style()) == f"{HEAD}<mfrac><mn>1</mn><mn>2</mn></mfrac></math>"
    minus = "<mrow><mo>−</mo><mfrac><mn>3</mn><mn>4</mn></mfrac></mrow>"
    assert to_mathml(Num(Fraction(-3, 4)), Style()) == f"{HEAD}{minus}</math>"


def test_a_sum_has_its_limits() -> None:
    root = ElementTree.fromstring(to_mathml(Sum("p", N, t)))
    limits = root.find(".//{*}munderover")
    assert limits is not None
    assert ["".join(part.itertext()) for part in limits] == ["∑", "p=1", "N"]


@given(st.text(max_size=20), st.text(max_size=5))
def test_untrusted_names_stay_text(name: str, option: str) -> None:
    expr = Call(name, (Sym(name), Item(Sym("x"), (Sym(name),))), ((option, Num(Fraction(1), "<1&")),))
    for node in ElementTree.fromstring(to_mathml(expr)).iter():
        assert node.tag.rpartition("}")[2] in {
            "math",
            "mrow",
            "mi",
            "mn",
            "mo",
            "mtext",
            "mfrac",
            "msup",
            "msub",
        } | {"msubsup", "msqrt"}


def test_markup_in_a_name_is_shown_not_run() -> None:
    assert "&lt;script&gt;" in to_mathml(Sym("<script>alert(1)</script>"))


def test_on_a_line_of_its_own() -> None:
    assert 'display="block"' in to_mathml(J, block=True)


def test_an_array_stands_between_its_name_and_its_shape() -> None:
    shown = to_mathml(Valued(Sym("w"), parse("[1, 2]", functions={}), (2,)))
    assert "<munderover><mrow><mo>[</mo>" in shown
    assert "<mtext>2</mtext><mi>w</mi></munderover>" in shown
    large = to_mathml(Valued(Sym("w"), None, (20, 30)))
    assert "<munder><mi>w</mi><mtext>20×30</mtext></munder>" in large

"""What is printed as text reads back as something equal."""

from fractions import Fraction
from zlib import crc32

from hypothesis import assume, given
from hypothesis import strategies as st

from backprop_tutor.language import ASCII, UNICODE, Call, Expr, Glyph, Item, Num, Style, Sym, parse, to_text
from backprop_tutor.language.style import index_text

FUNCTIONS = {"sigmoid": "sigmoid", "σ": "sigmoid", "relu": "relu"}
GLYPHS = {"sigmoid": Glyph("σ", "sigmoid", r"\sigma")}
NAMES = ["x", "W1", "h1", "J", "W1_new", "net1", "η"]

numbers = st.one_of(
    st.integers(-12, 12).map(lambda value: Num(Fraction(value))),
    st.fractions(-3, 3, max_denominator=9).map(Num),
    st.sampled_from(["0.25", "-0.5", "1e-3", "3.0"]).map(lambda text: Num(Fraction(text), text)),
)
symbols = st.sampled_from([*NAMES, "dJ/dW1", "dJ/dnet1", "delta1"]).map(Sym)
places = st.integers(1, 4).map(lambda value: Num(Fraction(value)))
indices = st.lists(places, min_size=1, max_size=2).map(tuple)
items = st.builds(Item, symbols, indices, st.none() | places) | st.builds(Item, symbols, st.just(()), places)


def grown(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    many = st.lists(inner, min_size=2, max_size=3).map(tuple)
    two, one = st.tuples(inner, inner), st.tuples(inner)
    return st.one_of(
        st.builds(Call, st.sampled_from(["add", "mul"]), many),
        st.builds(Call, st.sampled_from(["sub", "div", "pow", "matmul", "hadamard"]), two),
        st.builds(Call, st.sampled_from(["neg", "transpose", "sigmoid", "sigmoid'", "relu"]), one),
    )


trees = st.recursive(numbers | symbols | items, grown, max_leaves=12)


def opaque(*parts: object) -> Fraction:
    """A value that only equal parts share."""
    return Fraction(crc32(repr(parts).encode()) % 9973 + 1, 97)


def value(expr: Expr) -> Fraction:
    """`expr` with made-up values for quantities and functions; `@` and `.T` are linear, as they should be."""
    match expr:
        case Num(number):
            return number
        case Sym(name):
            return opaque(name)
        case Item(Sym(name), index, example):
            return opaque(name, index_text(index), example and value(example))
        case Call(name, args, options):
            return applied(name, [value(arg) for arg in args], options)
        case _:
            raise TypeError(expr)


def applied(name: str, args: list[Fraction], options: object) -> Fraction:
    match name, args:
        case "add", _:
            return sum(args, Fraction(0))
        case "mul" | "hadamard", _:
            product = Fraction(1)
            for factor in args:
                product *= factor
            return product
        case "sub", [a, b]:
            return a - b
        case "div", [a, b]:
            assume(b != 0)
            return a / b
        case "neg", [a]:
            return -a
        case "matmul", [a, b]:
            return 7 * a * b
        case "transpose", [a]:
            return 11 * a
        case _:
            return opaque(name, args, options)


@given(trees, st.sampled_from([UNICODE, ASCII]))
def test_printed_text_reads_back_as_equal(expr: Expr, glyphs: object) -> None:
    text = to_text(expr, Style(UNICODE if glyphs is UNICODE else ASCII, GLYPHS))
    assert value(parse(text, functions=FUNCTIONS, names=NAMES)) == value(expr)


@given(trees)
def test_ascii_is_ascii(expr: Expr) -> None:
    assert to_text(expr, Style(ASCII, GLYPHS)).isascii()

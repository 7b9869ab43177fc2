"""What is read, as what tree, and what is refused with which words."""

from fractions import Fraction

import pytest

from backprop_tutor.errors import LanguageError
from backprop_tutor.language import Array, Call, Expr, Item, Num, Slice, Sym, parse

FUNCTIONS = {"sigmoid": "sigmoid", "σ": "sigmoid", "relu": "relu", "sum": "sum", "max": "max", "√": "sqrt"}
NAMES = ["x", "t", "z", "h1", "h2", "W1", "W2", "b1", "net1", "J", "N", "a", "b", "c", "w", "W1_new"]


def read(text: str) -> Expr:
    return parse(text, functions=FUNCTIONS, names=NAMES)


def refusal(text: str, names: list[str] | None = NAMES) -> LanguageError:
    with pytest.raises(LanguageError) as caught:
        parse(text, functions=FUNCTIONS, names=names)
    return caught.value


def n(value: int) -> Num:
    return Num(Fraction(value))


def op(name: str, *args: Expr) -> Call:
    return Call(name, args)


a, b, c, t, x, z = (Sym(name) for name in "abctxz")
W1, h1, net1 = Sym("W1"), Sym("h1"), Sym("net1")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a + b + c", op("add", a, b, c)),
        ("a - b - c", op("sub", op("sub", a, b), c)),
        ("a - b + c", op("add", op("sub", a, b), c)),
        ("a + (b + c)", op("add", a, op("add", b, c))),
        ("a*b*c", op("mul", a, b, c)),
        ("a/b/c", op("div", op("div", a, b), c)),
        ("a/b*c", op("mul", op("div", a, b), c)),
        ("a + b*c", op("add", a, op("mul", b, c))),
        ("a^b^c", op("pow", a, op("pow", b, c))),
        ("a**b", op("pow", a, b)),
        ("-a^2", op("neg", op("pow", a, n(2)))),
        ("2^-a", op("pow", n(2), op("neg", a))),
        ("-a*b", op("mul", op("neg", a), b)),
        ("a - -b", op("sub", a, op("neg", b))),
        ("+a", a),
        ("W1 @ x", op("matmul", W1, x)),
        ("W1.T @ x", op("matmul", op("transpose", W1), x)),
        ("W1ᵀ", op("transpose", W1)),
        ("W1^T @ x", op("matmul", op("transpose", W1), x)),
        ("-(t - z)*h1[1]", op("mul", op("neg", op("sub", t, z)), Item(h1, (n(1),)))),
        ("a .* b", op("mul", a, b)),
        ("9^9^9", op("pow", n(9), op("pow", n(9), n(9)))),
    ],
)
def test_operators_and_their_order(text: str, tree: Expr) -> None:
    assert read(text) == tree


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a − b", "a - b"),
        ("a – b", "a - b"),
        ("a × b", "a*b"),
        ("a·b", "a*b"),
        ("a⋅b", "a*b"),
        ("a ⊙ b", "a*b"),
        ("a ÷ b", "a/b"),
        ("１＋２", "1+2"),
        ("ｘ（１）［２］", "x(1)[2]"),
        ("٣", "3"),
        ("𝑥", "x"),
        ("a\u00a0+\tb\n", "a + b"),
        ("w²", "w^2"),
        ("w⁻¹", "w^-1"),
        ("w²³", "w^23"),
        ("h₁", "h1"),
        ("h_1", "h1"),
        ("W₁_new", "W1_new"),
        ("σ(net1)", "sigmoid(net1)"),
        ("Sigmoid(net1)", "sigmoid(net1)"),
        ("σ′(net₁)", "sigmoid'(net1)"),
        ("sigmoid’(net1)", "sigmoid'(net1)"),
        ("∂J/∂W1", "dJ/dW1"),
        ("∂J / ∂W1", "dJ/dW1"),
        ("dJ / dW₁", "dJ/dW1"),
        ("δ1", "delta1"),
        ("δ₁", "delta1"),
        ("δ_1", "delta1"),
    ],
)
def test_spellings_of_the_same(text: str, plain: str) -> None:
    assert read(text) == read(plain)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", "1"), (".5", "1/2"), ("1.", "1"), ("0.10", "1/10"), ("1e-3", "1/1000"), ("1E3", "1000")],
)
def test_numbers_are_exact(text: str, value: str) -> None:
    number = read(text)
    assert isinstance(number, Num)
    assert number.value == Fraction(value)
    assert number.text == ("" if text.isdecimal() else text)


def test_a_fraction_is_a_division() -> None:
    assert read("1/3") == op("div", n(1), n(3))
    assert read("-1/2") == op("div", op("neg", n(1)), n(2))


@pytest.mark.parametrize(
    ("text", "written_out"),
    [
        ("2x", "2*x"),
        ("2(a+b)", "2*(a+b)"),
        ("(a)(b)", "a*b"),
        ("σ(net1)(1-σ(net1))", "σ(net1)*(1-σ(net1))"),
        ("2 W1[1,1] x[1]", "2*W1[1,1]*x[1]"),
        ("a b", "a*b"),
        ("h1(1-h1)", "h1*(1-h1)"),
        ("2x^2", "2*x^2"),
        ("w²x", "w^2*x"),
        ("-2x", "-2*x"),
        ("a ∂J/∂W1", "a*∂J/∂W1"),
        ("a σ(x)", "a*σ(x)"),
        ("2√(x)", "2*√(x)"),
    ],
)
def test_products_without_a_sign(text: str, written_out: str) -> None:
    assert read(text) == read(written_out)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1/2x", "two ways"),
        ("a/b(c)", "two ways"),
        ("W1 @ x b", "two ways"),
        ("W1.T x", "needs its sign"),
        ("2 W1.T", "needs its sign"),
        ("2 3", "side by side"),
        ("x 2", "side by side"),
        ("1.5.2", "side by side"),
        ("h1[1](2)", "example comes before the index"),
        ("x and b", "and has no place in a formula"),
        ("x for x in b", "for has no place in a formula"),
        ("x if b else 0", "if has no place in a formula"),
    ],
)
def test_products_that_could_be_misread_need_a_sign(text: str, words: str) -> None:
    assert words in refusal(text).what


def test_two_names_side_by_side_need_to_be_known() -> None:
    assert "side by side" in refusal("a b", names=None).what


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("x[1]", Item(Sym("x"), (n(1),))),
        ("W1[1,:]", Item(W1, (n(1), Slice()))),
        ("x[2:3]", Item(x, (Slice(n(2), n(3)),))),
        ("x[2:]", Item(x, (Slice(n(2)),))),
        ("x[:3]", Item(x, (Slice(None, n(3)),))),
        ("W1[1][2]", Item(W1, (n(1), n(2)))),
        ("h1(2)", Item(h1, (), n(2))),
        ("h1(2)[1]", Item(h1, (n(1),), n(2))),
        ("dJ/dh1(2)[1]", Item(Sym("dJ/dh1"), (n(1),), n(2))),
        ("∂J/∂W1[1,2]", Item(Sym("dJ/dW1"), (n(1), n(2)))),
        ("delta1[1]", Item(Sym("delta1"), (n(1),))),
        ("σ(net1)[2]", Item(op("sigmoid", net1), (n(2),))),
        ("x[1]²", op("pow", Item(x, (n(1),)), n(2))),
    ],
)
def test_parts_of_quantities(text: str, tree: Expr) -> None:
    assert read(text) == tree


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x[0]", "starts at 1"),
        ("x[-1]", "starts at 1"),
        ("x[1.5]", "whole number"),
        ("x[3:2]", "runs backwards"),
        ("x[1:2:3:4]", "] is missing"),
        ("x[1:2:0]", "starts at 1"),
        ("x[1:2:i]", "whole number from 1"),
        ("x[i]", "no number"),
        ("x[]", "an index is expected"),
        ("x[1", "] is missing"),
        ("x[1:2][1]", "index already"),
        ("2[1]", "no entries"),
        ("h1(0)", "starts at 1"),
        ("h1(1.5)", "whole number"),
        ("x" + "[1]" * 40, "indices"),
    ],
)
def test_indices_that_are_refused(text: str, words: str) -> None:
    assert words in refusal(text).what


def test_index_letters_are_read_where_any_name_is() -> None:
    assert parse("w[i,j]", functions={}) == Item(Sym("w"), (Sym("i"), Sym("j")))


@pytest.mark.parametrize("text", ["[1, 0; -1, 1]", "[[1,0],[-1,1]]", "[ [ 1 , 0 ] , [ −1 , 1 ] ]"])
def test_matrices(text: str) -> None:
    minus_one = op("neg", n(1))
    assert read(text) == Array((Array((n(1), n(0))), Array((minus_one, n(1)))))


def test_vectors_of_expressions() -> None:
    assert read("[1, 2/3, a]") == Array((n(1), op("div", n(2), n(3)), a))


def test_calls_and_options() -> None:
    assert read("sum(a, axis=1)") == Call("sum", (a,), (("axis", n(1)),))
    assert read("max(0, a)") == op("max", n(0), a)
    assert read("σ'(net1)") == op("sigmoid'", net1)


@pytest.mark.parametrize("text", ["sum(axis=1, a)", "sum(a, axis=1, axis=2)", "sum()", "sum(a", "sum(a,)"])
def test_calls_that_are_refused(text: str) -> None:
    refusal(text)


def test_two_known_quantities_that_begin_with_d_are_divided() -> None:
    names = ["J", "W", "dJ", "dW"]
    assert parse("dJ/dW", functions={}, names=names) == op("div", Sym("dJ"), Sym("dW"))
    assert parse("∂J/∂W", functions={}, names=names) == Sym("dJ/dW")
    assert parse("dz/dh1", functions={}) == Sym("dz/dh1")
    assert parse("dz / dh1", functions={}) == op("div", Sym("dz"), Sym("dh1"))


def test_greek_letters_and_their_names_are_one() -> None:
    assert parse("η", functions={}, names=["eta"]) == Sym("eta")
    assert parse("eta1", functions={}, names=["η1"]) == Sym("η1")
    assert parse("η", functions={}) == Sym("η")


def test_a_transpose_gives_way_to_a_quantity_named_t() -> None:
    assert parse("a^T", functions={}, names=["a", "T"]) == op("pow", a, Sym("T"))


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("", "nothing to read", ""),
        ("  ", "nothing to read", ""),
        ("1 +", "ends too early", ""),
        ("(1", ") is missing", ""),
        ("1)", "closes nothing", ")"),
        ("(1]", "missing", "]"),
        ("a = 1", "without an equals sign", "="),
        ("≈ 0.5", "without ≈ before it", "≈"),
        ("~0.5", "without ≈ before it", "~"),
        ("a; b", "rows of a matrix", ";"),
        ("a : b", "inside an index", ":"),
        ("0,5", "decimal comma", "0,5"),
        ("2*(1,25)", "decimal comma", "1,25"),
        ("1, 2", "comma stands only", ","),
        ("2.5%", "percentage", "%"),
        ("x'", "derivative of a function", "'"),
        ("relu", "is a function", "relu"),
        ("sigmid(x)", "neither a function nor a quantity", "sigmid"),
        ("W3", "not a quantity", "W3"),
        ("xw", "not a quantity", "xw"),
        ("∂J/∂W9", "not a quantity", "W9"),
        ("nan", "finite", "nan"),
        ("-Infinity", "finite", "Infinity"),
        ("oo", "finite", "oo"),
        ("∞", "finite", "∞"),
        ("inf", "finite", "inf"),
        ("*a", "a value is expected", "*"),
    ],
)
def test_errors_show_their_place(text: str, words: str, marked: str) -> None:
    error = refusal(text)
    assert words in error.what
    assert error.text == text
    assert text[error.start : error.end] == marked


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("sigmid(x)", "Did you mean sigmoid?"),
        ("net2", "Did you mean net1?"),
        ("xw", "For a product write x*w."),
        ("0,5", "Write 0.5."),
        ("relu", "Write relu( )"),
    ],
)
def test_errors_say_what_would_be_right(text: str, hint: str) -> None:
    assert hint in refusal(text).hint


def test_an_unknown_function_is_refused_where_any_name_will_do() -> None:
    assert refusal("sigmod(x)", names=None).hint == "Did you mean sigmoid?"


def test_nan_may_be_the_name_of_a_quantity() -> None:
    assert parse("inf", functions={}, names=["inf"]) == Sym("inf")


@pytest.mark.parametrize(
    ("sign", "name"),
    [(">", "gt"), ("<", "lt"), (">=", "ge"), ("<=", "le"), ("==", "eq"), ("≥", "ge"), ("≤", "le")],
)
def test_a_comparison_stands_in_where(sign: str, name: str) -> None:
    words = {**FUNCTIONS, "where": "where"}
    tree = parse(f"where(a*b {sign} c + 1, -x, t) + 1", functions=words, names=NAMES)
    condition = op(name, op("mul", a, b), op("add", c, n(1)))
    assert tree == op("add", op("cases", condition, op("neg", x), t), n(1))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("where(a, b, c)", "begins with a comparison"),
        ("where(a = b, b, c)", "begins with a comparison"),
        ("where(a > b > c, x, t)", "only at the beginning of where"),
        ("where(a > b, x)", ", is expected"),
        ("where(a > b, x, t, z)", "A ) is missing"),
        ("where(a > b, x > t, z)", "only at the beginning of where"),
        ("sum(a > b)", "only at the beginning of where"),
        ("a >= b", "only at the beginning of where"),
    ],
)
def test_a_comparison_that_stands_elsewhere_is_refused(text: str, words: str) -> None:
    with pytest.raises(LanguageError) as caught:
        parse(text, functions={**FUNCTIONS, "where": "where"}, names=NAMES)
    assert words in caught.value.what


def test_a_slice_may_have_a_step() -> None:
    assert read("x[1:9:2]") == Item(x, (Slice(n(1), n(9), n(2)),))
    assert read("W1[::2,1]") == Item(W1, (Slice(None, None, n(2)), n(1)))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1.2 x 10^3", "1.2*(10^3)"),
        ("1.2x10^-3", "1.2*(10^-3)"),
        ("1.2 X 10⁻³", "1.2*(10^-3)"),
        ("1.2 x a^2", "1.2*x*a^2"),
        ("2 x^2", "2*x^2"),
        ("2 x*10", "2*x*10"),
        ("2 y10^2", "2*y10^2"),
    ],
)
def test_an_x_between_numbers_is_a_sign_only_before_a_power_of_ten(typed: str, read: str) -> None:
    names = frozenset({"x", "a", "y10"})
    assert parse(typed, functions={}, names=names) == parse(read, functions={}, names=names)


def test_a_quantity_called_x10_is_that_quantity() -> None:
    read = parse("2 x10^3", functions={}, names={"x10"})
    assert read == parse("2*x10^3", functions={}, names={"x10"})

"""Reading one typed answer: what is read, how it is echoed, and what is refused with a reason."""

import math
from fractions import Fraction
from functools import cache
from time import process_time

import pytest

from backprop_tutor import Solution, load, solve
from backprop_tutor.errors import LanguageError
from backprop_tutor.exercise import loads
from backprop_tutor.grading import Marker, mark, read_answer
from backprop_tutor.walkthrough import lettering_of


@cache
def solution(name: str = "exercise1") -> Solution:
    return solve(load(name))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-1", -1),
        ("-1.0", -1),
        ("+.5", Fraction(1, 2)),
        ("1e-3", Fraction(1, 1000)),
        ("1/3", Fraction(1, 3)),
        ("-1/2", Fraction(-1, 2)),
        ("−1/2", Fraction(-1, 2)),
        ("１２", 12),
        ("  7 ", 7),
        ("(2)", 2),
        ("--2", 2),
        ("2*3", 6),
        ("1/2*3", Fraction(3, 2)),
        ("2^-2", Fraction(1, 4)),
        ("3²", 9),
    ],
)
def test_a_number_is_read_exactly(text: str, value: Fraction) -> None:
    answer = read_answer(text, solution())
    assert answer.kind == "number"
    assert answer.number is not None
    assert answer.number.exact == value


@pytest.mark.parametrize(
    ("text", "unit", "digits"),
    [("0.50", 0.01, 2), ("-.125", 0.001, 3), ("7", 1, 1), ("1e-3", 0.001, 1), ("120", 1, 3), ("1/3", 0, 0)],
)
def test_a_number_knows_how_precisely_it_was_given(text: str, unit: float, digits: int) -> None:
    number = read_answer(text, solution()).number
    assert number is not None
    assert number.unit == pytest.approx(unit)
    assert number.digits == digits


@pytest.mark.parametrize(
    ("text", "echo"),
    [
        ("-(t - z)*h1[1]", "-(t - z)·h1[1]"),
        ("σ(net1)(1-σ(net1))", "sigmoid(net1)·(1 - sigmoid(net1))"),
        ("sigmoid'(net1)", "sigmoid'(net1)"),
        ("2x", "2·x"),
        ("h_1 + h₁", "h1 + h1"),
        ("delta2*W2[1,1]*x[1]", "δ2·W2[1,1]·x[1]"),
        ("x²", "x²"),
        ("x^2", "x²"),
        ("x**2", "x²"),
        ("∂J/∂z", "∂J/∂z"),
        ("t ln z", "t·ln(z)"),
        ("-(t ln z + (1-t) ln(1-z))", "-(t·ln(z) + (1 - t)·ln(1 - z))"),
        ("log(z)", "ln(z)"),
        ("1/(1+e^(-net1[1]))", "1/(1 + exp(-net1[1]))"),
        ("e^x[1]/e", "exp(x[1])/exp(1)"),
        ("½ x", "(1/2)·x"),
        ("½(t-z)²", "(1/2)·(t - z)²"),
        ("√z + 1", "sqrt(z) + 1"),
    ],
)
def test_a_formula_is_echoed_in_clean_form(text: str, echo: str) -> None:
    answer = read_answer(text, solution(), "dJ/dW2[1,1]")
    assert (answer.kind, answer.echo) == ("formula", echo)


def test_arrays_are_read_by_rows() -> None:
    for text in ("[1, 0; -1, 1]", "[[1,0],[-1,1]]"):
        answer = read_answer(text, solution())
        assert answer.shape == (2, 2)
        assert [entry.number and entry.number.value for entry in answer.entries] == [1, 0, -1, 1]
    assert read_answer("[1, x[1]]", solution()).entries[1].formula is not None


def test_a_notation_names_quantities_and_their_gradients() -> None:
    letters = lettering_of(solution().exercise, "nielsen")
    for text, own in (("a1[1]*a2", "h1[1]*z"), ("dC/da2", "dJ/dz"), ("h1[1]*W2[1,1]", "h1[1]*W2[1,1]")):
        read = read_answer(text, solution(), "", letters)
        assert read.formula == read_answer(own, solution()).formula
    assert read_answer("a1[1]*a2", solution(), "", letters).echo == "h1[1]·z"
    assert read_answer("a1[1]*a2", solution(), "", letters, letters.styled()).echo == "a¹[1]·a²"


def test_a_formula_of_whole_arrays_is_read_with_examples_as_columns() -> None:
    several = solve(load("exercise3"))
    letters = lettering_of(several.exercise, "nielsen")
    marker = Marker(several)
    for name, text in (
        ("net1", "w1 @ x"),
        ("net1(2)[1]", "w1 @ x"),
        ("dJ/dW1", "dC/dz1 @ x.T"),
        ("dJ/dW1[1,2]", "dC/dz1 @ x.T"),
        ("J", "sum((y - a2)^2)/(2*n)"),
    ):
        assert marker.mark(name, text, {}, letters).verdict == "correct", name
    assert marker.mark("net1", "x @ w1.T", {}, letters).verdict != "correct"


REFUSED = {
    "2.5%": "percentage",
    "0,5": "decimal comma",
    "nan": "finite",
    "oo": "finite",
    "inf": "finite",
    "∞": "finite",
    "1/0": "no finite value",
    "9^9^9": "no finite value",
    "(9^999)^999": "no finite value",
    "0^-1": "no finite value",
    "log(0)": "no finite value",
    "1e999": "out of range",
    "": "nothing to read",
    "dJ/dW2[1,1]": "names what is asked",
    "2*dJ/dW2": "names what is asked",
    "[1, [2, 3]]": "rows",
    "qwertz": "not a quantity",
    "x = 3": "equals",
    "__import__('os')": "",
    "().__class__": "",
    '"text"': "",
    "lambda: 0": "",
    "[bold]1[/bold]": "",
    "\x1b[31m1": "",
    "‮1": "",
    "😀": "",
    "-" * 5_000 + "1": "characters long",
    "-" * 500 + "1": "nested",
    "(" * 500: "nested",
    "x" * 20_000: "characters long",
    "x" * 1_000: "characters long",
    "9" * 1_500: "digits",
    "+".join(["x[1]"] * 390): "parts",
    "2^" * 60 + "2": "no finite value",
}


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_read_is_refused_with_a_reason_and_at_once(text: str) -> None:
    times = []
    for _ in range(5):  # the quickest: a collection of garbage falls into one of them, not into all
        start = process_time()
        with pytest.raises(LanguageError) as refused:
            read_answer(text, solution(), "dJ/dW2[1,1]")
        times.append(process_time() - start)
    assert min(times) < 0.05
    assert REFUSED[text] in f"{refused.value.what} {refused.value.hint}"


@pytest.mark.parametrize(
    "text", ["reshape(x, 100000, 100000)", "concat(x, x)", "1 + [1, 2, 3]", "x[1] + [1, 2, 3]"]
)
def test_an_array_of_another_shape_is_no_answer(text: str) -> None:
    assert mark(solution(), "dJ/dW2[1,1]", text).verdict == "invalid"


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_marking_hostile_text_gives_a_verdict(text: str) -> None:
    verdict = mark(solution(), "dJ/dW2[1,1]", text)
    assert verdict.verdict in ("invalid", "blank")
    assert verdict.message
    assert len(verdict.given) < 400
    assert all(character.isprintable() for character in verdict.given + verdict.message)


def test_an_invalid_answer_shows_the_place() -> None:
    verdict = mark(solution(), "J", "1 + 2.5%")
    assert verdict.place == (7, 8)


@pytest.mark.parametrize(
    "text", ["√2 x[1]", "ln z t", "ln z^2", "√z²", "ln z (1 - t)", "ln W1.T", "2½", "½ 3"]
)
def test_what_a_function_or_a_fraction_reaches_must_be_plain(text: str) -> None:
    with pytest.raises(LanguageError, match=r"is not clear|side by side"):
        read_answer(text, solution())


def test_the_numbers_that_have_signs_of_their_own() -> None:
    for text, value in (("½", 0.5), ("-¾", -0.75), ("√0.25", 0.5), ("2e", 2 * math.e), ("e^-1", 1 / math.e)):
        number = read_answer(text, solution()).number
        assert number is not None
        assert number.value == pytest.approx(value)


def test_a_quantity_called_e_is_that_quantity() -> None:
    circuit = "title: t\ngraph:\n  given: {e: 3}\n  compute: {f: e*e}\n  loss: f\n"
    answer = read_answer("e^2", solve(loads(circuit)))
    assert (answer.kind, answer.echo) == ("formula", "e²")

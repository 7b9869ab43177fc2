"""Notations: what is printed reads back, and nothing but the letters changes."""

import json
import os
import pickle
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.cli import options
from backprop_tutor.engine import ops
from backprop_tutor.engine.expression import evaluate
from backprop_tutor.engine.optimizers import OPTIMIZERS
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.errors import LanguageError, UsageError
from backprop_tutor.exercise.catalogue import shipped_names
from backprop_tutor.exercise.editor_schema import json_schema
from backprop_tutor.language import (
    ASCII,
    CANONICAL,
    NOTATIONS,
    UNICODE,
    Item,
    Lettering,
    Sentence,
    Style,
    Sym,
    find_notation,
    parse,
    to_latex,
    to_mathml,
    to_text,
)
from backprop_tutor.language.expr import Call, Expr, Num, Partial, Sum, leaves
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.walkthrough import lettering_of
from backprop_tutor.walkthrough.worked import Workings

UTF8 = os.environ | {"PYTHONIOENCODING": "utf-8"}
LAYERED = [name for name in shipped_names() if load(name).layers]


def lettering(name: str, layers: int = 2) -> Lettering:
    return Lettering(find_notation(name), layers)


def read(text: str, letters: Lettering, *names: str) -> Expr:
    known = frozenset(names or ("x", "t", "W1", "W2", "b1", "net1", "net2", "h1", "z", "J"))
    return parse(text, functions=ops.FUNCTIONS, names=known, spelling=letters.read)


def tree(text: str) -> Expr:
    return parse(text, functions=ops.FUNCTIONS)


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("exercise", LAYERED)
def test_every_printed_name_is_read_back(exercise: str, notation: str, glyphs: object) -> None:
    solution = solve(load(exercise))
    letters = lettering_of(solution.exercise, notation)
    style = Style(glyphs=ASCII if glyphs is ASCII else UNICODE, names=letters.names)
    for name, shape in solution.shapes.items():
        index = tuple(Num(Fraction(size)) for size in shape)
        for quantity in (Sym(name), Item(Sym(name), index) if index else Sym(name)):
            shown = to_text(quantity, style)
            assert read(shown, letters, *solution.shapes) == quantity, shown


@pytest.mark.parametrize(
    ("notation", "typed", "meant"),
    [
        ("nielsen", "a1", "h1"),
        ("nielsen", "a¹", "h1"),
        ("nielsen", "a_1", "h1"),
        ("nielsen", "a₁", "h1"),
        ("nielsen", "a^1", "h1"),
        ("nielsen", "a^(1)", "h1"),
        ("nielsen", "a2", "z"),
        ("nielsen", "z1", "net1"),
        ("nielsen", "δ2", "delta2"),
        ("nielsen", "delta²", "delta2"),
        ("nielsen", "C", "J"),
        ("nielsen", "y", "t"),
        ("nielsen", "dC/dw1[1,2]", "dJ/dW1[1,2]"),
        ("nielsen", "∂C/∂w¹[1,2]", "dJ/dW1[1,2]"),
        ("nielsen", "dC/da2", "dJ/dz"),
        ("nielsen", "h1", "h1"),  # the program's own names stay, where nothing else is meant by them
        ("nielsen", "net1", "net1"),
        ("nielsen", "dJ/dW1", "dJ/dW1"),
        ("nielsen", "y²", "t^2"),
        ("nielsen", "(a¹)²", "h1^2"),
        ("nielsen", "a¹[2]·(1 - a¹[2])", "h1[2]*(1 - h1[2])"),
        ("bishop", "z1", "h1"),
        ("bishop", "z", "h1"),  # there is only one hidden layer
        ("bishop", "y", "z"),
        ("bishop", "a2", "net2"),
        ("goodfellow", "ŷ - y", "z - t"),
        ("goodfellow", "yhat - y", "z - t"),
        ("goodfellow", "y_hat", "z"),
        ("goodfellow", "g¹", "delta1"),
        ("cs231n", "dL/ds1", "dJ/dnet1"),
        ("cs231n", "f^2", "z^2"),
        ("pytorch", "dloss/dW1[1,1]", "dJ/dW1[1,1]"),
        ("pytorch", "X @ W1.T", "x @ W1.T"),
        ("pytorch", "y_pred", "z"),
        ("pytorch", "z1^2", "net1^2"),
        ("notes", "W¹[1,2]", "W1[1,2]"),
        ("notes", "δ¹", "delta1"),
    ],
)
def test_what_is_typed_is_read_as_what_is_meant(notation: str, typed: str, meant: str) -> None:
    assert read(typed, lettering(notation)) == read(meant, CANONICAL)


def test_a_letter_without_its_layer_is_not_guessed() -> None:
    with pytest.raises(LanguageError, match="z needs the number of its layer") as caught:
        read("2*z + 1", lettering("nielsen"))
    assert (caught.value.start, caught.value.end) == (2, 3)
    assert caught.value.hint == "Write z1 or z2."
    with pytest.raises(LanguageError, match="not a quantity"):
        read("a3", lettering("nielsen"))


def test_one_layer_needs_no_number() -> None:
    assert read("a - y", lettering("nielsen", 1), "z", "t") == read("z - t", CANONICAL, "z", "t")


@pytest.mark.parametrize("exercise", LAYERED)
def test_values_and_proofs_stay(exercise: str) -> None:
    solution = solve(load(exercise))
    own = Workings(solution)
    for notation in NOTATIONS:
        other = Workings(solution, lettering=lettering_of(solution.exercise, notation))
        for step in solution.steps.values():
            for index in np.ndindex(step.shape):  # each formula is proved as it is written
                a, b = own.element(step, index), other.element(step, index)
                assert (a.value, a.exact) == (b.value, b.exact)


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("exercise", LAYERED)
def test_matrix_forms_give_the_values(exercise: str, notation: str) -> None:
    """Examples as rows or as columns: the formula of the whole array has the array's value."""
    solution = solve(load(exercise))
    letters = lettering_of(solution.exercise, notation)
    workings = Workings(solution, lettering=letters)

    def lookup(leaf: Sym | Item) -> object:
        assert isinstance(leaf, Sym)
        known = {name: float(value) for name, value in step.numbers.items()}
        if leaf.name in known:
            return np.asarray(known[leaf.name])
        value = solution.value(leaf.name)
        return value.T if letters.turned(leaf.name) else value

    for step in solution.steps.values():
        form = workings.form(step)
        mentioned = [leaf for leaf in leaves(form) if isinstance(leaf, Item)] if form else []
        if form is None or mentioned or _keeps_an_axis(form):
            continue
        value = solution.value(step.quantity)
        shown = evaluate(form, FLOAT64, lookup)
        assert np.allclose(shown, value.T if letters.turned(step.quantity) else value), step.quantity
        assert letters.shape(step.quantity, step.shape) == np.shape(shown)


def _keeps_an_axis(form: Expr) -> bool:
    """Softmax, whose sum keeps its axis, and a bias, which is a column beside columns."""
    return "axis" in to_text(form) or "b1" in to_text(form) or "b2" in to_text(form)


def test_the_error_the_other_way_round() -> None:
    letters = lettering("bishop")
    style = Style(names=letters.names, rewrite=letters.rewrite)
    for typed, shown in {
        "-(1/N)*(t - z)": "(1/N)·(y - t)",
        "(-1/N)*(t - z)*h1": "(1/N)·(y - t)·z¹",
        "-2*(t - z)": "2·(y - t)",
        "(1/(2*N))*(t - z)^2": "(1/(2·N))·(y - t)²",
        "(1/N)*(t - z)": "(1/N)·(t - y)",  # dJ/dt has no minus sign to give up
        "-(t - z)/N": "(y - t)/N",
        "t/z": "t/y",
        "2*(t - z)*(0 - 1)": "2·(t - y)·(0 - 1)",
    }.items():
        assert to_text(tree(typed), style) == shown
    p, N, w = Sym("p"), Sym("N"), Sym("W1")
    t, z = (Item(Sym(name), (), p) for name in "tz")
    error = Call("sub", (t, z))
    total = Sum("p", N, Call("mul", (error, Item(Sym("h1"), (), p))))
    scaled = Call("mul", (Call("neg", (Call("div", (Num(Fraction(1)), N)),)), total))
    assert to_text(scaled, style) == "(1/N)·Σ_p (y(p) - t(p))·z¹(p)"
    chain = Call("mul", (Num(Fraction(2)), error, Partial(error, w)))
    assert to_text(chain, style) == "2·(y(p) - t(p))·∂/∂w¹ (y(p) - t(p))"


@pytest.mark.parametrize("notation", NOTATIONS)
def test_the_error_turned_is_the_same_number(notation: str) -> None:
    letters = lettering(notation)
    numbers = {"t": 3.0, "z": 0.7, "N": 4.0, "h1": -1.3}

    def value(expr: Expr) -> float:
        return float(evaluate(expr, FLOAT64, lambda leaf: np.asarray(numbers[leaf.name])))  # type: ignore[union-attr]

    for text in ("-(1/N)*(t - z)*h1", "-(t - z)^2", "(-2/N)*((t - z)*h1)", "-(-(t - z))", "(t - z)*(t - z)"):
        assert value(letters.rewrite(tree(text))) == pytest.approx(value(tree(text)))


def test_latex_and_mathml() -> None:
    letters = lettering("goodfellow")
    style = style_for(notation=letters)
    formula = tree("-(1/N)*(t - z)*h1")
    assert to_latex(formula, style) == r"\frac{1}{m} \cdot \left(\hat{y} - y\right) \cdot h^{1}"
    assert "<msup><mi>h</mi><mtext>1</mtext></msup>" in to_mathml(formula, style)


def test_sentences_take_the_letters_and_keep_their_words() -> None:
    said = Sentence("Each unit's {net} isn't a net; {J} = 1/(2{N}) Σ ({t-z})². {b1} left out: {-}(1/{N}).")
    assert lettering("pytorch").prose(said) == (
        "Each unit's z isn't a net; loss = 1/(2N) Σ (y_pred - y)². b1 left out: (1/N)."
    )
    own = "Each unit's net isn't a net; J = 1/(2N) Σ (t - z)². b1 left out: -(1/N)."
    assert said == CANONICAL.prose(said) == own
    assert lettering("pytorch").prose("a net of {net}") == "a net of {net}"  # somebody's own text
    assert pickle.loads(pickle.dumps(said)).template == said.template


BARE = re.compile(r"(?<![\w'’{])(net|J|N|η|t|z)(?![\w'’}])|t - z")


def test_no_letter_of_an_op_or_an_optimizer_slips_past() -> None:
    """The texts of every entry hold letters of quantities in slots only, and no slot that is none."""
    texts = [text for op in ops.TABLE.values() for text in (op.rule, op.computes, *op.derivative, *op.says)]
    texts += [Sentence(e[n]) for o in OPTIMIZERS.values() for e in o.equations for n in (1, 2)]
    for text in texts:
        assert isinstance(text, Sentence)
        assert not BARE.search(text.template), text
        assert set(re.findall(r"{(.*?)}", text.template)) <= set(NOTATIONS["notes"].words), text


def test_a_graph_keeps_its_authors_names() -> None:
    exercise = load("circuit-xyz")
    assert lettering_of(exercise, "nielsen") is CANONICAL
    with pytest.raises(UsageError):
        lettering_of(exercise, "nielson")


def test_the_exercise_names_its_notation_and_an_option_overrides_it() -> None:
    text = (
        "title: n\nnotation: bishop\nnetwork: {layers: [{activation: linear, weights: [[1]]}]}\n"
        "data: [{x: [1], t: [2]}]\nloss: half_mse\n"
    )
    exercise = loads(text)
    assert lettering_of(exercise).notation is NOTATIONS["bishop"]
    assert lettering_of(exercise, "nielsen").notation is NOTATIONS["nielsen"]
    assert lettering_of(load("exercise1")) is CANONICAL


def test_quantities_are_asked_for_in_a_notation() -> None:
    solution = solve(load("exercise1"))
    letters = lettering_of(solution.exercise, "nielsen")
    assert solution.find("dC/dw1[1,2]", letters) == solution.find("dJ/dW1[1,2]")
    assert solution.find("δ¹[1]", letters) == solution.find("delta1[1]")


def test_an_unknown_notation_says_which_is_near() -> None:
    with pytest.raises(UsageError, match="nielsn") as caught:
        find_notation("nielsn")
    assert caught.value.hint == "Did you mean nielsen?"
    assert caught.value.exit_status == 2


def test_files_editors_and_the_command_line_know_every_notation() -> None:
    assert json_schema()["properties"]["notation"]["enum"] == list(NOTATIONS)
    assert options._complete_notation("") == list(NOTATIONS)


ADDED = """
import sys
from dataclasses import replace
from backprop_tutor.language.notation import NOTATIONS
NOTATIONS["own"] = replace(NOTATIONS["bishop"], name="own", source="a course", example="i", count="k")
from backprop_tutor.cli.app import app
app(sys.argv[1:])
"""


def test_one_entry_makes_a_notation(tmp_path: Path) -> None:
    """Files, editors, tables and derivations know it, and its example letter i is no other index's."""
    file = tmp_path / "e.yaml"
    network = (
        "network: {layers: [{activation: tanh, weights: [[1, 2]]}, {activation: linear, weights: [[1]]}]}"
    )
    file.write_text(
        f"title: t\nnotation: own\n{network}\ndata: [{{x: [1, 2], t: [1]}}]\nloss: mse\n", "utf-8"
    )

    def said(*words: str) -> str:
        command = [sys.executable, "-c", ADDED, *words]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", env=UTF8, check=True)
        return done.stdout

    assert "own" in json.loads(said("schema"))["properties"]["notation"]["enum"]
    assert "own" in said("list", "--notations", "--plain")
    lines = said("explain", str(file), "dE/dw1", "--form", "index", "--plain").splitlines()
    assert "line: ∂E/∂w¹[j,l] = Σ_i δ¹(i)[j]·x(i)[l]" in lines
    assert any("(2/k)" in line for line in lines)
    assert not any(re.search(r"\[(\w+,)?[ik]\]", line) for line in lines)

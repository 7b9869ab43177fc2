"""What a session teaches beside marking: definitions, predictions that hold, numbers that are tried."""

import pytest

from backprop_tutor import load, solve
from backprop_tutor.errors import UsageError
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.tutor.meanings import Meanings
from backprop_tutor.tutor.nudge import Nudging
from backprop_tutor.tutor.predictions import Predictions
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.questions import questions_of
from backprop_tutor.tutor.session_marker import SessionMarker
from backprop_tutor.walkthrough import lettering_of

TRIED = ("exercise1", "exercise2", "fan-out", "sigmoid-neuron", "mazur", "leaky-relu", "rnn-three-steps")


@pytest.mark.parametrize(
    ("name", "notation", "target", "said"),
    [
        ("exercise1", None, "net1[2]", "net1 = W1 x: weighted sum (net)"),
        ("exercise1", "nielsen", "net1[2]", "z¹ = w¹ x: weighted sum (weighted input)"),
        ("exercise1", None, "h1[1]", "h1 = relu(net1): ReLU"),
        ("exercise1", None, "z[1]", "z = net2, where net2 = W2 h1"),
        ("sigmoid-neuron", None, "a", "a = w0·x0: product"),
        ("word2vec-negative-samples", None, "q[1]", "q = σ(-n)"),
        (
            "lstm-two-steps",
            None,
            "h<1>",
            "h⟨1⟩ = o⟨1⟩·tanh(c⟨1⟩), where o⟨1⟩ = σ(net_o⟨1⟩), net_o⟨1⟩ = wo·x[1]",
        ),
        ("rnn-three-steps", None, "h<1>", "h⟨1⟩ = tanh(net⟨1⟩), where net⟨1⟩ = Wx @ x[1]"),
        ("mazur", None, "h1", "h1 = σ(net1): σ(net) = 1/(1 + e^(-net)) squeezes"),
        ("layer-norm", None, "mu", "mu[1,1] = (x[1,1] + x[1,2] + x[1,3])/3: mean"),
        ("exercise2", None, "dJ/dnet1[1]", "∂J/∂net1[1]: how J reacts to net1[1]"),
        ("residual-block", None, "n[1]", "n = W @ x + b: matrix product, sum"),
    ],
)
def test_a_question_says_what_its_quantity_is(
    name: str, notation: str | None, target: str, said: str
) -> None:
    solution = solve(load(name))
    letters = lettering_of(solution.exercise, notation)
    questions = questions_of(solution)
    steps = Steps(solution, style_for(notation=letters), questions, lettering=letters)
    question = next(q for q in questions if q.target == target)
    assert Meanings(steps)(question).startswith(said.split(" (weighted input")[0])


@pytest.mark.parametrize("name", TRIED)
def test_what_is_predicted_of_the_loss_happens(name: str) -> None:
    """J is worked out anew with the quantity a little larger."""
    solution = solve(load(name))
    questions = questions_of(solution)
    predictions, nudging = Predictions(solution, style_for(), questions), Nudging(solution)
    for question in questions:
        prediction = predictions(question)
        if prediction and prediction.answer in ("rises", "falls"):
            of = question.target.partition("/d")[2]
            here = nudging(of, "1").before
            little = nudging(of, repr(here + 1e-5))
            assert (little.change > 0) is (prediction.answer == "rises")
            assert little.change == pytest.approx(little.promise, rel=1e-2)


def test_what_cannot_be_tried_is_refused() -> None:
    nudging = Nudging(solve(load("exercise1")))
    for name, value in (
        ("W9", "1"),
        ("h1", "1"),
        ("J", "1"),
        ("dJ/dW1[1,1]", "1"),
        ("W1[1,1]", "x"),
        ("W1[1,1]", "9^9^9"),
    ):
        with pytest.raises(UsageError):
            nudging(name, value)


def test_a_whole_array_is_accepted_where_one_element_was_asked() -> None:
    solution = solve(load("exercise1"))
    questions = questions_of(solution)
    judged = SessionMarker(solution, questions)(questions[0], "[1, 5]", {})
    assert {name: given.verdict for name, given in judged.entries.items()} == {
        "net1[1]": "correct",
        "net1[2]": "wrong",
    }
    formula = SessionMarker(solution, questions)(questions[0], "W1[1,1]*x[1] + W1[1,2]*x[2]", {})
    assert (formula.verdict, formula.entries) == ("correct", {})


def test_a_formula_is_asked_as_a_formula() -> None:
    solution = solve(load("softmax-batch"))
    questions = questions_of(solution, of_a_person=True)
    question = next(q for q in questions if q.part == "formula")
    marking = SessionMarker(solution, questions)
    assert marking(question, "(z - t)/N", {}).verdict == "correct"
    assert marking(question, "z - t", {}).verdict == "wrong"
    numbers = str(solution.value("dJ/dnet1").tolist())
    assert "write the formula" in marking(question, numbers, {}).message


@pytest.mark.parametrize(
    ("name", "value", "example"),
    [
        ("W1", "2", "try W1[1,1] = 1.01"),
        ("W1[1,1]", "", "try W1[1,1] = 1.01"),
        ("nothing", "1", ""),
        ("h1", "abc", "try h1[1] = 1.01"),
        ("J", "1", ""),
    ],
)
def test_what_cannot_be_tried_is_told_with_something_that_can(name: str, value: str, example: str) -> None:
    nudging = Nudging(solve(load("exercise2")))
    with pytest.raises(UsageError) as caught:
        nudging(name, value)
    said = str(caught.value).rpartition("as in try ")[2]
    assert f"try {said}".startswith(example)
    assert nudging(said.partition(" = ")[0], "1.01").after == 1.01

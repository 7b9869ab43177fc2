"""Causes that are true: of a learner's slips, of slips that no table lists, and of arbitrary numbers."""

from pathlib import Path

import numpy as np
import pytest

from backprop_tutor import load, solve
from backprop_tutor.grading import Marker, Verdict, asked

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


def answered(
    name: str, element: str, text: str, own: dict[str, str] | None = None, digits: int = 4
) -> Verdict:
    """The verdict on `text` after right answers, or the learner's own, to all that is asked before."""
    solution = solve(load(name))
    marker = Marker(solution)
    history: dict[str, Verdict] = {}
    for question in asked(solution):
        for each, index in zip(question.elements, question.indices, strict=True):
            if each == element:
                return marker.mark(element, text, history)
            right = f"{float(solution.value(question.quantity)[index]):.{digits}g}"
            history[each] = marker.mark(each, (own or {}).get(each, right), history)
            assert history[each].verdict == "correct", each
    raise AssertionError(element)


@pytest.mark.parametrize(
    ("name", "element", "text", "told", "said"),
    [
        ("exercise2", "dJ/dh1[1]", "-2", "neighbour-taken", "W2[1,2] where W2[1,1] belongs"),
        ("exercise2", "dJ/dh1[2]", "-1", "neighbour-taken", "W2[1,1] where W2[1,2] belongs"),
        ("fan-out", "df/da", "2", "missing-path", "the paths add up"),
        ("adam-steps", "W1_new[1,1]", "1.1", "neighbour-taken", "W1[1,1] where W1_new2[1,1] belongs"),
        ("sigmoid-neuron", "df/dw1", "-.197", "neighbour-taken", "x0 where x1 belongs"),
        ("exercise1", "net1[2]", "0", "activation-too-early", "relu applied already"),
        ("fan-out", "df/dy", "1", "upstream-forgotten", "left out"),
        ("exercise3", "dJ/dW2[1,1]", "-.0184", "one-over-n-twice", "1/N = 1/3 taken twice"),
        ("softmax-batch", "dJ/db1[1]", "-0.0134", "one-over-n-twice", "1/N = 1/3 taken twice"),
        ("exercise3", "J", "1.018", "missing-one-over-n", "1/2 and 1/N = 1/3 left out"),
        ("exercise3", "dJ/dz(1)[1]", ".6257", "missing-one-over-n", "the sign turned round, and"),
        ("exercise2", "dJ/dW1[2,1]", "-1", "neighbour-taken", "∂J/∂net1[1] where ∂J/∂net1[2] belongs"),
        ("exercise3", "dJ/dh1(1)[1]", "0.0977", "neighbour-taken", "W2[1,2] where W2[1,1] belongs"),
    ],
)
def test_what_a_learner_did_is_told(name: str, element: str, text: str, told: str, said: str) -> None:
    verdict = answered(name, element, text)
    assert verdict.verdict == "wrong"
    assert told in verdict.misconceptions
    assert said in verdict.message


def test_entries_in_another_order_are_told() -> None:
    z = solve(load("softmax-batch")).value("z")
    verdict = answered("softmax-batch", "z(1)[1]", f"{z[0, 1]:.4g}")
    assert verdict.misconceptions[0] == "neighbour-taken"
    assert "net1(1)[2] where net1(1)[1] belongs" in verdict.message


@pytest.mark.parametrize("accepted", ["0.0363", "0.0364"])
def test_a_slip_is_worked_out_from_the_learner_s_own_rounded_value(accepted: str) -> None:
    """dJ/dh1[1] is 0.036350: it was rounded either way, and its activation's derivative then forgotten."""
    verdict = answered("mazur", "dJ/dnet1[1]", accepted, {"dJ/dh1[1]": accepted}, digits=3)
    assert verdict.misconceptions[0] == "missing-activation-derivative"
    assert not verdict.ambiguous


def test_nothing_is_said_about_what_was_answered_rightly() -> None:
    for text in ("-2", "-1/2", "2", "1/2"):
        assert "missing-factor-two" not in answered("exercise2", "dJ/dh1[1]", text).misconceptions
    assert "missing-factor-two" in answered("exercise2", "dJ/dz[1]", "-2").misconceptions


def test_a_cause_is_certain_only_where_it_is_alone() -> None:
    certain = answered("exercise3", "dJ/dh1(1)[1]", "0.0977")  # W2[1,2] = -2 W2[1,1]
    assert not certain.ambiguous
    assert " That is " in certain.message
    possible = answered("exercise2", "dJ/dh1[2]", "-1")
    assert possible.ambiguous
    assert " That may be " in possible.message
    assert "not certain" in possible.message


@pytest.fixture(name="causes")
def _causes(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return pytest.importorskip("causes")


@pytest.mark.parametrize(("digits", "share"), [(3, 0.85), (5, 0.93)])
def test_slips_that_no_table_lists_are_named(causes: object, digits: int, share: float) -> None:
    sample = causes.Causes(digits)  # type: ignore[attr-defined]
    with np.errstate(all="ignore"):
        for number in range(4):
            sample.paper(number)
    assert sum(counts["named"] + counts["missed"] for counts in sample.named.values()) > 300
    assert sample.share_named() >= share
    assert sample.share("random decimals", "certain") <= 0.02


@pytest.mark.parametrize("name", ["exercise1", "exercise2", "circuit-xyz"])
def test_arbitrary_small_numbers_are_told_no_certain_cause(
    causes: object, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(causes, "WHOLE_NUMBERS", (name,))
    sample = causes.Causes(5)  # type: ignore[attr-defined]
    sample.whole_numbers()
    assert sample.guesses["whole numbers: wrong"] > 200
    assert sample.share("whole numbers", "certain") <= 0.02
    assert sample.share("whole numbers, alone", "certain") <= 0.02

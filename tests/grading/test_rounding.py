"""Digits: what is right with the digits asked, an update by its step, and rounding at every step."""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop_tutor import Solution, load, loads, solve
from backprop_tutor.exercise.precision import Precision
from backprop_tutor.grading import Verdict, check, mark, read_answer
from backprop_tutor.grading.compare import Closeness, compare, compare_update

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
W = "title: One weight\ngraph:\n  parameters: {w: %s}\n  compute: {J: %s}\n  loss: J\nlearning_rate: %s\n"


@cache
def solution(name: str = "mazur") -> Solution:
    return solve(load(name))


def closeness(text: str, value: float, **precision: Any) -> Closeness:
    number = read_answer(text, solution()).number
    assert number is not None
    return compare(number, value, None, Precision(**precision))


@pytest.mark.parametrize("text", ["12300", "1.23e4", "12300.0", "123e2", "12345.5", "12345.4999", "+12300"])
def test_how_a_number_is_written_makes_no_difference(text: str) -> None:
    assert closeness(text, 12345.4999) is Closeness.RIGHT


@pytest.mark.parametrize("text", ["12400", "1.24e4", "12200", "12000", "10000", "1e4", "-12300", "12390"])
def test_another_whole_number_is_not_right(text: str) -> None:
    assert closeness(text, 12345.4999) is not Closeness.RIGHT


@pytest.mark.parametrize("value", [0.59326999, -2.6667e-5, 1 / 3, 12345.4999, 7e11])
def test_single_precision_is_right(value: float) -> None:
    assert closeness(repr(float(np.float32(value))), value) is Closeness.RIGHT


@pytest.mark.parametrize(
    ("digits", "text", "is_right"),
    [(2, "0.59", True), (2, "0.6", False), (4, "0.593", False), (4, "0.5933", True), (1, "0.6", True)],
)
def test_an_exercise_says_how_many_significant_digits(digits: int, text: str, is_right: bool) -> None:
    assert (closeness(text, 0.59326999, digits=digits) is Closeness.RIGHT) == is_right


@pytest.mark.parametrize(
    ("decimals", "value", "text", "is_right"),
    [
        (2, 0.59327, "0.59", True),
        (2, 0.59327, "0.6", False),
        (2, 0.0012, "0.00", True),
        (2, 0.0012, "0", True),
        (2, 123.456, "123.46", True),
        (2, 123.456, "123", False),
        (4, 0.00043857, "0.0004", True),
        (4, 0.00043857, "0.0005", False),
    ],
)
def test_or_how_many_decimals(decimals: int, value: float, text: str, is_right: bool) -> None:
    assert (closeness(text, value, decimals=decimals) is Closeness.RIGHT) == is_right


def test_the_rule_is_in_the_message() -> None:
    exercise = loads(W % ("0.7", "tanh(w)", "1/10") + "decimals: 4\n")
    assert "4 decimals are needed" in mark(solve(exercise), "J", "0.60").message


# An update


@pytest.mark.parametrize(
    "text", ["0.149781", "0.1498", "0.14978", "0.149780716", repr(float(np.float32(0.149780716)))]
)
def test_a_new_weight_is_right_with_the_digits_that_show_its_step(text: str) -> None:
    assert mark(solution(), "W1_new[1,1]", text).verdict == "correct"


@pytest.mark.parametrize(
    "text", ["0.15", "0.150", "3/20", "0.1500000001", "0.1499", "0.150219", "0.15022", "0.149562"]
)
def test_an_old_weight_or_another_step_is_not(text: str) -> None:
    """The step is -0.000219: forgotten, almost forgotten, halved, turned round and doubled."""
    assert not mark(solution(), "W1_new[1,1]", text).passed


def test_digits_that_do_not_show_the_step_are_neither_right_nor_wrong() -> None:
    verdict = mark(solution(), "W1_new[1,1]", "0.150")
    assert (verdict.verdict, verdict.misconceptions) == ("undecided", ())
    assert "digits" in verdict.message
    assert mark(solution(), "W2_new[1,1]", "0.4").verdict == "wrong"  # the right one is 0.3589


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam"])
def test_old_weights_are_wrong_in_every_pass(optimizer: str) -> None:
    exercise = loads(W % ("1/2", "exp(w)", "1/1000") + f"steps: 3\noptimizer: {optimizer}\nask: all\n")
    solved = solve(exercise)
    news = ["w", "w_new1", "w_new2", "w_new"]
    values = {name: float(solved.value(name)) for name in news}
    for old, new in pairwise(news):
        history = {n: mark(solved, n, repr(values[n])) for n in news[1 : news.index(new)]}
        for digits in (17, 6, 5):
            assert not mark(solved, new, f"{values[old]:.{digits}g}", history).passed, (new, digits)
            assert mark(solved, new, f"{values[new]:.{digits}g}", history).verdict == "correct", (new, digits)


def test_nor_do_they_follow_from_a_slip() -> None:
    """The student's derivative is wrong, and so is the first update that follows from it; then they stop."""
    solved = solve(loads(W % ("1/2", "exp(w)", "1/1000") + "steps: 2\nask: all\n"))
    history: dict[str, Verdict] = {}
    for name, text in (("dJ/dw", "3.5"), ("w_new1", "0.4965"), ("J2", "1.6429595"), ("dJ2/dw", "1.6429595")):
        history[name] = mark(solved, name, text, history)
    assert [v.verdict for v in history.values()] == ["wrong", *["follow-through"] * 3]
    assert mark(solved, "w_new", "0.49485704", history).verdict == "follow-through"
    for text in ("0.4965", "0.496500"):
        assert not mark(solved, "w_new", text, history).passed, text


def test_where_nothing_changes_the_old_weight_is_right() -> None:
    still = solve(loads(W % ("1/2", "(w - 1/2)**2", "1/10")))
    assert mark(still, "w_new", "0.5").verdict == "correct"
    little = W % ("0.1503", "w * 0.0002", "1")
    assert mark(solve(loads(f"{little}decimals: 3\n")), "w_new", "0.1503").verdict == "correct"
    assert mark(solve(loads(f"{little}decimals: 3\n")), "w_new", "0.150").verdict == "correct"
    assert not mark(solve(loads(f"{little}decimals: 4\n")), "w_new", "0.1503").passed
    assert mark(solve(loads(f"{little}decimals: 4\n")), "w_new", "0.1501").verdict == "correct"


# Rounding at every step


def by_hand(round_: Callable[[Any], Any]) -> dict[str, Any]:
    """Mazur's network, every step rounded before it is used."""
    x, t = np.array([[0.05, 0.1]]), np.array([[0.01, 0.99]])
    W1, W2 = np.array([[0.15, 0.2], [0.25, 0.3]]), np.array([[0.4, 0.45], [0.5, 0.55]])
    a: dict[str, Any] = {}
    a["net1"] = round_(x @ W1.T + 0.35)
    a["h1"] = round_(1 / (1 + np.exp(-a["net1"])))
    a["net2"] = round_(a["h1"] @ W2.T + 0.6)
    a["z"] = round_(1 / (1 + np.exp(-a["net2"])))
    a["J"] = round_(((t - a["z"]) ** 2).sum() / 2)
    a["dJ/dz"] = round_(a["z"] - t)
    a["dJ/dnet2"] = round_(a["dJ/dz"] * a["z"] * (1 - a["z"]))
    a["dJ/dW2"] = round_(a["dJ/dnet2"].T @ a["h1"])
    a["dJ/dh1"] = round_(a["dJ/dnet2"] @ W2)
    a["dJ/dnet1"] = round_(a["dJ/dh1"] * a["h1"] * (1 - a["h1"]))
    a["dJ/dW1"] = round_(a["dJ/dnet1"].T @ x)
    return a


def rounding(digits: int, decimals: bool) -> tuple[Callable[[float], str], Callable[[Any], Any]]:
    def write(value: float) -> str:
        return f"{value:.{digits}f}" if decimals else format(Decimal(f"{value:.{digits - 1}e}"), "f")

    return write, np.vectorize(lambda value: float(write(value)))


@pytest.mark.parametrize("rule", ["digits: 2", "digits: 3", "digits: 5", "decimals: 3", "decimals: 4"])
@pytest.mark.parametrize("left_out", [(), ("h1", "dJ/dnet2"), ("net1", "h1", "net2", "z", "dJ/dz", "dJ/dh1")])
def test_steps_that_were_each_rounded_are_right(rule: str, left_out: tuple[str, ...]) -> None:
    word, _, digits = rule.partition(": ")
    write, round_ = rounding(int(digits), word == "decimals")
    text = (Path(load("mazur").path or "")).read_text(encoding="utf-8")
    exercise = loads(f"{text}\n{rule}\n")
    answers = {
        name: [[write(v) for v in row] for row in array] if array.ndim else write(float(array))
        for name, array in by_hand(round_).items()
        if name not in left_out
    }
    verdicts = check(exercise, answers).verdicts
    called = {v.verdict for v in verdicts if not v.quantity.startswith(("W1_new", "W2_new"))}
    assert called == ({"correct", "blank"} if left_out else {"correct"})


def test_rounding_does_not_excuse_a_slip() -> None:
    _, round_ = rounding(3, decimals=False)
    work = by_hand(round_)
    history = {}
    for name, array in work.items():
        for index in np.ndindex(array.shape):
            places = ",".join(str(i + 1) for i in index[-2 if "W" in name else -1 :])
            label = f"{name}[{places}]" if places else name
            value = float(array[index])
            for factor in (-1, 0.5, 2, 0.9, 1.05):
                assert not mark(solution(), label, f"{factor * value:.3g}", history).passed, (label, factor)
            history[label] = mark(solution(), label, f"{value:.3g}", history)
            assert history[label].verdict == "correct"


def test_a_slip_and_rounding_after_it() -> None:
    """The student's h1[1] is wrong, and what follows is rounded to three digits."""
    history = {"h1[1]": mark(solution(), "h1[1]", "0.65")}
    expected = 0.4 * 0.65 + 0.45 * 0.596884378 + 0.6
    history["net2[1]"] = mark(solution(), "net2[1]", f"{expected:.3g}", history)
    assert history["net2[1]"].verdict == "follow-through"
    z = 1 / (1 + np.exp(-float(f"{expected:.3g}")))
    assert mark(solution(), "z[1]", f"{z:.3g}", history).verdict == "follow-through"
    assert mark(solution(), "z[1]", f"{1 - z:.3g}", history).verdict == "wrong"


def test_a_mask_that_rounding_may_turn_has_two_values_and_none_between() -> None:
    """net = 1.002·x - 1 is 0.000 as rounded, so that ReLU's derivative may be 0 or 1."""
    text = (
        "title: Near a kink\ngraph:\n  given: {x: 1.0004, t: 3}\n  parameters: {w: 1, b: -1}\n"
        "  compute: {net: w * x + b, h: relu(net), J: (h - t)**2}\n  loss: J\ndecimals: 3\n"
    )
    solved = solve(loads(text))
    history = {"net": mark(solved, "net", "0.000"), "dJ/dh": mark(solved, "dJ/dh", "-6.000")}
    assert {v.verdict for v in history.values()} == {"correct"}
    for answer, is_right in (("0", True), ("-6", True), ("-3", False), ("-1.5", False), ("6", False)):
        assert mark(solved, "dJ/dnet", answer, history).passed == is_right, answer


def test_a_sample_of_random_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    rounding_benchmark = pytest.importorskip("rounding")
    for rule in rounding_benchmark.RULES[::3]:
        benchmark = rounding_benchmark.Benchmark(rule)
        with np.errstate(all="ignore"):
            for _ in range(2):
                benchmark.network()
        honest, slipped = benchmark.counts["honest, all asked"], benchmark.counts["slipped, all asked"]
        assert honest["correct"] > 50
        assert honest["wrong"] == honest["follow-through"] == 0
        assert slipped["wrong"] > 200
        assert slipped["follow-through"] == 0
        assert slipped["correct"] <= 1  # the difference of two near numbers, of which rounding leaves little
        assert benchmark.counts["old weights, all asked"]["correct"] == 0


def test_compare_update_by_itself() -> None:
    number = read_answer("0.25", solution()).number
    assert number is not None
    assert compare_update(number, 0.2502, 0.2504) is Closeness.RIGHT  # three digits of 0.2502
    assert compare_update(number, 0.2502, 0.2504, old_is_rounded=True) is Closeness.HIDDEN
    assert compare_update(number, 0.2502, 0.25) is Closeness.HIDDEN
    assert compare_update(number, 0.3, 0.25) is Closeness.OLD


@pytest.mark.parametrize(
    ("rule", "answer", "named"),
    [
        ("digits: 2", "-0.74", True),
        ("decimals: 2", "-0.74", True),
        ("digits: 3", "-0.74", False),
        ("decimals: 4", "-0.74", False),
        ("digits: 3", "-0.741", True),
        ("digits: 6", "-0.741", True),
    ],
)
def test_a_slip_is_named_by_no_more_digits_than_are_asked(rule: str, answer: str, named: bool) -> None:
    """z - t = 0.741365 of Mazur's network; the sign is turned round."""
    exercise = loads(f"""
title: Mazur
{rule}
network:
  layers:
    - {{activation: sigmoid, weights: [[0.15, 0.2], [0.25, 0.3]], bias: [0.35, 0.35]}}
    - {{activation: sigmoid, weights: [[0.4, 0.45]], bias: [0.6]}}
data:
  - {{x: [0.05, 0.1], t: [0.01]}}
loss: half_mse
ask: all
""")
    [verdict] = [v for v in check(exercise, {"dJ/dz[1]": answer}).verdicts if v.verdict != "blank"]
    assert verdict.verdict == "wrong"
    assert verdict.misconceptions == (("sign-flipped",) if named else ())


def test_an_old_weight_is_a_named_slip() -> None:
    verdict = mark(solution("exercise1"), "W1_new[1,1]", "1")
    assert verdict.misconceptions == ("update-forgotten",)
    assert "nothing has been changed yet" in verdict.message


def test_what_rounding_and_a_slip_may_both_have_done_is_left_undecided() -> None:
    """z = σ(6) = 0.9975…, as 0.998 or 0.997: z(1 - z) is anything from 0.00200 to 0.00299."""
    text = """
title: A saturated unit
graph:
  given: {x: 3}
  parameters: {w: 2}
  compute:
    n: w*x
    z: sigmoid(n)
    d: z*(1 - z)
  loss: d
ask: [d]
"""
    exercise = loads(text)

    def judged(answer: str) -> str:
        return check(exercise, {"d": answer}).verdicts[0].verdict

    assert judged("0.00247") == "correct"
    assert judged("0.00237") == "correct"
    assert judged("0.00200") == "undecided"
    assert judged("0.0012") == "wrong"

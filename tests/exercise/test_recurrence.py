"""Recurrences that are written once: their steps, their gradients against PyTorch, and their faults."""

import math

import numpy as np
import pytest

from backprop_tutor import ExerciseError, load, loads, solve
from backprop_tutor.grading.selection import asked

RNN = """
title: RNN
graph:
  given: {x: [[1], [2], [3]], y: [[2], [3], [4]], h<0>: [1/2, -1]}
  parameters: {Wx: [[1/10], [-1/5]], Wh: [[1, 1/2], [0, -1]], b: [0, 1/4], Wy: [[1, -1]]}
  sequence: {s: 3}
  compute:
    net<s>: Wx @ x[s] + Wh @ h<s-1> + b
    h<s>: tanh(net<s>)
    E<s>: half_sse(Wy @ h<s>, y[s])
    L: sum<s>(E<s>)
  loss: L
learning_rate: 1/10
"""


def changed(old: str, new: str) -> str:
    assert old in RNN
    return RNN.replace(old, new)


def test_its_values_and_gradients_are_those_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    exercise = loads(RNN)
    solution = solve(exercise)
    values = {
        n: torch.tensor(np.asarray(v, dtype=float), requires_grad=True) for n, v in exercise.values.items()
    }
    h, loss = values["h<0>"], 0
    for s in range(3):
        net = values["Wx"] @ values["x"][s] + values["Wh"] @ h + values["b"]
        h = torch.tanh(net)
        loss = loss + ((values["Wy"] @ h - values["y"][s]) ** 2).sum() / 2
        assert np.allclose(solution.value(f"net<{s + 1}>"), net.detach().numpy(), rtol=1e-13)
        assert np.allclose(solution.value(f"h<{s + 1}>"), h.detach().numpy(), rtol=1e-13)
    loss.backward()
    assert math.isclose(solution.loss, loss.item(), rel_tol=1e-13)
    for name in (*exercise.graph.parameters, "x", "h<0>"):
        assert np.allclose(solution.value(f"dL/d{name}"), values[name].grad.numpy(), rtol=1e-12), name


def test_each_step_is_a_step_of_the_walkthrough_and_what_has_no_name_is_asked_of_nobody() -> None:
    solution = solve(loads(RNN))
    forward = [step.quantity for step in solution.steps.values() if step.phase == "forward"]
    assert forward == ["net<1>", "h<1>", "net<2>", "h<2>", "net<3>", "h<3>"] + [
        name for s in (1, 2, 3) for name in (f"E_1<{s}>", f"E<{s}>")
    ]
    assert not any("_1<" in question.quantity for question in asked(solution))


def test_a_first_state_that_is_learned() -> None:
    text = changed(", h<0>: [1/2, -1]}", "}").replace("parameters: {", "parameters: {h<0>: [1/2, -1], ")
    solution = solve(loads(text))
    new = solution.value("h<0>") - solution.value("dL/dh<0>") / 10
    assert np.allclose(solution.value("h<0>_new"), new, rtol=1e-13)


def test_what_is_written_for_a_step_goes_before_what_is_written_for_all() -> None:
    solution = solve(loads(changed("    h<s>: tanh(net<s>)", "    h<s>: tanh(net<s>)\n    h<2>: 2 * net<2>")))
    assert np.allclose(solution.value("h<2>"), 2 * solution.value("net<2>"))
    assert np.allclose(solution.value("h<3>"), np.tanh(solution.value("net<3>")))


def test_it_may_look_back_two_steps_or_ahead() -> None:
    fibonacci = """
title: t
graph:
  parameters: {a: 2, f<0>: 1, f<-1>: 1, g<4>: 1}
  sequence: {s: 3}
  compute: {f<s>: f<s-1> + a * f<s-2>, g<s>: a * g<s+1>, L: sum<s>(f<s>) * g<1>}
  loss: L
"""
    solution = solve(loads(fibonacci))
    assert [float(solution.value(f"f<{s}>")) for s in (1, 2, 3)] == [3, 5, 11]
    assert float(solution.value("g<1>")) == 8


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("h<s-1> + b", "h<s-2> + b", "8:13: net<s>: h<-1> is needed at net<1>, and there is none."),
        ("tanh(net<s>)", "tanh(net<s> + g<s>)", "9:25: h<s>: g<s> is not a quantity"),
        ("x[s]", "x[s-1]", "net<1>: an index starts at 1, not 0"),
        ("{s: 3}", "{s: 4}", "net<4>: in `x[4]`: index 4 is out of range"),
        ("{s: 3}", "{s: 1000000}", "1000000 is out of range."),
        ("{s: 3}", "{s: 9999}", "and a graph has 10,000 nodes at most."),
        ("{s: 3}", "{st: 3}", "`st` cannot count steps."),
        ("{s: 3}", "{x: 3}", "the name x is already used."),
        ("    L: sum<s>(E<s>)", "    L: E<s>", "L: it is not said which step E<s> is."),
        ("tanh(net<s>)", "tanh(net<s> + h<s>)", "a cycle: h<1> → h<1>"),
        ("    h<s>: tanh", "    h<s-1>: tanh", "h<s-1> is not how a recurrence begins."),
        ("    h<s>: tanh", "    h<k>: tanh", "there are no steps called k."),
        ("h<0>: [1/2, -1]", "h<s>: [1/2, -1]", "h<s> is given for no certain step."),
    ],
)
def test_what_is_wrong_is_told_at_its_place(old: str, new: str, fault: str) -> None:
    with pytest.raises(ExerciseError) as caught:
        loads(changed(old, new))
    assert fault in str(caught.value)


def test_two_recurrences_that_need_each_other_at_the_same_step() -> None:
    with pytest.raises(ExerciseError, match="a cycle"):
        loads(changed("tanh(net<s>)", "tanh(net<s> + E<s>)"))


def test_a_hundred_steps_and_more_meet_no_limit() -> None:
    rows = str([[k % 3 - 1] for k in range(150)])
    longer = changed("s: 3", "s: 150").replace("[[1], [2], [3]]", rows).replace("[[2], [3], [4]]", rows)
    solution = solve(loads(longer))
    assert np.isfinite(solution.value("dL/dWh")).all()
    assert len(solution.steps["dL/dWh"].uses) > 150


@pytest.mark.parametrize("name", ["exercise1", "matrix-graph"])
def test_an_exercise_without_steps_has_none(name: str) -> None:
    assert not any("<" in quantity for quantity in solve(load(name)).quantities)


def test_a_step_s_in_what_is_asked_stands_for_every_step() -> None:
    """Also in hints and marks, where what is said of a certain step goes before what is said of all."""
    graph = (
        "title: t\ngraph:\n  given: {x: [1, 2, 3], h<0>: 0}\n  parameters: {w: 1/2}\n  sequence: {s: 3}\n"
        "  compute:\n    h<s>: w * x[s] + h<s-1>\n    E<s>: h<s> ** 2\n    J: sum<s>(E<s>)\n  loss: J\n"
    )
    exercise = loads(
        f"{graph}ask: [{{quantity: h<s>, by: whole}}, dJ/dh<s>]\n"
        "hints: {dJ/dh<s>: All., 'dJ/dh<2>': Two.}\nmarks: {h<s>: 2}\n"
    )
    every = [f"h<{step}>" for step in (1, 2, 3)]
    assert [(one.quantity, one.by) for one in exercise.ask] == [
        *((name, "whole") for name in every),
        *((f"dJ/d{name}", None) for name in every),
    ]
    assert exercise.hints == {f"dJ/d{name}": ("Two." if "2" in name else "All.",) for name in every}
    assert dict(exercise.marks) == dict.fromkeys(every, 2)
    for unknown in ("h<t>", "h<s-1>", "g<s>"):
        with pytest.raises(ExerciseError, match=f"{unknown} is not a quantity of this exercise"):
            loads(f"{graph}ask: [{unknown}]\n")


def test_the_steps_of_a_layer_are_counted_by_s() -> None:
    exercise = loads(
        "title: t\nnetwork:\n  layers:\n    - {rnn: tanh, weights: [[1], [2]], recurrent: [[0, 1], [1, 0]]}\n"
        "    - {activation: linear, weights: [[1, 1]]}\ndata:\n  - {x: [[1], [2]], t: [[1], [2]]}\n"
        "loss: half_mse\nask: ['h1<s>[1]', dJ/dnet1<s>]\n"
    )
    asked = [one.quantity for one in exercise.ask]
    assert asked == ["h1<1>[1]", "h1<2>[1]", "dJ/dnet1<1>", "dJ/dnet1<2>"]

"""Derivations through time: each step from the next, and one sum over all steps, however many there are."""

import pytest

from backprop_tutor import loads, solve
from backprop_tutor.language import to_text
from backprop_tutor.walkthrough import lettering_of
from backprop_tutor.walkthrough.derivation import explain

RNN = """
title: RNN
graph:
  given: {{x: {x}, y: {x}, h<0>: [0, 0]}}
  parameters: {{Wx: [[1/10], [-1/5]], Wh: [[1/2, 1/4], [0, 1/2]], b: [0, 0], Wy: [[1, -1]]}}
  sequence: {{s: {steps}}}
  compute:
    net<s>: Wx @ x[s] + Wh @ h<s-1> + b
    h<s>: tanh(net<s>)
    z<s>: Wy @ h<s>
    E<s>: half_sse(z<s>, y[s])
    L: sum<s>(E<s>)
  loss: L
"""


def rnn(steps: int) -> str:
    return RNN.format(steps=steps, x=[[k % 3 - 1] for k in range(steps)])


def lines(steps: int, quantity: str) -> list[str]:
    exercise = loads(rnn(steps))
    form = explain(solve(exercise), quantity).form("index")
    style = lettering_of(exercise).styled()
    assert all(line.verified for section in form.sections for line in section.lines)
    return [
        f"{to_text(line.left, style)} = {to_text(line.expr, style)}"
        for section in form.sections
        for line in section.lines[-1:]
    ]


@pytest.mark.parametrize("steps", [4, 12])
def test_back_propagation_through_time_is_one_sum_over_the_steps(steps: int) -> None:
    found = lines(steps, "dL/dWh")
    assert found[-1] == f"∂L/∂Wh[i,j] = Σ_{{s=1..{steps}}} ∂L/∂net⟨s⟩[i]·h⟨s-1⟩[j]"
    assert "∂L/∂net⟨2⟩[i] = ∂L/∂h⟨2⟩[i]·(1 - h⟨2⟩[i]²)" in found
    assert "∂L/∂h⟨2⟩[i] = Σ_k ∂L/∂net⟨3⟩[k]·Wh[k,i] + ∂L/∂z⟨2⟩[1]·Wy[1,i]" in found or steps > 4


def test_it_is_no_longer_for_more_steps() -> None:
    assert len(lines(60, "dL/dWh")) <= len(lines(12, "dL/dWh"))


LSTM = """
title: LSTM
network:
  layers:
    - lstm:
        i: {weights: [[1]], recurrent: [[1/2]], bias: [0]}
        f: {weights: [[1]], recurrent: [[1]], bias: [1]}
        o: {weights: [[1]], recurrent: [[-1]], bias: [0]}
        g: {weights: [[1]], recurrent: [[2]], bias: [0]}
    - {activation: linear, weights: [[1]]}
data:
  - {x: [[1], [2], [-1]], t: [1]}
loss: half_mse
"""


def test_what_flows_through_the_cell_of_an_lstm() -> None:
    form = explain(solve(loads(LSTM)), "dJ/dW_f1").form("index")
    assert all(line.verified for section in form.sections for line in section.lines)
    found = [f"{to_text(section.left)} = {to_text(section.result)}" for section in form.sections]
    through_time = "∂J/∂c1⟨1⟩[1] = ∂J/∂h1⟨1⟩[1]·o1⟨1⟩[1]·(1 - tanh(c1⟨1⟩[1])²) + ∂J/∂c1⟨2⟩[1]·f1⟨2⟩[1]"
    assert through_time in found
    assert any(line.startswith("∂J/∂h1⟨1⟩[1] = δ_i1⟨2⟩[1]·U_i1[1,1] + ") for line in found)

"""Programs of PyTorch and of NumPy: they run, and every value of the exercise is what they compute."""

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[1] / "exercise"))

import kind_files

from backprop_tutor import UsageError, load, loads, solve
from backprop_tutor.exercise.catalogue import shipped_names
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports import exporter

KINK = """
title: On the kink
relu_at_zero: {at_zero}
graph:
  given: {{x: [3/10, 1, 0], y: [1/10, 1/5, 0]}}
  parameters: {{w: [1, -1, 2]}}
  compute:
    net: w*x - y
    h: relu(w[1]*0.1 + w[1]*0.2 - w[1]*x[1])
    J: h**2 + h + sum(abs(net)) + sum(leaky_relu(x*w))
  loss: J
learning_rate: 1/10
"""
FORMULAS = {
    "functions": "sum(exp(x) + log(x) + sqrt(x) + sin(w)*cos(x) + tan(w) + arctan(x)) + sum(abs(w))",
    "more functions": "sum(sinh(x)*cosh(w) + erf(x)) + x[1]",
    "no parameter": "sum(x*x)",
    "choices": "sum(where(x > 1, w**2, 3*w) + clip(w, 1, 2) + step(x) + sign(x)*x)",
    "extremes": "sum(maximum(x, 2) + minimum(x, w))",
    "arrays": "sum(reshape(M, 3, 2) @ M) + sum(transpose(M, 2, 1)*2) + sum(outer(x, x))",
    "pieces": "sum(concat(M, M*2, axis=1)[2:4:2, 1])",
    "statistics": "var(x) + std(x) + prod(x) + norm(x) + logsumexp(x) + mean(M, axis=2)[1] + max(x)",
    "softmaxes": "sum(softmax(M, axis=1)*M) + sum(log_softmax(M)) + sum(softmax(x)*x)",
    "activations": "sum(elu(x) + softplus(w) + sigmoid(x) + tanh(w) + silu(x) + gelu(w) + elu(w, alpha=2))",
    "losses": "huber(w, x, delta=1/2) + mae(w, x) + bce(sigmoid(w), t, reduction=sum) + mse(w, x)",
    "losses of logits": "bce(w, t, from=logits, reduction=elements) + mae(w, x, reduction=sum)",
    "classes": "cross_entropy(M, k, from=logits) + nll(log_softmax(M), k)",
    "more classes": "kl(softmax(M), k) + hinge(M, k)",
    "norms": "sum(layer_norm(M, w, x)*M) + sum(rms_norm(M, w)) + sum(batch_norm(M, w, x)*M)",
    "pools": "sum(max_pool(P, size=2)*2) + sum(mean_pool(P, size=[1, 2], stride=1))",
    "convolutions": "sum(conv2d(P, M, 1)) + sum(conv1d(x, w[1:2])*x[1])",
    "more convolutions": "sum(conv2d(P, reshape(M, 1, 1, 2, 3), stride=2, padding=1)*3)",
    "rows": "sum(M[k]**2) + sum(one_hot(k, 3)*M) + stop_gradient(x[1])*x[1]",
    "gradients": "sum(grad(sum(tanh(w)*x**2), w)**2)",
}
FORMULA = """
title: A formula
graph:
  given: {{x: [1/2, 3/2, 5/2], t: [0, 1, 1/2], k: [1, 2], P: [[1, 2, 0], [3, 5, 4], [2, 1, 7]]}}
  parameters: {{w: [2, -1, 1/3], M: [[1, 2, 1/3], [-1, 1/2, 3]]}}
  compute: {{J: '{formula}'}}
  loss: J
"""
OPTIMIZERS = (
    "{name: sgd, weight_decay: 1/10}",
    "{name: momentum, momentum: 1/2}",
    "{name: nesterov, momentum: 1/2}",
    "{name: adam, beta1: 1/2}",
    "adamw",
    "rmsprop",
    "adagrad",
    "adadelta",
    "{name: sgd, clip_norm: 1/10}",
    "{name: adam, clip_value: 1/10, maximize: true}",
)
NETWORK = """
title: A network
network:
  layers:
    - {{activation: tanh, weights: [[1, 2], [0, 1/2]], bias: [0, 1]}}
    - {{activation: linear, weights: [[1, -1]]}}
data: [{{x: [1, -1], t: [1/2]}}, {{x: [2, 0], t: [0]}}]
loss: half_mse
learning_rate: 1/10
optimizer: {optimizer}
steps: {steps}
"""


def exercises() -> dict[str, Callable[[], Exercise]]:
    found: dict[str, Callable[[], Exercise]] = {
        name: lambda name=name: load(name) for name in shipped_names()
    }  # type: ignore[misc]
    texts = {f"a kind: {name}": kind_files.text(*parts) for name, parts in kind_files.EVERY.items()}
    texts |= {f"relu at {at}": KINK.format(at_zero=at) for at in ("0", "1/2", "1")}
    texts |= {f"{name} of formulas": FORMULA.format(formula=formula) for name, formula in FORMULAS.items()}
    for optimizer in OPTIMIZERS:
        texts |= {f"{optimizer}, {n}": NETWORK.format(optimizer=optimizer, steps=n) for n in (1, 3)}
    return found | {name: partial(loads, text) for name, text in texts.items()}


EXERCISES = exercises()


@pytest.fixture(scope="module", params=EXERCISES)
def document(request: pytest.FixtureRequest) -> Document:
    return Document(solve(EXERCISES[request.param]()))


def run(text: str, capsys: pytest.CaptureFixture[str]) -> str:
    exec(compile(text, "exported.py", "exec"), {"__name__": "__main__"})
    return capsys.readouterr().out


def test_the_program_computes_every_value(document: Document, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    said = run(exporter("torch").text(document), capsys)
    assert said == f"All {len(document.solution.steps)} quantities agree.\n"


def test_numpy_computes_every_value(document: Document, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(exporter("py").text(document), capsys).endswith("quantities agree.\n")


@pytest.mark.parametrize("name", ["exercise1", "softmax-batch", "adam-two-steps", "conv-2d-max-pool"])
def test_the_notebook_computes_every_value(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    notebook: dict[str, Any] = json.loads(exporter("torch", "ipynb").text(Document(solve(load(name)))))
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert "quantities agree" in run("\n".join(code), capsys)
    text = "".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    assert "## Backward pass" in text


def test_a_wrong_value_is_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    text = exporter("torch").text(Document(solve(load("exercise1"))))
    with pytest.raises(AssertionError, match="dJ/dW1"):
        run(text.replace("'dJ/dW1': (dJ_dW1, [[-1.0", "'dJ/dW1': (dJ_dW1, [[-1.1"), capsys)


@pytest.mark.parametrize("kind", ["torch", "py"])
def test_a_blank_one_is_refused(kind: str) -> None:
    with pytest.raises(UsageError, match="cannot be blank"):
        exporter(kind).text(Document(solve(load("exercise1")), blank=True))


def test_a_title_cannot_end_the_docstring(capsys: pytest.CaptureFixture[str]) -> None:
    title = 'A """\\nimport os; """'
    text = f"title: {json.dumps(title)}\ngraph: {{given: {{x: 1}}, compute: {{J: x*x}}, loss: J}}\n"
    for kind in ("py", "torch"):
        compiled = compile(exporter(kind).text(Document(solve(loads(text)))), "exported.py", "exec")
        assert compiled.co_consts[0].startswith("A ")
        assert "os" not in compiled.co_names

"""A corpus of programs: right ones in several styles, and ones with a bug planted, for eleven exercises.

A bug is a change of the right program's text; it says in which quantity it comes to light first, and under
which ids it counts as named.
"""

# ruff: noqa: E501 (exercises and programs, a change a line)

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from shipped_programs import SHIPPED_BUGS, SHIPPED_PROGRAMS

__all__ = ["BUGS", "EXERCISES", "RIGHT", "Bug", "program"]


class Bug(NamedTuple):
    """`changes` of the text of the right program `of` an exercise."""

    of: str
    says: str
    first: str
    ids: tuple[str, ...]
    changes: tuple[tuple[str, str], ...]


def _numbers(seed: int, *shape: int, scale: float = 1.0) -> str:
    values = np.random.default_rng(seed).normal(size=shape) * scale
    return str(np.round(values, 2).tolist())


_LABELS = [0, 2, 1, 1, 0, 2, 0, 1]
_ONE_HOT = [[int(k == label) for k in range(3)] for label in _LABELS]

EXERCISES = {
    "sigmoid": "shipped exercise3",
    "digits": f"""
title: ReLU and softmax on a batch
network:
  layers:
    - {{activation: relu, weights: {_numbers(1, 5, 4)}, bias: {_numbers(2, 5)}}}
    - {{activation: softmax, weights: {_numbers(3, 3, 5)}, bias: {_numbers(4, 3)}}}
data:
  x: {_numbers(5, 8, 4)}
  t: {_ONE_HOT}
loss: cross_entropy
learning_rate: 1/10
ask: [net1, h1, net2, z, J, dJ/dnet2, dJ/dW2, dJ/db2, dJ/dh1, dJ/dnet1, dJ/dW1, dJ/db1, W1_new, b1_new, W2_new, b2_new]
""",
    "rnn": f"""
title: A recurrent layer
network:
  layers:
    - {{rnn: tanh, weights: {_numbers(6, 3, 2)}, recurrent: {_numbers(7, 3, 3)}, bias: {_numbers(8, 3)}}}
    - {{activation: linear, weights: {_numbers(9, 2, 3)}, bias: {_numbers(10, 2)}}}
data:
  x: {_numbers(11, 4, 3, 2)}
  t: {_numbers(12, 4, 3, 2)}
loss: half_mse
learning_rate: 1/10
ask: [net1<1>, h1<1>, net1<2>, h1<2>, net1<3>, h1<3>, z<1>, z<2>, z<3>, J, dJ/dz<3>, dJ/dz<2>, dJ/dz<1>, dJ/dW2, dJ/db2,
  dJ/dh1<3>, dJ/dnet1<3>, dJ/dh1<2>, dJ/dnet1<2>, dJ/dh1<1>, dJ/dnet1<1>, dJ/dW1, dJ/dU1, dJ/db1]
""",
    "conv": f"""
title: A convolution and a linear layer
network:
  layers:
    - {{conv: {{kernel: {_numbers(13, 2, 1, 3, 3)}, bias: {_numbers(14, 2)}, stride: 1, padding: 1}}, activation: relu}}
    - flatten
    - {{activation: linear, weights: {_numbers(15, 2, 32)}, bias: {_numbers(16, 2)}}}
data:
  x: {_numbers(17, 3, 1, 4, 4)}
  t: {_numbers(18, 3, 2)}
loss: half_mse
learning_rate: 1/10
""",
    "batch-norm": f"""
title: Batch normalisation step by step
graph:
  given:
    t: {_numbers(24, 5, 3)}
  parameters:
    x: {_numbers(25, 5, 3)}
    gamma: {_numbers(26, 3)}
    beta: {_numbers(27, 3)}
  compute:
    mu: mean(x, axis=1)
    xmu: x - mu
    sq: xmu**2
    var: mean(sq, axis=1)
    sd: sqrt(var + 1/10)
    ivar: 1/sd
    xhat: xmu * ivar
    gx: gamma * xhat
    out: gx + beta
    J: half_sse(out, t)
  loss: J
""",
    "attention": f"""
title: One head of attention
graph:
  given:
    X: {_numbers(19, 4, 3)}
    T: {_numbers(20, 4, 2)}
  parameters:
    WQ: {_numbers(21, 3, 2)}
    WK: {_numbers(22, 3, 2)}
    WV: {_numbers(23, 3, 2)}
  compute:
    Q: X @ WQ
    K: X @ WK
    V: X @ WV
    S: Q @ K.T / sqrt(2)
    A: softmax(S)
    H: A @ V
    L: half_sse(H, T)
  loss: L
""",
}

RIGHT = {
    "sigmoid": """
import numpy as np
N = len(x)
sigmoid = lambda a: 1 / (1 + np.exp(-a))
net1 = x @ W1.T
h1 = sigmoid(net1)
net2 = h1 @ W2.T
z = sigmoid(net2)
J = np.sum((t - z) ** 2) / (2 * N)
dz = (z - t) / N
dnet2 = dz * z * (1 - z)
dW2 = dnet2.T @ h1
dh1 = dnet2 @ W2
dnet1 = dh1 * h1 * (1 - h1)
dW1 = dnet1.T @ x
W1_new = W1 - learning_rate * dW1
W2_new = W2 - learning_rate * dW2
""",
    "digits": """
import numpy as np
N = len(x)
labels = t.argmax(axis=1)
net1 = x @ W1.T + b1
h1 = np.maximum(net1, 0)
net2 = h1 @ W2.T + b2
e = np.exp(net2 - net2.max(axis=1, keepdims=True))
z = e / e.sum(axis=1, keepdims=True)
J = -np.log(z[np.arange(N), labels]).sum() / N
delta2 = z.copy()
delta2[np.arange(N), labels] -= 1
delta2 /= N
dW2 = delta2.T @ h1
db2 = delta2.sum(axis=0)
dh1 = delta2 @ W2
delta1 = dh1 * (net1 > 0)
dW1 = delta1.T @ x
db1 = delta1.sum(axis=0)
W1_new = W1 - learning_rate * dW1
b1_new = b1 - learning_rate * db1
W2_new = W2 - learning_rate * dW2
b2_new = b2 - learning_rate * db2
""",
    "rnn": """
import numpy as np
N, S, _ = x.shape
h1, net1, z = [], [], []
h = np.zeros((N, 3))
for s in range(S):
    net1.append(x[:, s] @ W1.T + h @ U1.T + b1)
    h = np.tanh(net1[s])
    h1.append(h)
    z.append(h @ W2.T + b2)
J = sum(np.sum((t[:, s] - z[s]) ** 2) for s in range(S)) / (2 * N)
dz = [(z[s] - t[:, s]) / N for s in range(S)]
dh1, dnet1 = [None] * S, [None] * S
dW1, dU1, db1 = np.zeros_like(W1), np.zeros_like(U1), np.zeros_like(b1)
dW2, db2 = np.zeros_like(W2), np.zeros_like(b2)
later = np.zeros((N, 3))
for s in reversed(range(S)):
    dW2 += dz[s].T @ h1[s]
    db2 += dz[s].sum(axis=0)
    dh1[s] = dz[s] @ W2 + later
    dnet1[s] = dh1[s] * (1 - h1[s] ** 2)
    dW1 += dnet1[s].T @ x[:, s]
    before = h1[s - 1] if s > 0 else np.zeros((N, 3))
    dU1 += dnet1[s].T @ before
    db1 += dnet1[s].sum(axis=0)
    later = dnet1[s] @ U1
""",
    "conv": """
import numpy as np
N = len(x)
xp = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
net1 = np.zeros((N, 2, 4, 4))
for i in range(4):
    for j in range(4):
        window = xp[:, :, i:i + 3, j:j + 3]
        net1[:, :, i, j] = np.tensordot(window, K1, axes=([1, 2, 3], [1, 2, 3])) + b1
h1 = np.maximum(net1, 0)
h2 = h1.reshape(N, -1)
net3 = h2 @ W3.T + b3
z = net3
J = np.sum((t - z) ** 2) / (2 * N)
dz = (z - t) / N
dnet3 = dz
dW3 = dnet3.T @ h2
db3 = dnet3.sum(axis=0)
dh2 = dnet3 @ W3
dh1 = dh2.reshape(h1.shape)
dnet1 = dh1 * (net1 > 0)
dK1 = np.zeros_like(K1)
dxp = np.zeros_like(xp)
for i in range(4):
    for j in range(4):
        window = xp[:, :, i:i + 3, j:j + 3]
        dK1 += np.tensordot(dnet1[:, :, i, j], window, axes=([0], [0]))
        dxp[:, :, i:i + 3, j:j + 3] += np.tensordot(dnet1[:, :, i, j], K1, axes=([1], [0]))
dx = dxp[:, :, 1:-1, 1:-1]
db1 = dnet1.sum(axis=(0, 2, 3))
K1_new = K1 - learning_rate * dK1
b1_new = b1 - learning_rate * db1
W3_new = W3 - learning_rate * dW3
b3_new = b3 - learning_rate * db3
""",
    "batch-norm": """
import numpy as np
N = len(x)
mu = x.mean(axis=0)
xmu = x - mu
sq = xmu ** 2
var = sq.mean(axis=0)
sd = np.sqrt(var + 0.1)
ivar = 1 / sd
xhat = xmu * ivar
gx = gamma * xhat
out = gx + beta
J = np.sum((out - t) ** 2) / 2
dout = out - t
dgx = dout
dbeta = dout.sum(axis=0)
dgamma = (dgx * xhat).sum(axis=0)
dxhat = dgx * gamma
divar = (dxhat * xmu).sum(axis=0)
dsd = -divar / sd ** 2
dvar = dsd / (2 * sd)
dsq = np.ones_like(x) * dvar / N
dxmu = dxhat * ivar + 2 * xmu * dsq
dmu = -dxmu.sum(axis=0)
dx = dxmu + dmu / N
""",
    "attention": """
import numpy as np
Q = X @ WQ
K = X @ WK
V = X @ WV
S = Q @ K.T / np.sqrt(2)
e = np.exp(S - S.max(axis=1, keepdims=True))
A = e / e.sum(axis=1, keepdims=True)
H = A @ V
L = 0.5 * np.sum((H - T) ** 2)
dH = H - T
dA = dH @ V.T
dV = A.T @ dH
dS = A * (dA - (dA * A).sum(axis=1, keepdims=True))
dQ = dS @ K / np.sqrt(2)
dK = dS.T @ Q / np.sqrt(2)
dWQ = X.T @ dQ
dWK = X.T @ dK
dWV = X.T @ dV
""",
}


def _bug(of: str, says: str, first: str, ids: str, *changes: str) -> Bug:
    pairs = tuple(zip(changes[::2], changes[1::2], strict=True))
    return Bug(of, says, first, tuple(ids.split()), pairs)


def _bugs() -> Iterator[Bug]:
    b = _bug
    # sigmoid
    yield b("sigmoid", "1/N left out of dz", "dJ/dz", "missing-one-over-n", "(z - t) / N", "z - t")
    yield b("sigmoid", "sign of dz", "dJ/dz", "sign-flipped", "(z - t) / N", "(t - z) / N")
    yield b(
        "sigmoid", "1/N twice", "dJ/dW1", "one-over-n-twice", "dW1 = dnet1.T @ x", "dW1 = dnet1.T @ x / N"
    )
    yield b(
        "sigmoid",
        "derivative forgotten",
        "dJ/dnet2",
        "missing-activation-derivative",
        "dnet2 = dz * z * (1 - z)",
        "dnet2 = dz",
    )
    yield b(
        "sigmoid",
        "derivative at the wrong place",
        "dJ/dnet1",
        "derivative-at-activation",
        "dh1 * h1 * (1 - h1)",
        "dh1 * net1 * (1 - net1)",
    )
    yield b(
        "sigmoid",
        "sigmoid' of h",
        "dJ/dnet1",
        "derivative-at-activation",
        "dh1 * h1 * (1 - h1)",
        "dh1 * sigmoid(h1) * (1 - sigmoid(h1))",
    )
    yield b(
        "sigmoid",
        "h for its derivative",
        "dJ/dnet1",
        "function-for-derivative factor-dropped",
        "dh1 * h1 * (1 - h1)",
        "dh1 * h1",
    )
    yield b("sigmoid", "1 - h alone", "dJ/dnet1", "factor-dropped", "dh1 * h1 * (1 - h1)", "dh1 * (1 - h1)")
    yield b(
        "sigmoid",
        "tanh's derivative",
        "dJ/dnet1",
        "other-function wrong-power squared factor-dropped",
        "dh1 * h1 * (1 - h1)",
        "dh1 * (1 - h1 ** 2)",
    )
    yield b(
        "sigmoid",
        "dW1 transposed",
        "dJ/dW1",
        "transposed transposed-outer-product",
        "dnet1.T @ x",
        "x.T @ dnet1",
        "learning_rate * dW1",
        "learning_rate * dW1.T",
    )
    yield b("sigmoid", "W1 not transposed", "net1", "transposed-weights", "x @ W1.T", "x @ W1")
    yield b("sigmoid", "net for h in dW2", "dJ/dW2", "wrong-layer-input", "dnet2.T @ h1", "dnet2.T @ net1")
    yield b("sigmoid", "mean over all for the sum", "J", "missing-factor-two", "/ (2 * N)", "/ N")
    yield b("sigmoid", "1/N of J left out", "J", "missing-one-over-n", "/ (2 * N)", "/ 2")
    yield b("sigmoid", "square forgotten", "J", "square-forgotten", "(t - z) ** 2", "(t - z)")
    yield b(
        "sigmoid", "2 of the square kept", "dJ/dz", "missing-factor-two", "(z - t) / N", "2 * (z - t) / N"
    )
    yield b(
        "sigmoid", "step added", "W1_new", "ascent-not-descent", "W1 - learning_rate", "W1 + learning_rate"
    )
    yield b(
        "sigmoid",
        "no learning rate",
        "W2_new",
        "learning-rate-forgotten",
        "W2 - learning_rate * dW2",
        "W2 - dW2",
    )
    yield b(
        "sigmoid",
        "updated weights",
        "dJ/dh1",
        "updated-weights-used",
        "dh1 = dnet2 @ W2",
        "dh1 = dnet2 @ (W2 - learning_rate * dW2)",
    )
    yield b(
        "sigmoid",
        "blown up",
        "dJ/dz",
        "broadcast-blow-up",
        "(z - t) / N",
        "(z - t.ravel()) / N",
        "dnet2 = dz * z * (1 - z)",
        "dnet2 = (z - t) / N * z * (1 - z)",
    )
    yield b(
        "sigmoid",
        "loss blown up",
        "J",
        "broadcast-blow-up",
        "np.sum((t - z) ** 2) / (2 * N)",
        "np.mean((t - z.ravel()) ** 2) / 2",
    )
    yield b(
        "sigmoid",
        "flat z",
        "z",
        "other-shape",
        "z = sigmoid(net2)",
        "z = sigmoid(net2).ravel()",
        "np.sum((t - z)",
        "np.sum((t.ravel() - z)",
        "dz = (z - t) / N",
        "dz = (z[:, None] - t) / N",
        "dz * z * (1 - z)",
        "(dz.ravel() * z * (1 - z))[:, None]",
    )
    yield b(
        "sigmoid",
        "whole numbers",
        "h1",
        "decimals-cut",
        "h1 = sigmoid(net1)",
        "h1 = np.zeros((3, 2), dtype=int)\nh1[:] = sigmoid(net1)",
    )
    yield b(
        "sigmoid",
        "h1 changed in place",
        "h1",
        "changed-in-place",
        "dW1 = dnet1.T @ x",
        "h1 *= 1 - h1\ndW1 = dnet1.T @ x",
    )
    yield b(
        "sigmoid",
        "dh1 changed through another name",
        "dJ/dh1",
        "changed-in-place",
        "dnet1 = dh1 * h1 * (1 - h1)",
        "dnet1 = dh1\ndnet1 *= h1 * (1 - h1)",
    )
    yield b(
        "sigmoid",
        "gradient counted twice",
        "dJ/dW2",
        "factor-doubled missing-factor-two",
        "dW2 = dnet2.T @ h1",
        "dW2 = dnet2.T @ h1\ndW2 = dW2 + dnet2.T @ h1",
    )
    # digits
    yield b("digits", "1/N left out", "dJ/dnet2", "missing-one-over-n", "delta2 /= N", "pass")
    yield b("digits", "bias forgotten", "net1", "bias-omitted", "x @ W1.T + b1", "x @ W1.T")
    yield b(
        "digits",
        "softmax over the wrong axis",
        "z",
        "wrong-axis",
        "e.sum(axis=1, keepdims=True)",
        "e.sum(axis=0, keepdims=True)",
    )
    yield b("digits", "softmax over all", "z", "wrong-axis", "e.sum(axis=1, keepdims=True)", "e.sum()")
    yield b(
        "digits",
        "labels off by one",
        "dJ/dnet2",
        "labels-off-by-one",
        "delta2[np.arange(N), labels]",
        "delta2[np.arange(N), labels - 1]",
    )
    yield b(
        "digits",
        "labels off by one in J",
        "J",
        "labels-off-by-one",
        "z[np.arange(N), labels]",
        "z[np.arange(N), labels - 1]",
    )
    yield b("digits", "z itself changed", "z", "changed-in-place", "delta2 = z.copy()", "delta2 = z")
    yield b(
        "digits",
        "bias summed over units",
        "dJ/db2",
        "summed-over-wrong-axis",
        "db2 = delta2.sum(axis=0)",
        "db2 = delta2.sum(axis=1)",
        "b2 - learning_rate * db2",
        "b2 - 0",
    )
    yield b(
        "digits", "bias not summed", "dJ/db1", "bias-not-summed", "db1 = delta1.sum(axis=0)", "db1 = delta1"
    )
    yield b(
        "digits",
        "mean for the sum",
        "dJ/db1",
        "mean-for-sum one-over-n-twice",
        "db1 = delta1.sum(axis=0)",
        "db1 = delta1.mean(axis=0)",
    )
    yield b(
        "digits",
        "bias summed with keepdims",
        "dJ/db1",
        "other-shape summed-over-wrong-axis",
        "db1 = delta1.sum(axis=0)",
        "db1 = delta1.sum(axis=0, keepdims=True)",
    )
    yield b(
        "digits",
        "bias summed to one number",
        "dJ/db2",
        "summed-over-wrong-axis",
        "db2 = delta2.sum(axis=0)",
        "db2 = delta2.sum()",
    )
    yield b(
        "digits",
        "mask from the gradient",
        "dJ/dnet1",
        "relu-mask-from-output-gradient",
        "dh1 * (net1 > 0)",
        "dh1 * (dh1 > 0)",
    )
    yield b(
        "digits",
        "mask forgotten",
        "dJ/dnet1",
        "missing-activation-derivative",
        "delta1 = dh1 * (net1 > 0)",
        "delta1 = dh1",
    )
    yield b("digits", "h for the mask", "dJ/dnet1", "function-for-derivative", "dh1 * (net1 > 0)", "dh1 * h1")
    yield b(
        "digits",
        "mask turned round",
        "dJ/dnet1",
        "arithmetic-slip complement-taken",
        "dh1 * (net1 > 0)",
        "dh1 * (net1 <= 0)",
    )
    yield b(
        "digits", "ReLU not applied", "h1", "activation-not-applied", "np.maximum(net1, 0)", "net1.copy()"
    )
    yield b(
        "digits",
        "ReLU in place",
        "net1",
        "changed-in-place",
        "h1 = np.maximum(net1, 0)",
        "h1 = net1\nh1[h1 < 0] = 0",
    )
    yield b(
        "digits",
        "dh1 masked in place",
        "dJ/dh1",
        "changed-in-place",
        "delta1 = dh1 * (net1 > 0)",
        "delta1 = dh1\ndelta1[net1 <= 0] = 0",
    )
    yield b("digits", "wrong input of dW2", "dJ/dW2", "wrong-layer-input", "delta2.T @ h1", "delta2.T @ net1")
    yield b(
        "digits",
        "dW2 transposed",
        "dJ/dW2",
        "transposed transposed-outer-product",
        "dW2 = delta2.T @ h1",
        "dW2 = h1.T @ delta2",
        "W2 - learning_rate * dW2",
        "W2 - learning_rate * dW2.T",
    )
    yield b("digits", "log to the base 10", "J", "wrong-logarithm", "-np.log(", "-np.log10(")
    yield b("digits", "sign of J", "J", "sign-flipped", "J = -np.log", "J = np.log")
    yield b("digits", "J summed", "J", "missing-one-over-n", ".sum() / N\ndelta2", ".sum()\ndelta2")
    yield b(
        "digits",
        "one-hot not subtracted",
        "dJ/dnet2",
        "arithmetic-slip factor-dropped softmax-derivative-applied-twice neighbour-taken",
        "delta2[np.arange(N), labels] -= 1",
        "pass",
    )
    yield b(
        "digits",
        "softmax twice",
        "dJ/dnet2",
        "softmax-derivative-applied-twice",
        "delta2 /= N",
        "delta2 *= z * (1 - z)\ndelta2 /= N",
    )
    yield b(
        "digits",
        "last example left out",
        "dJ/dW1",
        "example-left-out",
        "delta1.T @ x",
        "delta1[:-1].T @ x[:-1]",
    )
    yield b(
        "digits", "one example only", "dJ/dW2", "only-one-example", "delta2.T @ h1", "delta2[:1].T @ h1[:1]"
    )
    yield b(
        "digits",
        "learning rate in the gradient",
        "dJ/dW1",
        "rate-too-early",
        "dW1 = delta1.T @ x",
        "dW1 = learning_rate * delta1.T @ x",
    )
    yield b(
        "digits",
        "weights updated too early",
        "dJ/dh1",
        "updated-weights-used data-changed",
        "dh1 = delta2 @ W2",
        "W2 = W2 - learning_rate * dW2\ndh1 = delta2 @ W2",
        "W2_new = W2 - learning_rate * dW2",
        "W2_new = W2",
    )
    yield b(
        "digits",
        "data normalised",
        "net1",
        "data-changed",
        "N = len(x)",
        "N = len(x)\nx = x - x.mean(axis=0)",
    )
    yield b(
        "digits",
        "old value",
        "b2_new",
        "update-forgotten",
        "b2_new = b2 - learning_rate * db2",
        "b2_new = b2",
    )
    yield b(
        "digits",
        "step alone",
        "b1_new",
        "gradient-not-subtracted",
        "b1 - learning_rate * db1",
        "learning_rate * db1",
    )
    yield b(
        "digits", "sigmoid for ReLU", "h1", "other-function", "np.maximum(net1, 0)", "1 / (1 + np.exp(-net1))"
    )
    # rnn
    yield b("rnn", "no carry through time", "dJ/dh1<2>", "missing-path", "later = dnet1[s] @ U1", "pass")
    yield b(
        "rnn",
        "only the carry",
        "dJ/dh1<2>",
        "missing-path",
        "dh1[s] = dz[s] @ W2 + later",
        "dh1[s] = dz[s] @ W2 if s == S - 1 else later",
    )
    yield b("rnn", "recurrent matrix transposed", "net1<2>", "transposed-weights", "h @ U1.T", "h @ U1")
    yield b(
        "rnn",
        "transposed on the way back",
        "dJ/dh1<2>",
        "transposed-weights index-transposed",
        "dnet1[s] @ U1",
        "dnet1[s] @ U1.T",
    )
    yield b(
        "rnn",
        "tanh' forgotten",
        "dJ/dnet1<3>",
        "missing-activation-derivative",
        "dh1[s] * (1 - h1[s] ** 2)",
        "dh1[s] * 1.0",
    )
    yield b(
        "rnn",
        "tanh' at h",
        "dJ/dnet1<3>",
        "derivative-at-activation",
        "(1 - h1[s] ** 2)",
        "(1 - np.tanh(h1[s]) ** 2)",
    )
    yield b("rnn", "1 - h", "dJ/dnet1<3>", "square-forgotten", "(1 - h1[s] ** 2)", "(1 - h1[s])")
    yield b(
        "rnn",
        "only the last step",
        "dJ/dW1",
        "one-step-only missing-path",
        "dW1 += dnet1[s].T @ x[:, s]",
        "dW1 = dnet1[s].T @ x[:, s] if s == S - 1 else dW1",
    )
    yield b("rnn", "only the first step", "dJ/db1", "missing-path", "db1 += ", "db1 = ")
    yield b(
        "rnn", "h of the same step", "dJ/dU1", "neighbour-taken", "dnet1[s].T @ before", "dnet1[s].T @ h1[s]"
    )
    yield b("rnn", "bias forgotten", "net1<1>", "bias-omitted", "+ h @ U1.T + b1", "+ h @ U1.T")
    yield b(
        "rnn", "1/N left out", "dJ/dz<3>", "missing-one-over-n", "(z[s] - t[:, s]) / N", "(z[s] - t[:, s])"
    )
    yield b("rnn", "sign", "dJ/dz<3>", "sign-flipped", "(z[s] - t[:, s]) / N", "(t[:, s] - z[s]) / N")
    yield b("rnn", "J without 1/N", "J", "missing-one-over-n", "/ (2 * N)", "/ 2")
    yield b(
        "rnn",
        "bias over the wrong axis",
        "dJ/db2",
        "summed-over-wrong-axis",
        "db2 += dz[s].sum(axis=0)",
        "db2 = db2 + dz[s].sum()",
    )
    yield b(
        "rnn",
        "net for h",
        "dJ/dW2",
        "wrong-layer-input neighbour-taken",
        "dz[s].T @ h1[s]",
        "dz[s].T @ net1[s]",
    )
    # conv
    yield b(
        "conv",
        "kernel turned round",
        "net1",
        "kernel-flipped",
        "np.tensordot(window, K1, ",
        "np.tensordot(window, K1[:, :, ::-1, ::-1], ",
    )
    yield b(
        "conv",
        "bias forgotten",
        "net1",
        "bias-omitted",
        "axes=([1, 2, 3], [1, 2, 3])) + b1",
        "axes=([1, 2, 3], [1, 2, 3]))",
    )
    yield b(
        "conv", "mask forgotten", "dJ/dnet1", "missing-activation-derivative", "dh1 * (net1 > 0)", "dh1 * 1"
    )
    yield b(
        "conv",
        "mask from the gradient",
        "dJ/dnet1",
        "relu-mask-from-output-gradient",
        "dh1 * (net1 > 0)",
        "dh1 * (dh1 > 0)",
    )
    yield b(
        "conv",
        "gradient of the kernel turned round",
        "dJ/dK1",
        "kernel-flipped",
        "dx = dxp",
        "dK1 = dK1[:, :, ::-1, ::-1].copy()\ndx = dxp",
    )
    yield b(
        "conv",
        "bias summed over places only",
        "dJ/db1",
        "summed-over-wrong-axis",
        "dnet1.sum(axis=(0, 2, 3))",
        "dnet1.sum(axis=(2, 3))",
    )
    yield b(
        "conv",
        "bias summed over examples only",
        "dJ/db1",
        "summed-over-wrong-axis",
        "dnet1.sum(axis=(0, 2, 3))",
        "dnet1.sum(axis=0)",
        "b1 - learning_rate * db1",
        "b1 - 0",
    )
    yield b(
        "conv",
        "mean of the places",
        "dJ/db1",
        "mean-for-sum",
        "dnet1.sum(axis=(0, 2, 3))",
        "dnet1.mean(axis=(0, 2, 3))",
    )
    yield b("conv", "1/N left out", "dJ/dz", "missing-one-over-n", "(z - t) / N", "(z - t)")
    yield b("conv", "example left out", "dJ/dW3", "example-left-out", "dnet3.T @ h2", "dnet3[1:].T @ h2[1:]")
    yield b(
        "conv",
        "ReLU not applied",
        "h1",
        "activation-not-applied",
        "h1 = np.maximum(net1, 0)",
        "h1 = net1 + 0",
    )
    yield b("conv", "step added", "K1_new", "ascent-not-descent", "K1 - learning_rate", "K1 + learning_rate")
    # batch norm
    yield b(
        "batch-norm", "no path through the mean", "dJ/dx", "missing-path", "dx = dxmu + dmu / N", "dx = dxmu"
    )
    yield b(
        "batch-norm",
        "1/N of the mean forgotten",
        "dJ/dx",
        "factor-dropped arithmetic-slip mean-for-sum missing-one-over-n",
        "dx = dxmu + dmu / N",
        "dx = dxmu + dmu",
    )
    yield b(
        "batch-norm",
        "no path through the variance",
        "dJ/dxmu",
        "missing-path",
        "dxhat * ivar + 2 * xmu * dsq",
        "dxhat * ivar",
    )
    yield b(
        "batch-norm",
        "2 of the square",
        "dJ/dxmu",
        "missing-factor-two factor-dropped",
        "2 * xmu * dsq",
        "xmu * dsq",
    )
    yield b(
        "batch-norm",
        "variance over the wrong axis",
        "mu",
        "wrong-axis",
        "mu = x.mean(axis=0)",
        "mu = x.mean(axis=1, keepdims=True)",
    )
    yield b(
        "batch-norm", "mean over all", "mu", "wrong-axis", "mu = x.mean(axis=0)", "mu = np.full(3, x.mean())"
    )
    yield b(
        "batch-norm",
        "sample variance",
        "var",
        "n-minus-one",
        "var = sq.mean(axis=0)",
        "var = sq.sum(axis=0) / (N - 1)",
    )
    yield b(
        "batch-norm",
        "root forgotten",
        "sd",
        "function-dropped activation-not-applied",
        "np.sqrt(var + 0.1)",
        "var + 0.1",
    )
    yield b(
        "batch-norm",
        "gamma forgotten",
        "dJ/dxhat",
        "local-forgotten factor-dropped",
        "dxhat = dgx * gamma",
        "dxhat = dgx * 1",
    )
    yield b(
        "batch-norm",
        "gamma's gradient without xhat",
        "dJ/dgamma",
        "local-forgotten factor-dropped",
        "(dgx * xhat).sum(axis=0)",
        "dout.sum(axis=0)",
    )
    yield b(
        "batch-norm",
        "x for xhat",
        "dJ/dgamma",
        "neighbour-taken wrong-layer-input",
        "(dgx * xhat).sum(axis=0)",
        "(dout * xmu).sum(axis=0)",
    )
    yield b("batch-norm", "sign of 1/x", "dJ/dsd", "sign-flipped", "dsd = -divar", "dsd = divar")
    yield b("batch-norm", "power of 1/x", "dJ/dsd", "square-forgotten wrong-power", "sd ** 2", "sd")
    # attention
    yield b("attention", "no sqrt(d)", "S", "factor-dropped", "S = Q @ K.T / np.sqrt(2)", "S = Q @ K.T")
    yield b(
        "attention",
        "divided by d",
        "S",
        "function-dropped square-forgotten factor-dropped",
        "S = Q @ K.T / np.sqrt(2)",
        "S = Q @ K.T / 2",
    )
    yield b(
        "attention",
        "softmax over the wrong axis",
        "A",
        "wrong-axis",
        "e.sum(axis=1, keepdims=True)",
        "e.sum(axis=0, keepdims=True)",
    )
    yield b(
        "attention",
        "no sqrt(d) on the way back",
        "dL/dQ",
        "factor-dropped",
        "dQ = dS @ K / np.sqrt(2)",
        "dQ = dS @ K",
    )
    yield b(
        "attention",
        "only the diagonal of softmax",
        "dL/dS",
        "off-diagonal-jacobian-dropped",
        "A * (dA - (dA * A).sum(axis=1, keepdims=True))",
        "A * (1 - A) * dA",
    )
    yield b(
        "attention",
        "softmax backwards over the wrong axis",
        "dL/dS",
        "wrong-axis",
        "(dA * A).sum(axis=1, keepdims=True)",
        "(dA * A).sum(axis=0, keepdims=True)",
    )
    yield b(
        "attention",
        "A not transposed",
        "dL/dV",
        "transposed transposed-weights index-transposed",
        "dV = A.T @ dH",
        "dV = A @ dH",
    )
    yield b("attention", "K for Q", "dL/dK", "neighbour-taken wrong-layer-input", "dS.T @ Q", "dS.T @ K")
    yield b(
        "attention",
        "dS not transposed",
        "dL/dK",
        "index-transposed transposed transposed-weights",
        "dS.T @ Q",
        "dS @ Q",
    )
    yield b("attention", "sign of the loss", "dL/dH", "sign-flipped", "dH = H - T", "dH = T - H")
    yield b("attention", "1/2 forgotten", "L", "missing-factor-two", "0.5 * np.sum", "np.sum")
    yield b(
        "attention",
        "dH for dA",
        "dL/dA",
        "other-shape",
        "dA = dH @ V.T",
        "dA = (dH @ V.T)[None]",
        "dS = A * (dA -",
        "dA0 = dA[0]\ndS = A * (dA0 -",
        "(dA * A).sum",
        "(dA0 * A).sum",
    )
    yield b(
        "attention",
        "Q and K exchanged",
        "S",
        "transposed index-transposed neighbour-taken",
        "S = Q @ K.T",
        "S = K @ Q.T",
    )
    last = "axis=1, keepdims=True"
    for of, shares in (("digits", "z"), ("attention", "A")):
        divided = f"{shares} = e / e.sum({last})"
        yield b(of, "not divided by the sum", shares, "not-normalised", divided, f"{shares} = e")
        by_mean = f"{shares} = e / e.mean({last})"
        yield b(of, "divided by the mean", shares, "not-normalised", divided, by_mean)
        yield b(of, "another largest taken off", shares, "wrong-axis", f".max({last})", ".max(axis=0)")
    yield b("attention", "a mean in softmax's derivative", "dL/dS", "mean-for-sum", f"A).sum({last})",
            f"A).mean({last})")  # fmt: skip
    over_all, mean = ("sum()", "summed-over-wrong-axis"), ("mean(axis=0)", "mean-for-sum")
    for line, first, ways in (
        ("dgamma = (dgx * xhat).", "dJ/dgamma", (over_all, mean, ("sum(axis=1)", over_all[1]))),
        ("divar = (dxhat * xmu).", "dJ/divar", (over_all, mean)),
        ("dmu = -dxmu.", "dJ/dmu", (over_all, mean)),
    ):
        for reduced, ids in ways:
            yield b("batch-norm", f"{first}: {reduced}", first, ids, f"{line}sum(axis=0)", line + reduced)


for _name in SHIPPED_PROGRAMS:
    EXERCISES[_name] = f"shipped {_name}"
RIGHT |= SHIPPED_PROGRAMS
_SHIPPED = (_bug(of, new.strip(), first, ids, old, new) for of, first, ids, old, new in SHIPPED_BUGS)
BUGS = (*_bugs(), *_SHIPPED)


def program(of: str, changes: tuple[tuple[str, str], ...] = ()) -> str:
    """The right program for an exercise, with `changes`."""
    text = RIGHT[of]
    for old, new in changes:
        if old not in text:
            raise ValueError(f"{of} holds no {old!r}")
        text = text.replace(old, new)
    return text

"""Programs for tests: right ones for a few exercises, into which a bug can be planted by changing a line."""

from pathlib import Path

RIGHT_EXERCISE3 = """\
import numpy as np

DATA
sigmoid = lambda a: 1 / (1 + np.exp(-a))
net1 = x @ W1.T
h1 = sigmoid(net1)
net2 = h1 @ W2.T
z = sigmoid(net2)
J = np.sum((t - z) ** 2) / (2 * N)
dz = (z - t) / N
delta2 = dz * z * (1 - z)
dW2 = delta2.T @ h1
dh1 = delta2 @ W2
dnet1 = dh1 * h1 * (1 - h1)
dW1 = dnet1.T @ x
W1_new = W1 - learning_rate * dW1
W2_new = W2 - learning_rate * dW2
"""


def data_of(exercise: str) -> str:
    """The lines of a skeleton that set an exercise's data."""
    from backprop_tutor import load, solve
    from backprop_tutor.render.code.skeleton import skeleton

    return skeleton(solve(load(exercise)))[1].code


def exercise3(*changes: tuple[str, str]) -> str:
    """The right program for exercise3 with some of its lines changed."""
    text = RIGHT_EXERCISE3.replace("DATA", f"{data_of('exercise3')}\nN = len(x)")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def written(folder: Path, text: str, name: str = "mine.py") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path

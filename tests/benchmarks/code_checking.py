"""`code` on a right and a wrong program of 784-256-10, batch 64, whole process, against running it alone."""

import shutil
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
from measure import in_turn, report
from one_quantity import EXERCISE
from sample_networks import network

from backprop_tutor import load, solve
from backprop_tutor.programs.array_check import ArrayChecker

PROGRAM = """
import numpy as np
data = np.load(r"FOLDER/data.npz")
x, t, W1, b1, W2, b2 = (data[name] for name in ("x", "t", "W1", "b1", "W2", "b2"))
N, learning_rate = len(x), 0.1
net1 = x @ W1.T + b1
h1 = np.maximum(net1, 0)
net2 = h1 @ W2.T + b2
powers = np.exp(net2 - net2.max(axis=1, keepdims=True))
z = powers / powers.sum(axis=1, keepdims=True)
J = -np.sum(t * np.log(z)) / N
dnet2 = (z - t) / N
db2 = dnet2.sum(axis=0)
dW2 = dnet2.T @ h1
dh1 = dnet2 @ W2
dnet1 = dh1 * (net1 > 0)
db1 = dnet1.sum(axis=0)
dW1 = dnet1.T @ x
W1_new = W1 - learning_rate * dW1
b1_new = b1 - learning_rate * db1
W2_new = W2 - learning_rate * dW2
b2_new = b2 - learning_rate * db2
"""
BUGS = (("dnet2 = (z - t) / N", "dnet2 = z - t"),)
MORE_BUGS = (
    *BUGS,
    ("dh1 * (net1 > 0)", "dh1 * (dh1 > 0)"),
    ("db1 = dnet1.sum(axis=0)", "db1 = dnet1.mean(axis=0)"),
    ("dW1 = dnet1.T @ x", "dW1 = dnet1.T @ x / N"),
    ("W1 - learning_rate", "W1 + learning_rate"),
)
ASK = (
    "learning_rate: 1/10\nask: [net1, h1, net2, z, J, dJ/dnet2, dJ/db2, dJ/dW2, dJ/dh1, dJ/dnet1, dJ/db1,"
    " dJ/dW1, W1_new, b1_new, W2_new, b2_new]\n"
)


def run(*, full: bool) -> None:
    command = shutil.which("backprop-tutor", path=str(Path(sys.executable).parent))
    if not command:
        print("  left out: backprop-tutor is not installed beside this Python")
        return
    with tempfile.TemporaryDirectory() as folder:
        _, leaves = network([784, 256, 10], "relu", "softmax", "cross_entropy", examples=64)
        np.savez(Path(folder, "data.npz"), **leaves)
        exercise = Path(folder, "large.yaml")
        exercise.write_text(EXERCISE + ASK, encoding="utf-8")
        right, wrong = Path(folder, "right.py"), Path(folder, "wrong.py")
        text = PROGRAM.replace("FOLDER", folder)
        right.write_text(text, encoding="utf-8")
        wrong.write_text(planted(text, BUGS), encoding="utf-8")
        commands = [[sys.executable, str(right)]]
        commands += [[command, "code", str(exercise), str(file)] for file in (right, wrong)]
        alone, on_right, on_wrong = in_turn(*map(ended, commands), rounds=25 if full else 9)
        print(
            f"  alone {alone * 1e3:.0f} ms, code on the right program {on_right * 1e3:.0f} ms, on a wrong "
            f"one {on_wrong * 1e3:.0f} ms"
        )
        report("code on a right program / the program alone", on_right / alone, 2.5)
        report("code on a wrong program / the program alone", on_wrong / alone, 2.5)
        checker = ArrayChecker(solve(load(exercise)))
        space: dict[str, object] = {}
        exec(compile(planted(text, MORE_BUGS), "wrong.py", "exec"), space)
        start = perf_counter()
        result = checker.check(space)
        taken = perf_counter() - start
    found = [v for v in result.verdicts if v.misconceptions]
    print(f"  {len(found)} slips named, with the exercise solved")
    report("diagnosis of all arrays, five bugs", taken, 1.0, unit=" s")


def ended(command: list[str]):  # type: ignore[no-untyped-def]
    import subprocess

    return lambda: subprocess.run(command, capture_output=True, check=False)


def planted(text: str, bugs: tuple[tuple[str, str], ...]) -> str:
    for old, new in bugs:
        assert old in text
        text = text.replace(old, new)
    return text


if __name__ == "__main__":
    run(full=False)

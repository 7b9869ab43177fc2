"""Whole process: one weight's gradient of 784-256-10, batch 64, against one float pass over its data."""

import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from measure import commands_in_turn, report
from sample_networks import network

EXERCISE = """\
title: A large network
network:
  layers:
    - {activation: relu, weights: {file: data.npz, array: W1}, bias: {file: data.npz, array: b1}}
    - {activation: softmax, weights: {file: data.npz, array: W2}, bias: {file: data.npz, array: b2}}
data:
  x: {file: data.npz, array: x}
  t: {file: data.npz, array: t}
loss: cross_entropy
"""
NUMPY = """
import numpy as np
with np.load(r"FOLDER/data.npz") as file:
    v = {name: file[name] for name in file}
N = len(v["x"])
net1 = v["x"] @ v["W1"].T + v["b1"]
h1 = np.maximum(net1, 0)
net2 = h1 @ v["W2"].T + v["b2"]
powers = np.exp(net2 - net2.max(axis=1, keepdims=True))
z = powers / powers.sum(axis=1, keepdims=True)
J = -np.sum(v["t"] * np.log(z)) / N
delta2 = (z - v["t"]) / N
delta1 = (delta2 @ v["W2"]) * (net1 > 0)
print((delta1.T @ v["x"])[2, 3])
"""
LIBRARY = """
from backprop_tutor.engine.evaluate import float_gradients, float_pass
from backprop_tutor.exercise.load import load
exercise = load(r"FOLDER/large.yaml")
values = float_pass(exercise.graph, exercise.values)
print(float_gradients(exercise.graph, values)["W1"][2, 3])
"""


def run(*, full: bool) -> None:
    program = shutil.which("backprop-tutor", path=str(Path(sys.executable).parent))
    if not program:
        print("  left out: backprop-tutor is not installed beside this Python")
        return
    with tempfile.TemporaryDirectory() as folder:
        _, leaves = network([784, 256, 10], "relu", "softmax", "cross_entropy", examples=64)
        np.savez(Path(folder, "data.npz"), **leaves)
        Path(folder, "large.yaml").write_text(EXERCISE, encoding="utf-8")
        solve = [program, "solve", f"{folder}/large.yaml", "--quantity", "dJ/dW1[3,4]"]
        numpy, library = (
            [sys.executable, "-c", script.replace("FOLDER", folder)] for script in (NUMPY, LIBRARY)
        )
        ours, by_numpy, by_library = commands_in_turn(solve, numpy, library, rounds=25 if full else 9)
    print(
        f"  solve --quantity {ours * 1e3:.0f} ms; load and one pass: in NumPy alone {by_numpy * 1e3:.0f} ms, "
        f"with this library {by_library * 1e3:.0f} ms"
    )
    report("solve / load and one pass with this library", ours / by_library, 1.5)
    report("solve / load and one pass in NumPy alone", ours / by_numpy, 1.5)

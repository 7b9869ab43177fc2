"""Whole process: a derivation of long formulas on a terminal, against its plain lines."""

import shutil
import sys
import tempfile
from pathlib import Path

from measure import commands_in_turn, report

ATTENTION = """\
title: One head of attention
graph:
  given:
    X: [[1/2, 1/5, 1/10, -1/10], [0, 3/10, -1/5, 1/5], [2/5, -1/10, 0, 3/10]]
    T: [[1/10, 0, 1/20, -1/20], [0, 1/10, -1/20, 1/20], [1/20, -1/20, 1/10, 0]]
  parameters:
    WQ: [[1/5, -1/10, 0, 3/10], [1/10, 0, 1/5, -1/5], [-1/10, 3/10, 1/10, 0], [0, 1/5, -1/5, 1/10]]
    WK: [[1/10, 1/5, 0, -1/10], [0, 1/10, 3/10, 0], [1/5, -1/5, 1/10, 1/10], [-1/10, 0, 1/5, 1/5]]
    WV: [[3/10, 1/10, 0, -1/5], [0, 1/5, 1/10, 0], [1/10, -1/10, 1/5, 1/10], [0, 1/10, -1/5, 3/10]]
  compute:
    Q: X @ WQ
    K: X @ WK
    V: X @ WV
    S: Q @ K.T / 2
    P: softmax(S)
    A: P @ V
    L: half_sse(A, T)
  loss: L
"""
LIMIT = 1.35


def run(*, full: bool) -> None:
    program = shutil.which("backprop-tutor", path=str(Path(sys.executable).parent))
    if not program:
        print("  left out: backprop-tutor is not installed beside this Python")
        return
    with tempfile.TemporaryDirectory() as folder:
        exercise = Path(folder) / "attention.yaml"
        exercise.write_text(ATTENTION, encoding="utf-8")
        command = [program, "explain", str(exercise), "dL/dWQ"]
        drawn, plain = commands_in_turn(command, [*command, "--plain"], rounds=9 if full else 3)
    print(f"  explain dL/dWQ of one head of attention: {drawn:.2f} s, with --plain {plain:.2f} s")
    report("explain / explain --plain", drawn / plain, LIMIT)

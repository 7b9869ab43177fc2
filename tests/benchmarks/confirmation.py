"""Whole process: what `solve` takes to confirm gradients, as a recurrence grows and against the imports."""

import shutil
import sys
import tempfile
from pathlib import Path

from measure import commands_in_turn, report
from start_up import IMPORTS

SOFTMAX = """\
title: 3-4-3
network:
  layers:
    - activation: tanh
      weights: [[0.1, 0.2, 0.3], [0.4, -0.5, 0.6], [-0.7, 0.8, 0.9], [0.1, -0.2, 0.3]]
      bias: [0.1, 0.2, 0.3, 0.4]
    - activation: softmax
      weights: [[0.1, 0.2, 0.3, 0.4], [0.4, -0.5, 0.6, 0.1], [-0.7, 0.8, 0.9, -0.3]]
      bias: [0, 0.1, 0.2]
data:
  - {x: [1, 2, 3], t: [1, 0, 0]}
  - {x: [1, 0, 3], t: [0, 1, 0]}
  - {x: [-1, 2, 0], t: [0, 0, 1]}
  - {x: [1, -2, 1], t: [1, 0, 0]}
loss: cross_entropy
learning_rate: 0.1
"""


def recurrence(steps: int) -> str:
    """An Elman network unrolled by hand, with a squared error at every step."""
    numbers = range(1, steps + 1)
    given = [f"x{k}: [{k}/{steps}], y{k}: [{k + 1}/{steps}]" for k in numbers]
    lines = [
        f"    a{k}: Wxh @ x{k} + Whh @ h{k - 1} + bh\n    h{k}: tanh(a{k})\n    o{k}: Why @ h{k} + by"
        for k in numbers
    ]
    losses = " + ".join(f"half_sse(o{k}, y{k})" for k in numbers)
    return f"""\
title: A recurrence of {steps} steps
graph:
  given: {{{", ".join(given)}, h0: [0, 0]}}
  parameters: {{Wxh: [[0.1], [-0.2]], Whh: [[0.3, 0.1], [0, 0.2]], bh: [0, 0], Why: [[1, -1]], by: [0]}}
  compute:
{chr(10).join(lines)}
    L: {losses}
  loss: L
learning_rate: 0.01
"""


def run(*, full: bool) -> None:
    program = shutil.which("backprop-tutor", path=str(Path(sys.executable).parent))
    if not program:
        print("  left out: backprop-tutor is not installed beside this Python")
        return
    rounds = 9 if full else 3
    with tempfile.TemporaryDirectory() as folder:

        def solve(name: str, text: str) -> list[str]:
            file = Path(folder, f"{name}.yaml")
            file.write_text(text, encoding="utf-8")
            return [program, "solve", str(file), "--plain"]

        commands = [solve(f"steps{steps}", recurrence(steps)) for steps in (4, 6, 16)]
        four, six, sixteen = commands_in_turn(*commands, rounds=rounds)
        print(f"  4, 6 and 16 steps: {four:.2f}, {six:.2f} and {sixteen:.2f} s")
        report("solve of 6 steps / of 4", six / four, 5)
        report("solve of 16 steps / of 4", sixteen / four, 5)
        imports = [sys.executable, "-c", f"{IMPORTS}, sympy"]
        seconds, baseline = commands_in_turn(solve("softmax", SOFTMAX), imports, rounds=rounds)
        print(f"  3-4-3 softmax, four examples: {seconds:.2f} s, against {baseline:.2f} s")
        report(f"solve / {IMPORTS}, sympy", seconds / baseline, 2)

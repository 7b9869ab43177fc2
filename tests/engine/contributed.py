"""The program with the entries of docs/adding-an-op.md in its tables, and nothing else changed.

Run as a program, and imported by the workers that it starts.
"""

import re
from fractions import Fraction
from pathlib import Path

from backprop_tutor.engine import ops
from backprop_tutor.engine.op import Activation, Loss, Op, axes_of, elementwise
from backprop_tutor.engine.optimizers import OPTIMIZERS, Optimizer, UpdateEquation
from backprop_tutor.engine.setting import Setting

PAGE = Path(__file__).parents[2] / "docs" / "adding-an-op.md"
NAMES = {
    named.__name__: named
    for named in (Activation, UpdateEquation, Fraction, Loss, Op, Optimizer, Setting, axes_of, elementwise)
}


def entries() -> list[Op | Optimizer]:
    found = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [eval(compile(block, PAGE.name, "eval"), dict(NAMES)) for block in found]  # our own page


if __name__ in ("__main__", "__mp_main__"):  # tests that import this keep the tables that they have
    for entry in entries():
        if isinstance(entry, Optimizer):
            OPTIMIZERS[entry.name] = entry
        else:
            ops.register(entry)

if __name__ == "__main__":
    from backprop_tutor.cli.app import app

    app()

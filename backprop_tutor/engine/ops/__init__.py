"""The ops table: one entry an op. To add an op, add an entry to one of the files here."""

from backprop_tutor.engine.op import Forward, Op
from backprop_tutor.engine.ops import (
    arithmetic,
    arrays,
    choices,
    convolution,
    functions,
    layers,
    normalization,
    picking,
    pooling,
    recurrent,
    reductions,
    standardizing,
    trigonometry,
)
from backprop_tutor.engine.ops.arrays import STEP_SUM
from backprop_tutor.engine.systems.base import RULES
from backprop_tutor.errors import UsageError
from backprop_tutor.language.expr import OPERATORS

__all__ = ["FUNCTIONS", "STEP_SUM", "TABLE", "WHOLE", "activations", "get", "losses", "register"]

TABLE: dict[str, Op] = {}
FUNCTIONS: dict[str, str] = {}
"""Every spelling of a function in files and answers, with the op it names."""

WHOLE: dict[str, Forward] = {**convolution.WHOLE, **pooling.WHOLE, **reductions.WHOLE}
"""Functions that only formulas of whole arrays hold: what backward rules are written with."""


def register(op: Op) -> Op:
    """Put an op into the table: from here on it works in every part of the program."""
    TABLE[op.name] = op
    RULES[op.name] = op.forward
    if op.name not in OPERATORS and op.name not in {"index", "identity", "rows"}:
        FUNCTIONS.update(dict.fromkeys((op.name, *op.aliases), op.name))
    return op


def get(name: str) -> Op:
    """The op called `name`. Raises UsageError naming it when there is none."""
    try:
        return TABLE[name]
    except KeyError:
        raise UsageError(
            f"there is no op called {name!r}", hint="An op is one entry in engine/ops."
        ) from None


def activations() -> dict[str, Op]:
    """The ops that a layer may apply, by the words that files have for them."""
    return {op.activation.word or op.name: op for op in TABLE.values() if op.activation}


def losses() -> dict[str, Op]:
    """The ops that may be a network's loss, by name."""
    return {op.name: op for op in TABLE.values() if op.loss}


_FILES = (
    arithmetic,
    functions,
    trigonometry,
    layers,
    recurrent,
    standardizing,
    arrays,
    picking,
    reductions,
    choices,
    convolution,
    pooling,
    normalization,
)
for _op in (op for file in _FILES for op in file.OPS):
    register(_op)

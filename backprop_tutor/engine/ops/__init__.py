"""The ops table: one entry an op. To add an op, add an entry to one of the files here."""

from collections.abc import Callable, Mapping

from backprop_tutor.engine.op import Forward, Loss, Op
from backprop_tutor.engine.ops import (
    arithmetic,
    arrays,
    choices,
    convolution,
    derivatives,
    functions,
    layers,
    normalization,
    penalties,
    picking,
    pooling,
    recurrent,
    reductions,
    standardizing,
    trigonometry,
)
from backprop_tutor.engine.ops import losses as loss_ops
from backprop_tutor.engine.ops.arrays import STEP_MEAN, STEP_SUM
from backprop_tutor.engine.systems.base import BACKWARD, CHAINS, RULES
from backprop_tutor.errors import UsageError
from backprop_tutor.language.expr import OPERATORS

__all__ = [
    "CHAINS",
    "FUNCTIONS",
    "LOSS_WORDS",
    "STEP_MEAN",
    "STEP_SUM",
    "TABLE",
    "WHOLE",
    "activations",
    "get",
    "loss_of",
    "loss_words",
    "losses",
    "register",
]

TABLE: dict[str, Op] = {}
LOSS_WORDS: dict[str, Callable[[Loss], Mapping[str, str]]] = {
    "reduction": lambda loss: loss.ways,
    "from": lambda loss: {"logits": loss.logits} if loss.logits else {},
}
"""The settings of a loss that are words: what each value makes of it, another op."""
FUNCTIONS: dict[str, str] = {}
"""Every spelling of a function in files and answers, with the op it names."""

WHOLE: dict[str, Forward] = {**convolution.WHOLE, **pooling.WHOLE, **reductions.WHOLE}
"""Functions that only formulas of whole arrays hold: what backward rules are written with."""


def register(op: Op) -> Op:
    """Put an op into the table: from here on it works in every part of the program."""
    TABLE[op.name] = op
    RULES[op.name] = op.forward
    BACKWARD[op.name] = op.vjp
    if op.chains:
        CHAINS[op.chains] = op.name
    by_setting = op.loss is not None and op.loss.by_setting
    if op.name not in OPERATORS and op.spelled and not by_setting:
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
    return {op.name: op for op in TABLE.values() if op.loss and not op.loss.by_setting}


def loss_of(name: str, words: Mapping[str, str]) -> str:
    """The op of a loss with these `reduction` and `from`, of those that are said. Raises UsageError."""
    for word, value in sorted(words.items()):  # `from` first
        loss = get(name).loss
        ways: Mapping[str, str] = {} if loss is None else LOSS_WORDS[word](loss)
        if not ways.get(value):
            can = " or ".join(ways)
            raise UsageError(
                f"{name} has no {word} {value}", hint=f"It can be {can}." if can else f"It takes no {word}."
            )
        name = ways[value]
    return name


def loss_words(op: str) -> tuple[str, dict[str, str]]:
    """How files and answers call the op of a loss: the name of one, with its `from` and `reduction`."""
    choices = {} if op in losses() else {name: known.loss for name, known in losses().items()}
    for name, loss in choices.items():
        for source in ("", *LOSS_WORDS["from"](loss)) if loss else ():
            for reduction in ("", *LOSS_WORDS["reduction"](loss)) if loss else ():
                words = {key: word for key, word in (("from", source), ("reduction", reduction)) if word}
                if loss_of(name, words) == op:
                    return name, words
    return op, {}


_FILES = (
    arithmetic,
    functions,
    trigonometry,
    layers,
    loss_ops,
    penalties,
    recurrent,
    standardizing,
    arrays,
    picking,
    reductions,
    choices,
    convolution,
    pooling,
    normalization,
    derivatives,
)
for _op in (op for file in _FILES for op in file.OPS):
    register(_op)

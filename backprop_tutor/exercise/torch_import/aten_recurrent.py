"""PyTorch's recurrent layers as recurrences: a line is written once for every step."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from backprop_tutor.exercise.torch_import.lowering import AtenRule, Constant, Lowering, UnknownOpError
from backprop_tutor.exercise.torch_import.tensor_places import Base, Tensor, UnspeakableError, joined, number
from backprop_tutor.language.expr import Call, Expr, Item, Num, Slice, Sym
from backprop_tutor.language.step_index import split_step

__all__ = ["RECURRENT_RULES"]

Lines = Iterator[tuple[str, Expr]]
Cell = Callable[..., Lines]  # from the input, the states and the weights to lines, the new states last
LETTERS = "skmnpq"


def _rnn(
    word: str, to: Lowering, x: Expr, states: Sequence[Expr], weights: Sequence[Any], units: int
) -> Lines:
    net = _both(to, x, states[0], weights)
    yield "net", net
    yield "h", Call(word, (Sym("net"),))


def _lstm(to: Lowering, x: Expr, states: Sequence[Expr], weights: Sequence[Any], units: int) -> Lines:
    yield "net", _both(to, x, states[0], weights)
    for at, (gate, word) in enumerate((("i", "sigmoid"), ("f", "sigmoid"), ("g", "tanh"), ("o", "sigmoid"))):
        yield gate, Call(word, (_columns("net", at, units),))
    yield "c", to.formula("f * c + i * g", f=Sym("f"), c=states[1], i=Sym("i"), g=Sym("g"))
    yield "h", to.formula("o * tanh(c)", o=Sym("o"), c=Sym("c"))


def _gru(to: Lowering, x: Expr, states: Sequence[Expr], weights: Sequence[Any], units: int) -> Lines:
    inward, back, *biases = weights
    yield "net_x", _product(to, x, inward, biases[:1])
    yield "net_h", _product(to, states[0], back, biases[1:])
    for at, gate in enumerate("ru"):
        a, b = (_columns(net, at, units) for net in ("net_x", "net_h"))
        yield gate, to.formula("sigmoid(a + b)", a=a, b=b)
    a, b = (_columns(net, 2, units) for net in ("net_x", "net_h"))
    yield "n", to.formula("tanh(a + r * b)", a=a, b=b, r=Sym("r"))
    yield "h", to.formula("(1 - u) * n + u * h", u=Sym("u"), n=Sym("n"), h=states[0])


CELLS: dict[str, tuple[Cell, tuple[str, ...]]] = {
    "rnn_tanh": (partial(_rnn, "tanh"), ("h",)),
    "rnn_relu": (partial(_rnn, "relu"), ("h",)),
    "lstm": (_lstm, ("h", "c")),
    "gru": (_gru, ("h",)),
}


def _product(to: Lowering, x: Expr, weights: Any, bias: Sequence[Any]) -> Expr:
    tensor = to.tensor(weights)
    turned = tensor.moved(tensor.places.T)
    return to.formula("x @ w + b", x=x, w=turned, b=bias[0]) if bias else to.formula("x @ w", x=x, w=turned)


def _both(to: Lowering, x: Expr, h: Expr, weights: Sequence[Any]) -> Expr:
    inward, back, *biases = weights
    return to.formula("a + b", a=_product(to, x, inward, biases[:1]), b=_product(to, h, back, biases[1:]))


def _columns(name: str, at: int, units: int) -> Expr:
    """The gate's share of the columns; `...` is filled in once the examples are known."""
    return Item(Sym(name), (Slice(number(at * units + 1), number((at + 1) * units)),))


def _layers(
    word: str,
    to: Lowering,
    x: Any,
    first: Any,
    weights: Sequence[Any],
    has_biases: bool,
    layers: int,
    dropout: float,
    train: bool,
    bidirectional: bool,
    batch_first: bool,
) -> tuple[Any, ...]:
    """What aten.lstm and its like give: the outputs of all steps, then the last states."""
    if dropout and train and layers > 1:
        raise UnknownOpError("with dropout between its layers: call eval() first")
    directions, group = 1 + bidirectional, 4 if has_biases else 2
    if len(weights) != layers * directions * group:
        raise UnknownOpError("with projections")
    first = list(first) if isinstance(first, list | tuple) else [first]
    steps = to.tensor(x)
    steps = steps.moved(steps.places.swapaxes(0, 1)) if batch_first else steps
    ends: list[list[Tensor]] = [[] for _ in first]
    for layer in range(layers):
        outputs = []
        for direction in range(directions):
            at = layer * directions + direction
            states = [_picked(to, one, at) for one in first]
            run = _Run(
                to, word, steps, states, weights[at * group : (at + 1) * group], backwards=direction == 1
            )
            outputs.append(run.outputs)
            for end, state in zip(ends, run.last, strict=True):
                end.append(state)
        bases, places = joined(outputs)
        steps = Tensor(bases, np.concatenate(places, axis=2))
    stacked = []
    for end in ends:
        bases, places = joined(end)
        stacked.append(Tensor(bases, np.stack(places)))
    return (steps.moved(steps.places.swapaxes(0, 1)) if batch_first else steps, *stacked)


def _picked(to: Lowering, state: Any, at: int) -> Any:
    if isinstance(state, Constant):
        return Constant(state.name, state.tensor[at], state.is_own)
    tensor = to.tensor(state)
    return tensor.moved(tensor.places[at])


class _Run:
    """One layer in one direction: its lines, once for all steps; `outputs` are (steps, examples, units)."""

    def __init__(
        self,
        to: Lowering,
        word: str,
        steps: Tensor,
        states: Sequence[Any],
        weights: Sequence[Any],
        *,
        backwards: bool,
    ) -> None:
        cell, kept = CELLS[word]
        self.to, self.count, self.examples = to, steps.shape[0], steps.shape[1]
        self.units = to.tensor(weights[1]).shape[1]
        letter = _letter(to, self.count)
        to.layer += 1
        number_ = to.layer
        before, start = ("+1", self.count + 1) if backwards else ("-1", 0)
        names = {state: to.free(f"{state}{number_}") for state in kept}
        for state, value in zip(kept, states, strict=True):
            self._begin(f"{names[state]}<{start}>", value)
        earlier = [Sym(f"{names[state]}<{letter}{before}>") for state in kept]
        for name, expr in cell(to, _at_step(to, steps, letter), earlier, weights, self.units):
            if name not in names:
                names[name] = to.free(f"{name}{number_}")
            to.compute[f"{names[name]}<{letter}>"] = self._placed(expr, names, letter)
        shape = (self.examples, self.units)
        self.outputs = self._stack([f"{names['h']}<{s}>" for s in range(1, self.count + 1)])
        last = 1 if backwards else self.count
        self.last = [Tensor.of(Sym(f"{names[state]}<{last}>"), shape) for state in kept]
        if self.examples == 1:
            self.last = [Tensor((Base(one.bases[0].expr, (self.units,)),), one.places) for one in self.last]

    def _begin(self, name: str, state: Any) -> None:
        to = self.to
        if isinstance(state, Constant):
            values = state.tensor.double().numpy()
            to.given[name] = values[0] if self.examples == 1 else values
        else:
            tensor = state if self.examples > 1 else state.moved(state.places[0])
            to.compute[name] = to.expr(tensor)

    def _placed(self, expr: Expr, names: dict[str, str], letter: str) -> Expr:
        """A line's formula with the names of this layer, and the examples where columns are picked."""

        def change(part: Any) -> Any:
            if isinstance(part, Item) and isinstance(part.base, Sym) and part.base.name in names:
                lead = () if self.examples == 1 else (Slice(),)
                return Item(Sym(f"{names[part.base.name]}<{letter}>"), (*lead, *part.index))
            if isinstance(part, Sym) and part.name in names:
                return Sym(f"{names[part.name]}<{letter}>")
            if isinstance(part, Call):
                return Call(part.name, tuple(map(change, part.args)), part.options)
            return part

        changed: Expr = change(expr)
        return changed

    def _stack(self, names: Sequence[str]) -> Tensor:
        shape = (self.units,) if self.examples == 1 else (self.examples, self.units)
        bases = tuple(Base(Sym(name), shape) for name in names)
        return Tensor(
            bases, np.arange(len(names) * self.examples * self.units).reshape(-1, self.examples, self.units)
        )


def _letter(to: Lowering, steps: int) -> str:
    for letter in LETTERS:
        if to.sequence.setdefault(letter, steps) == steps:
            return letter
    raise UnknownOpError("of more different lengths than there are letters")


def _at_step(to: Lowering, steps: Tensor, letter: str) -> Expr:
    """The input of one step, with a letter in the place of its number."""
    single = steps.shape[1] == 1
    each = [steps.moved(places[0] if single else places) for places in steps.places]
    try:
        exprs = [one.expr for one in each]
        general = exprs[0] if len(exprs) == 1 else _general(exprs[0], exprs[1], letter)
        if general is not None and all(_special(general, letter, s) == e for s, e in enumerate(exprs, 1)):
            return general
    except UnspeakableError:
        pass
    rows = steps.moved(steps.places[:, 0]) if single else steps
    whole = to.named("y", rows.expr, rows.shape)
    return Item(whole.expr, (Sym(letter),))


def _general(first: Any, second: Any, letter: str) -> Any:
    """What both are for s = 1 and s = 2, None where there is no such thing."""
    if first == second:
        return first
    if isinstance(first, Num) and isinstance(second, Num) and first.value == 1 and second.value == 2:
        return Sym(letter)
    if isinstance(first, Sym) and isinstance(second, Sym):
        (name, one), (other, two) = split_step(first.name), split_step(second.name)
        return Sym(f"{name}<{letter}>") if name == other and (one, two) == ("1", "2") else None
    parts: list[Any] = []
    if isinstance(first, Call) and isinstance(second, Call) and len(first.args) == len(second.args):
        parts = [_general(a, b, letter) for a, b in zip(first.args, second.args, strict=True)]
        same = first.name == second.name and first.options == second.options
        return Call(first.name, tuple(parts), first.options) if same and None not in parts else None
    if isinstance(first, Item) and isinstance(second, Item) and len(first.index) == len(second.index):
        base = _general(first.base, second.base, letter)
        parts = [_general(a, b, letter) for a, b in zip(first.index, second.index, strict=True)]
        return Item(base, tuple(parts)) if base is not None and None not in parts else None
    return None


def _special(general: Any, letter: str, step: int) -> Any:
    """The formula of one step."""
    if isinstance(general, Sym):
        name, at = split_step(general.name)
        return number(step) if general.name == letter else Sym(f"{name}<{step}>") if at == letter else general
    if isinstance(general, Call):
        return Call(general.name, tuple(_special(arg, letter, step) for arg in general.args), general.options)
    if isinstance(general, Item):
        index = tuple(_special(one, letter, step) for one in general.index)
        return Item(_special(general.base, letter, step), index)
    return general


def _cell(word: str, to: Lowering, x: Any, state: Any, *weights: Any) -> Any:
    """nn.RNNCell and its like: one step, without a recurrence."""
    cell, kept = CELLS[word]
    given = [one for one in weights if one is not None]
    states = list(state) if isinstance(state, list | tuple) else [state]
    tensors = [to.tensor(one) for one in states]
    units = tensors[0].shape[-1]
    to.layer += 1
    made: dict[str, Tensor] = {}
    for name, expr in cell(to, to.expr(x), [to.expr(one) for one in tensors], given, units):
        width = to.tensor(given[0]).shape[0] if name.startswith("net") else units
        lead = tensors[0].shape[:-1]
        placed = _filled(expr, made, len(lead))
        made[name] = to.named(name if name != "net" else "pre", placed, (*lead, width))
    return tuple(made[name] for name in kept) if len(kept) > 1 else made["h"]


def _filled(expr: Any, made: dict[str, Tensor], lead: int) -> Any:
    if isinstance(expr, Item) and isinstance(expr.base, Sym) and expr.base.name in made:
        return Item(made[expr.base.name].expr, (*[Slice()] * lead, *expr.index))
    if isinstance(expr, Sym) and expr.name in made:
        return made[expr.name].expr
    if isinstance(expr, Call):
        return Call(expr.name, tuple(_filled(arg, made, lead) for arg in expr.args), expr.options)
    return expr


RECURRENT_RULES: dict[str, AtenRule] = {
    **{word: AtenRule("", partial(_layers, word)) for word in CELLS},
    **{f"{word}_cell": AtenRule("", partial(_cell, word)) for word in CELLS},
}

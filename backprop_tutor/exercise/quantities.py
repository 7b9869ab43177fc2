"""Checks the names of quantities that an exercise asks, hints at, weighs or varies, and those that it gives:
no letter of its formulas (N, π, η, an optimizer's settings) may be one."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple, TypeVar

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.systems.form import FORM, Form
from backprop_tutor.engine.systems.formal import COUNT, PI
from backprop_tutor.errors import LanguageError, UsageError
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.ledger import Ledger, Rate, ledger_of
from backprop_tutor.exercise.model import Ask, OptimizerChoice
from backprop_tutor.exercise.placed_layers import placed_layers
from backprop_tutor.exercise.quantity import Quantity, part_of, split_name
from backprop_tutor.exercise.rectangles import Numbers
from backprop_tutor.exercise.schema import DENOMINATORS, AskItem, ExerciseFile, GraphForm, Variation
from backprop_tutor.exercise.yaml_reader import Path
from backprop_tutor.language.clean import clean
from backprop_tutor.language.derivative_name import gradient_of
from backprop_tutor.language.expr import Expr, leaves, name_of

__all__ = ["WORDS", "Mentioned", "asked", "check_names", "check_quantities", "each_step", "letters"]

T = TypeVar("T")
LAYERS_COUNT = ("s",)  # the letter of the steps of layers
_LETTER = re.compile(r"(?<=<)[^\W\d_](?=>)")
_MEANINGS = {COUNT.name: "the number of examples", PI.name: "the number π"}


def letters(graph: Graph, rate: Rate | None) -> dict[str, str]:
    """What each letter stands for: those of the update, and those of the ops' rules that a quantity of the
    graph is called by as well."""
    found: dict[str, str] = {}
    if rate:
        settings = (setting.letter for setting in rate.optimizer.settings.values())
        found = dict.fromkeys(rate.rates, "the learning rate")
        found |= dict.fromkeys(settings, "a setting of the optimizer")
    clashing = {letter for letter in (COUNT, PI) if letter.name in graph.nodes}
    for node in graph.nodes.values() if clashing else ():
        for rule in _rules(graph, node):
            found |= {letter.name: _MEANINGS[letter.name] for letter in clashing.intersection(leaves(rule))}
    return found


def _rules(graph: Graph, node: Node) -> Iterator[Expr]:
    """The forward and backward rules of a node's op, with all arrays nameless."""
    if not node.op:
        return
    op = ops.get(node.op)
    inputs = [Form.symbol("", graph.nodes[parent].shape) for parent in node.parents]
    output = Form.symbol("", node.shape)
    yield op.forward(FORM, *inputs, **node.params).expr
    for slot in range(len(inputs)):
        yield op.vjp(slot)(FORM, output, output, *inputs, **node.params).expr


WORDS = ("all", "key", "forward", "backward", "update")
"""What may stand in `ask` instead of a quantity."""


def asked(file: ExerciseFile) -> list[str | AskItem]:
    return [file.ask] if isinstance(file.ask, str) else file.ask


class Mentioned(NamedTuple):
    """The `further` derivatives that a file names, and by a name such as `h<s>` those of all `steps`."""

    further: tuple[str, ...] = ()
    steps: Mapping[str, list[str]] = {}

    def ask(self, items: Iterable[str | AskItem]) -> Iterator[Ask]:
        for item in items:
            text = item if isinstance(item, str) else item.quantity
            how = () if isinstance(item, str) else (item.by, item.only)
            yield from (Ask(clean(name), *how) for name in self.steps.get(text, [text]))

    def each(self, by_name: Mapping[str, T]) -> dict[str, T]:
        """`by_name` with an entry a step; one for a certain step goes before one for all."""
        pairs = sorted(by_name.items(), key=lambda pair: pair[0] not in self.steps)
        return {name: value for text, value in pairs for name in self.steps.get(text, [text])}


def each_step(text: str, known: Collection[str], counted: Collection[str] | None = None) -> list[str]:
    """`h<1>`, `h<2>`, … of `h<s>`, those that are `known`, where the steps are `counted` by its letter, or by
    any."""
    letters = set(_LETTER.findall(text))
    if len(letters) != 1 or (counted is not None and not letters <= set(counted)):
        return []
    pattern = re.compile(re.escape(split_name(text)[0]).replace(f"<{min(letters)}>", "<([0-9]+)>"))
    steps = sorted({int(found[1]) for name in known if (found := pattern.fullmatch(name))} - {0})
    return [_LETTER.sub(str(step), text) for step in steps]


def check_quantities(
    file: ExerciseFile,
    graph: Graph,
    optimizer: OptimizerChoice,
    rates: Sequence[Fraction],
    report: FaultReport,
) -> Mentioned:
    """Put a fault into `report` for each name that is no quantity of `graph`, or no entry of one."""
    further: dict[str, None] = {}
    steps: dict[str, list[str]] = {}
    ledger = ledger_of(graph, rates, optimizer, file.steps)
    known = ledger.quantities
    counted = file.graph.sequence if file.graph else LAYERS_COUNT
    for path, text, key in _mentions(file):
        if names := each_step(text, known, counted):
            steps[text] = names
            text = names[0]
        if text in known:
            continue
        found = _found(text, known)
        if isinstance(found, Quantity):
            further |= {} if found.name in known else {found.name: None}
        else:
            report.add(path, *found, key=key)
    if file.graph:
        _check_names(file.graph, ledger, report)
    leaves = set(graph.named("given", "parameter"))
    for name, variation in file.variants.items():
        if name not in leaves:
            hint = f"It can be {', '.join(sorted(leaves))}."
            report.add(("variants", name), f"`{name}` is not data or a parameter.", hint, key=True)
        if problem := _unclear(variation):
            report.add(("variants", name), *problem)
    for name, mark in file.marks.items():
        if mark < 0:
            report.add(("marks", name), f"{mark} marks are fewer than none.", "Write 0 or more.")
    return Mentioned(tuple(further), steps)


def check_names(file: ExerciseFile, values: Mapping[str, Numbers], report: FaultReport) -> None:
    """The same where there is no graph, for something else is wrong: names alone, no index."""
    if file.steps > 1:
        return
    from backprop_tutor.language import parse

    if any(one.layer.kind for one in placed_layers(file.network.layers if file.network else [])):
        return
    names, loss = set(values), file.graph.loss if file.graph else "J"
    if file.graph:
        names |= set(file.graph.compute)
    for number, _ in enumerate(file.network.layers if file.network else [], 1):
        names |= {f"net{number}", f"h{number}", f"W{number}", "z", "J"}
    known = names | {gradient_of(loss, name) for name in names}
    known |= {f"{name}_new" for name in names} if file.learning_rate is not None else set()
    for path, text, key in _mentions(file):
        if text not in known:
            try:
                parse(text, functions={}, names=known)
            except LanguageError as error:
                report.add(path, f"`{text}`: {error.what}", error.hint, key=key)


def _mentions(file: ExerciseFile) -> Iterator[tuple[Path, str, bool]]:
    for index, item in enumerate(asked(file)):
        text = item if isinstance(item, str) else item.quantity
        path: Path = ("ask",) if isinstance(file.ask, str) else ("ask", index)
        if text not in WORDS:
            yield path if isinstance(item, str) else (*path, "quantity"), text, False
    for section in ("hints", "marks"):
        for text in getattr(file, section):
            yield (section, text), text, True


def _unclear(variation: Variation) -> tuple[str, str] | None:
    ways = [variation.choices, variation.integers, variation.fractions]
    if sum(way is not None for way in ways) != 1:
        return "it varies in one way.", "Give one of choices, integers and fractions."
    for ends in (variation.integers, variation.fractions):
        if ends and ends[0] >= ends[1]:
            return f"{ends[0]} is not less than {ends[1]}.", "Write the least first, as in [-3, 3]."
    if variation.denominators and (not variation.fractions or min(variation.denominators) < 1):
        return "denominators are whole numbers from 1, and belong to fractions.", "Write them like [2, 4]."
    if variation.fractions:
        low, high = variation.fractions
        if not any(ceil(low * d) <= floor(high * d) for d in variation.denominators or DENOMINATORS):
            return f"no fraction with these denominators lies from {low} to {high}.", "Widen the range."
    return None


def _found(text: str, known: Mapping[str, Node]) -> Quantity | tuple[str, str]:
    """The quantity that `text` names, or what is wrong with it and what would be right."""
    from backprop_tutor.language import parse  # 6 ms, and most names are plain ones

    try:
        expr = parse(text, functions={}, names=known.keys())
        if name_of(expr):
            return part_of(expr, text, known)
    except LanguageError as error:
        return f"`{text}`: {error.what}", error.hint
    except UsageError as error:
        return f"{error.what}.", error.hint
    return f"`{text}` is a formula, not the name of a quantity.", "Write one such as dJ/dW1[1,2]."


def _check_names(form: GraphForm, ledger: Ledger, report: FaultReport) -> None:
    """No quantity of the author's may bear a name that formulas or updates of this exercise need."""
    taken = letters(ledger.graph, ledger.rate)
    later = (name for name, line in ledger.lines.items() if line.is_later)
    taken |= dict.fromkeys(later, "a quantity that an update brings")
    for section in ("given", "parameters", "compute"):
        for name in getattr(form, section):
            if name in taken:
                path = ("graph", section, name)
                report.add(
                    path, f"the name {name} stands for {taken[name]}.", "Give it another name.", key=True
                )

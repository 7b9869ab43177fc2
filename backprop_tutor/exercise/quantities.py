"""Checks the names of quantities that an exercise asks, hints at, weighs or varies."""

from collections.abc import Iterator, Mapping
from math import ceil, floor

from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.optimizers import Optimizer, optimizer_with
from backprop_tutor.errors import LanguageError, UsageError
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.formula_letters import letters
from backprop_tutor.exercise.model import OptimizerChoice
from backprop_tutor.exercise.placed_layers import placed_layers
from backprop_tutor.exercise.quantity import part_of, quantities
from backprop_tutor.exercise.rectangles import Numbers
from backprop_tutor.exercise.schema import DENOMINATORS, AskItem, ExerciseFile, GraphForm, Variation
from backprop_tutor.exercise.updates import later_quantities, rate_letter
from backprop_tutor.exercise.yaml_reader import Path
from backprop_tutor.language.expr import name_of

__all__ = ["WORDS", "asked", "check_names", "check_quantities"]

WORDS = ("all", "key", "forward", "backward", "update")
"""What may stand in `ask` instead of a quantity."""


def asked(file: ExerciseFile) -> list[str | AskItem]:
    return [file.ask] if isinstance(file.ask, str) else file.ask


def check_quantities(
    file: ExerciseFile, graph: Graph, optimizer: OptimizerChoice, report: FaultReport
) -> None:
    """Put a fault into `report` for each name that is no quantity of `graph`, or no entry of one."""
    is_updated = file.learning_rate is not None and graph.parameters
    update = optimizer_with(*optimizer) if is_updated else None
    known = quantities(graph, update, file.steps)
    for path, text, key in _mentions(file):
        if text not in known and (problem := _problem(text, known)):
            report.add(path, *problem, key=key)
    if file.graph:
        rates = file.learning_rate if isinstance(file.learning_rate, list) else [file.learning_rate]
        letters_of_rates = [rate_letter(number, len(rates)) for number, _ in enumerate(rates, 1)]
        _check_names(file.graph, graph, update, file.steps, letters_of_rates, report)
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
    known = names | {f"d{loss}/d{name}" for name in names}
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


def _problem(text: str, known: Mapping[str, Node]) -> tuple[str, str] | None:
    from backprop_tutor.language import parse  # 6 ms, and most names are plain ones

    try:
        expr = parse(text, functions={}, names=known.keys())
        if name_of(expr):
            part_of(expr, text, known)
            return None
    except LanguageError as error:
        return f"`{text}`: {error.what}", error.hint
    except UsageError as error:
        return f"{error.what}.", error.hint
    return f"`{text}` is a formula, not the name of a quantity.", "Write one such as dJ/dW1[1,2]."


def _check_names(
    form: GraphForm,
    graph: Graph,
    optimizer: Optimizer | None,
    steps: int,
    rates: list[str],
    report: FaultReport,
) -> None:
    """No quantity of the author's may bear a name that formulas or updates of this exercise need."""
    taken = letters(graph, optimizer, rates)
    later = later_quantities(graph, optimizer, steps) if optimizer else ()
    taken |= {quantity.name: "a quantity that an update brings" for quantity in later}
    for section in ("given", "parameters", "compute"):
        for name in getattr(form, section):
            if name in taken:
                path = ("graph", section, name)
                report.add(
                    path, f"the name {name} stands for {taken[name]}.", "Give it another name.", key=True
                )

"""Checks the names of quantities that an exercise asks, hints at, weighs or varies."""

from collections.abc import Iterator
from math import ceil, floor, prod

from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.errors import LanguageError
from backprop_tutor.exercise.report import Report
from backprop_tutor.exercise.schema import DENOMINATORS, AskItem, ExerciseFile, Variation
from backprop_tutor.exercise.yaml_reader import Path
from backprop_tutor.language.expr import Item, Num, Slice, Sym

__all__ = ["WORDS", "asked", "check_quantities"]

WORDS = ("all", "key", "forward", "backward", "update")
"""What may stand in `ask` instead of a quantity."""


def asked(file: ExerciseFile) -> list[str | AskItem]:
    return [file.ask] if isinstance(file.ask, str) else file.ask


def check_quantities(file: ExerciseFile, graph: Graph, report: Report) -> None:
    """Put a fault into `report` for each name that is no quantity of `graph`, or no entry of one."""
    names = {name for name, node in graph.nodes.items() if node.role != "constant"}
    leaves = set(graph.named("given", "parameter"))
    updated = {f"{name}_new" for name in graph.parameters} if file.learning_rate else set()
    plain = names | updated
    if f"d{graph.loss}" not in names:  # else this may be a quotient
        plain |= {f"d{graph.loss}/d{name}" for name in names}
    for path, text, key in _mentions(file):
        if text not in plain and (problem := _problem(text, graph, names | updated)):
            report.add(path, *problem, key=key)
    for name, variation in file.variants.items():
        if name not in leaves:
            hint = f"It can be {', '.join(sorted(leaves))}."
            report.add(("variants", name), f"`{name}` is not data or a parameter.", hint, key=True)
        if problem := _unclear(variation):
            report.add(("variants", name), *problem)
    for name, mark in file.marks.items():
        if mark < 0:
            report.add(("marks", name), f"{mark} marks are fewer than none.", "Write 0 or more.")


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


def _problem(text: str, graph: Graph, names: set[str]) -> tuple[str, str] | None:
    from backprop_tutor.language import parse  # 6 ms, and most names are plain ones

    try:
        expr = parse(text, functions={}, names=names)
    except LanguageError as error:
        return f"`{text}`: {error.what}", error.hint
    match expr:
        case Sym(name):
            return None
        case Item(Sym(name), index, example):
            node = graph.nodes.get(_subject(name))
            return None if node is None else _out_of_range(text, node, index, example)
        case _:
            return f"`{text}` is a formula, not the name of a quantity.", "Write one such as dJ/dW1[1,2]."


def _subject(name: str) -> str:
    """The node whose shape the quantity has: W1 for dJ/dW1, net1 for delta1."""
    if "/d" in name:
        return name.split("/d", 1)[1]
    if name.startswith("delta") and name[5:].isdigit():
        return f"net{name[5:]}"
    return name.removesuffix("_new")


def _out_of_range(
    text: str, node: Node, index: tuple[object, ...], example: object
) -> tuple[str, str] | None:
    if example is not None and not node.batched:
        return (
            f"`{text}`: {node.name} has no examples.",
            f"Its shape is {node.shape}: write the index in [ ].",
        )
    sizes = node.shape[1:] if node.batched and example is not None else node.shape
    wanted = [(example, node.shape[0])] if example is not None else []
    if len(index) > len(sizes) or (node.batched and example is None and prod(node.shape[1:]) == 0):
        return f"`{text}` has {len(index)} indices, but {node.name} has the shape {sizes}.", ""
    for position, size in (*wanted, *zip(index, sizes, strict=False)):
        ends = (position.start, position.stop) if isinstance(position, Slice) else (position,)
        for end in ends:
            if isinstance(end, Num) and end.value > size:
                return f"`{text}` is outside {node.name}, whose shape is {node.shape}.", "Indices start at 1."
    return None

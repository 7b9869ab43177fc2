"""The proof of a derivation: every line has the value of the line above it, exactly.

Lines are evaluated on small models with drawn numbers, derivatives by carrying slopes along through the
definitions of the nodes; no rule of derivation takes part. The first line is compared with the engine,
whose forward pass runs on whole arrays and uses none of the definitions.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from backprop_tutor.engine.evaluate import forward, numbers
from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.language.expr import Expr, Partial, Sym, name_of
from backprop_tutor.walkthrough.derivation.derivation_form import Section
from backprop_tutor.walkthrough.derivation.general_sizes import resized
from backprop_tutor.walkthrough.derivation.line_value import Meaning, Places, Values, meaning
from backprop_tutor.walkthrough.derivation.opaque import Arrays, Rational, RationalDual, slope_of, value_of
from backprop_tutor.walkthrough.derivation.random_model import DRAWS, Bench, OthersHeld, RandomModel
from backprop_tutor.walkthrough.derivation.terms import index_of

__all__ = ["proved"]

TURNS = 12  # places that are tried for a derivative that is not 0


def proved(sections: list[Section], bench: Bench, special: Bench | None = None) -> list[Section]:
    """The sections with every line marked: verified, not verified, or None where it cannot be decided.

    `special` holds models with what some rules assume of the data.
    """
    return [_proved(section, bench, special or bench) for section in sections]


def _values(
    bench: Bench, section: Section, lines: list[Meaning]
) -> Iterator[tuple[list[Rational | None], Rational]]:
    """The values of lines, and what the engine makes of the section, DRAWS times if that can be."""
    found = 0
    for model in bench.models():
        try:
            places, by_engine = _chosen(model, section.meaning)
            values = OthersHeld(model) if section.held else model
            yield [_value(line, values, places) for line in lines], by_engine
        except ZeroDivisionError:
            continue
        found += 1
        if found == DRAWS:
            return


def _value(line: Meaning, model: Values, places: Places) -> Rational | None:
    """Nothing for a line that is about an element that does not exist, or a letter that nobody knows."""
    try:
        return value_of(line(model, places, None))
    except KeyError:
        return None


def _chosen(model: RandomModel, meaning: Partial) -> tuple[Places, Rational]:
    """The places at which a model is looked at, and what the engine has there: on every other one a
    derivative that is not 0, if one is found. Of most elements one that picks few, as a pool does, is 0."""
    places = _places(model, meaning)
    by_engine = _by_engine(model, meaning, places)
    for turn in range(1, TURNS if model.draw % 2 else 1):
        if by_engine:
            break
        other = _places(model, meaning, turn)
        found = _by_engine(model, meaning, other)
        if found:
            return other, found
    return places, by_engine


def _places(model: RandomModel, meaning: Partial, turn: int = 0) -> Places:
    """A place for each letter of the quantity; the letters differ in some draws and agree in others."""
    places: dict[str, int] = {}
    for element in (meaning.wrt, meaning.of):
        for letter, size in zip(index_of(element), model.shape(name_of(element)), strict=True):
            if isinstance(letter, Sym) and letter.name not in places:
                position = len(places)
                places[letter.name] = (model.draw * (position + 1) + position + turn // 3**position) % size
    return places


def _proved(section: Section, bench: Bench, special: Bench) -> Section:
    means = [meaning(section.meaning), *(meaning(line.expr) for line in section.lines)]
    agree, draws = [True] * len(section.lines), 0
    for values, by_engine in _values(bench, section, means):
        draws += 1
        for place, (above, below) in enumerate(pairwise(values)):
            agree[place] &= above == below is not None
        agree[0] &= values[0] == by_engine
    for place, line in enumerate(section.lines):
        if line.assumes:
            pairs = [values for values, _ in _values(special, section, means[place : place + 2])]
            agree[place] = len(pairs) == DRAWS and all(above == below is not None for above, below in pairs)
    lines = zip(section.lines, agree, strict=True)
    return replace(
        section, lines=tuple(replace(line, verified=ok if draws == DRAWS else None) for line, ok in lines)
    )


def _by_engine(model: RandomModel, meaning: Partial, places: Places) -> Rational:
    """∂of/∂wrt by forward mode through the engine's own forward pass, on whole arrays."""
    if model.arrays is None:
        model.arrays = _forward(model)
    graph, xp, values = model.arrays
    name, of = name_of(meaning.wrt), name_of(meaning.of)
    moved = values[name].copy()
    seed = _index(meaning.wrt, places)
    moved[seed] = RationalDual(value_of(moved[seed]), 1)
    way = graph.between([name], of)
    known = {other: value for other, value in values.items() if other not in way}
    result = forward(graph, xp, {**known, name: moved}, only=way)
    return slope_of(result[of][_index(meaning.of, places)])


def _forward(model: RandomModel) -> tuple[Graph, Any, dict[str, Array]]:
    """The graph in the model's sizes, and the engine's values of all of its nodes."""
    definitions = model.definitions
    sizes = {size: model.sizes[name] for size, name in definitions.names.items()}
    graph = resized(definitions.graph, sizes) if sizes else definitions.graph
    xp: Any = Arrays(model.draw)
    leaves = [node.name for node in graph.nodes.values() if not node.op and node.value is None]
    known = numbers(graph, xp, {leaf: _array(model, leaf) for leaf in leaves})
    return graph, xp, forward(graph, xp, known)


def _array(model: RandomModel, name: str) -> Array:
    array = np.empty(model.shape(name), dtype=object)
    for index in model.indices(name):
        array[index] = RationalDual(model.values[name, index], 0)
    return array


def _index(element: Expr, places: Places) -> tuple[int, ...]:
    letters = index_of(element)
    return tuple(places[k.name] if isinstance(k, Sym) else int(k.value) - 1 for k in letters)  # type: ignore[union-attr, arg-type]

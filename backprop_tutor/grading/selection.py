"""Which answers an exercise asks for, in which pieces and in which order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import prod

import numpy as np

from backprop_tutor.exercise.quantities import each_step
from backprop_tutor.grading.elements import Elements
from backprop_tutor.walkthrough import Solution

__all__ = ["SELECTIONS", "AskedQuantity", "asked", "asked_steps", "whole_quantities"]

SELECTIONS = ("all", "key", "forward", "backward", "update")

ONE_BY_ONE = 6  # elements of an array that is still asked one by one
AT_ONCE = 16  # elements of an array that is still typed whole
CHOSEN = 3  # elements asked of a larger one


@dataclass(frozen=True, slots=True)
class AskedQuantity:
    """One question: `name` is `net1[1]`, or `dJ/dW1` for a whole array; `elements` names its elements.
    `by_formula`: the formula of the whole array is asked, and not its numbers."""

    name: str
    quantity: str
    indices: tuple[tuple[int, ...], ...]
    elements: tuple[str, ...]
    by_formula: bool = False

    @property
    def index(self) -> tuple[int, ...] | None:
        """The zero-based index of a single element, None for a whole array."""
        return None if self.whole else self.indices[0]

    @property
    def whole(self) -> bool:
        return self.name not in self.elements


def asked(
    solution: Solution,
    selection: Iterable[str] = (),
    *,
    of_a_person: bool = False,
    elements: Elements | None = None,
) -> list[AskedQuantity]:
    """What is asked, in walkthrough order: the `selection` (words of SELECTIONS, quantities or elements),
    or else the exercise's own `ask`, or else everything; `of_a_person` also what no sheet asks, its formulas
    last. `elements` may be those of another version of the exercise. Raises UsageError for an unknown
    name."""
    elements = elements or Elements(solution)
    wanted: list[tuple[str, str | None]] = [(text, None) for text in _each(solution, selection)]
    if not wanted:
        own = [ask for ask in solution.exercise.ask if of_a_person or not ask.of_a_person]
        wanted = [(ask.quantity, ask.by) for ask in own] or [("all", None)]
    found: dict[tuple[str, bool], AskedQuantity] = {}
    for text, by in wanted:
        for question in _questions(solution, elements, text, by):
            found.setdefault((question.name, question.by_formula), question)
    return sorted(found.values(), key=lambda q: (q.by_formula, solution.order[q.quantity], q.indices))


def _each(solution: Solution, selection: Iterable[str]) -> list[str]:
    """What is selected, of `h<s>` every step."""
    known = solution.quantities
    return [name for text in selection for name in each_step(text, known) or [text]]


def _asked_quantities(solution: Solution) -> list[str]:
    """The quantities and elements that the exercise's own `ask` names, words such as `key` written out."""
    named: dict[str, None] = {}
    for ask in solution.exercise.ask:
        is_word = ask.quantity in SELECTIONS and ask.quantity not in solution.shapes
        named |= dict.fromkeys(_selected(solution, ask.quantity) if is_word else [ask.quantity])
    return list(named)


def asked_steps(solution: Solution, selection: Iterable[str] = ()) -> set[str]:
    """The quantities of which `selection`, or else the exercise's own `ask`, asks for something."""
    return set(whole_quantities(solution, selection))


def whole_quantities(solution: Solution, selection: Iterable[str] = ()) -> list[str]:
    """The quantities of which anything is asked, or selected, in walkthrough order. Raises UsageError for an
    unknown name."""
    found: dict[str, None] = {}
    for text in _each(solution, selection) or _asked_quantities(solution) or ["all"]:
        if text in SELECTIONS and text not in solution.shapes:
            found |= dict.fromkeys(_selected(solution, text))
        else:
            found[solution.find(text).name] = None
    return sorted(found, key=solution.order.__getitem__)


def _questions(solution: Solution, elements: Elements, text: str, by: str | None) -> Iterator[AskedQuantity]:
    if text in SELECTIONS and text not in solution.shapes:
        for quantity in _selected(solution, text):
            yield from _pieces(solution, elements, quantity, by)
        return
    quantity, indices = elements.find(text)
    if indices is None:
        yield from _pieces(solution, elements, quantity, by)
    else:
        for index in indices:
            yield _one(elements, quantity, index)


def _selected(solution: Solution, word: str) -> list[str]:
    graph, prefix, lines = solution.graph, solution.gradient_prefix, solution.ledger.lines
    values = (name for name, line in lines.items() if line.kind == "value" and line.number == 1)
    forward = [name for name in values if graph.is_named(name) and not graph.is_data(name)]
    backward = [prefix + name for name in solution.differentiated if graph.is_named(name)]
    update = [name for name, line in lines.items() if line.kind == "update" or line.number > 1]
    match word:
        case "forward":
            return forward
        case "backward":
            return backward
        case "update":
            return update
        case "key":
            outputs = [name for name in graph.nodes[graph.loss].parents if graph.nodes[name].op]
            learnt = [prefix + name for name in solution.targets]
            news = [name for name in update if lines[name].target == "W_new"]
            last = [name for name in news if lines[name].number == solution.updates]
            return [*outputs, graph.loss, *learnt, *last]
        case _:
            return [*forward, *backward, *update]


def _pieces(solution: Solution, elements: Elements, quantity: str, by: str | None) -> Iterator[AskedQuantity]:
    """One question an element, one for the whole array, or one for each of a few elements."""
    shape = solution.shapes[quantity]
    size = prod(shape)
    if by == "formula":
        yield AskedQuantity(quantity, quantity, (), (), by_formula=True)
    elif not shape:
        yield _one(elements, quantity, ())
    elif by == "whole" or (by is None and ONE_BY_ONE < size <= AT_ONCE):
        names = elements.names(quantity)
        yield AskedQuantity(quantity, quantity, tuple(names), tuple(names.values()))
    elif by == "element" or size <= ONE_BY_ONE:
        for index in np.ndindex(shape):
            yield _one(elements, quantity, index)
    else:
        for index in _chosen(solution, quantity):
            yield _one(elements, quantity, index)


def _one(elements: Elements, quantity: str, index: tuple[int, ...]) -> AskedQuantity:
    name = elements.name(quantity, index)
    return AskedQuantity(name, quantity, (index,), (name,))


def _chosen(solution: Solution, quantity: str) -> list[tuple[int, ...]]:
    """A few elements of a large array: spread over it, and not zero where that can be."""
    values = solution.value(quantity)
    places = np.argwhere(values != 0)
    if len(places) < CHOSEN:
        places = np.argwhere(np.isfinite(values))
    picks = np.linspace(0, len(places) - 1, CHOSEN).round().astype(int)
    return [tuple(int(i) for i in places[pick]) for pick in dict.fromkeys(picks.tolist())]

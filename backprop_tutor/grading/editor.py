"""Wrong formulas of a step, made by editing the right one systematically, and what they give.

Every edit of `misconceptions.edits` is applied at every place, at all alike places at once, and two of them
together. All the formulas that come of it are evaluated in one pass over the right one: each of its nodes has
a row of values, one a wrong formula.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, reduce
from itertools import chain, combinations, product
from typing import Any, NamedTuple

import numpy as np

from backprop_tutor.engine.expression import evaluate
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.grading.elements import Element
from backprop_tutor.grading.misconceptions.edits import EDITS, Change, Edit
from backprop_tutor.grading.misconceptions.scope import Scope, Surroundings
from backprop_tutor.grading.pool import EMPTY, Pool, Slip
from backprop_tutor.grading.used import Workbook
from backprop_tutor.language.expr import Call, Expr, Item, Num, Sym, children, name_of

__all__ = ["Editor"]

MOST_NODES = 150  # of a formula that is edited everywhere; of a longer one only the whole is
MOST_WRITTEN_OUT = 60  # nodes of a formula in whose place of a quantity that is not asked its own may stand
MOST_CONSTANTS = 8  # edits of the whole formula that are combined with any other
MOST_COMBINED = 40  # edits of parts that are combined with each other

Known = Mapping[str, Array]


class Place(NamedTuple):
    """A change of one node of a formula."""

    node: int  # its id
    new: Expr


class Edited(NamedTuple):
    """A wrong formula: the changes that make it, what was done, and how far down the table it stands."""

    places: tuple[Place, ...]
    slip: Slip
    usual: int


class Sheet:
    """A formula and what edits make of it. No two nodes of `formula` are one object; `stand_ins` are the
    quantities in whose place a node stands, `owners` the quantities whose step a node belongs to."""

    def __init__(self, formula: Expr, scope: Scope, stand_ins: "StandIns", owners: dict[int, str]) -> None:
        self.formula, self.scope = formula, scope
        self.stand_ins, self.owners = stand_ins, owners

    @cached_property
    def singles(self) -> list[Edited]:
        """The formulas that differ by one edit, at one place or at all alike ones."""
        alone: list[Edited] = []
        alike: dict[object, list[Edited]] = {}
        for part, subject in self._parts():
            for usual, edit in enumerate(EDITS):
                if edit.whole and part is not self.formula:
                    continue
                for which, change in enumerate(edit.at(subject, self.scope)):
                    edited = self._edited(part, usual, edit, change)
                    alone.append(edited)
                    if edit.everywhere and not edit.whole:
                        kind = usual, change.exchange or (which, _names(subject))
                        alike.setdefault(kind, []).append(edited)
        alone += [_together(group) for group in alike.values() if len(group) > 1]
        return sorted(alone, key=lambda edited: edited.usual)

    @cached_property
    def pairs(self) -> list[Edited]:
        """The formulas that differ by two: a constant or a sign and anything else, or two usual ones."""
        constants = [edited for edited in self.singles if EDITS[edited.usual].whole]
        others = [edited for edited in self.singles if not EDITS[edited.usual].whole]
        chosen = chain(
            combinations(constants, 2),
            product(constants[:MOST_CONSTANTS], others),
            combinations(others[:MOST_COMBINED], 2),
        )
        return [_both(first, second) for first, second in chosen]

    def _parts(self) -> Iterator[tuple[Expr, Expr]]:
        """Each node, with itself and with each quantity in whose place it stands."""
        nodes = _nodes(self.formula)
        for part in nodes if len(nodes) <= MOST_NODES else [self.formula]:
            yield part, part
            for quantity in self.stand_ins.get(id(part), ()):
                yield part, quantity

    def _edited(self, part: Expr, usual: int, edit: Edit, change: Change) -> Edited:
        place = self.owners.get(id(part), self.scope.quantity)
        slip = Slip((edit.id,), ((edit.says, change.parts),), place, change.inherited)
        return Edited((Place(id(part), change.expr),), slip, usual)


StandIns = dict[int, list[Expr]]


class Editor:
    """The wrong formulas of a solution's steps. A quantity that is not among the `answered` ones stands for
    its own formula, while that is short: a slip in it shows here first."""

    def __init__(self, workbook: Workbook, answered: Callable[[], frozenset[str]]) -> None:
        self.solution = workbook.solution
        self.workbook, self.answered = workbook, answered
        self.surroundings = Surroundings(workbook.solution)
        self._sheets: dict[Element, Sheet | None] = {}

    def slips(self, place: Element, known: Known, *, pairs: bool = False) -> Pool:
        """What one edit of the formula of the element gives at the `known` values, or what two give."""
        sheet = self._sheet(place)
        edited = (sheet.pairs if pairs else sheet.singles) if sheet else []
        if not sheet or not edited:
            return EMPTY
        letters = self.solution.letters | self._numbers(place[0])

        def leaf(part: Expr) -> Any:
            found = self.solution.element(part)
            return np.float64(known[found[0]][found[1]] if found else letters[name_of(part)])

        with np.errstate(all="ignore"):
            values = _Rows(edited, leaf).of(sheet.formula)
        return Pool([each.slip for each in edited], lambda _: values)

    def _numbers(self, quantity: str) -> dict[str, float]:
        step = self.solution.step(quantity)
        return {letter: float(value) for letter, value in step.numbers.items()} if step else {}

    def _sheet(self, place: Element) -> Sheet | None:
        if place not in self._sheets:
            self._sheets[place] = self._laid_out(place)
        return self._sheets[place]

    def _laid_out(self, place: Element) -> Sheet | None:
        formula = self.workbook.formula(*place)
        if formula is None:
            return None
        stand_ins: StandIns = {}
        owners: dict[int, str] = {}
        formula = self._written_out(formula, place[0], MOST_WRITTEN_OUT, stand_ins, owners)
        return Sheet(formula, Scope(self.surroundings, *place), stand_ins, owners)

    def _written_out(
        self, formula: Expr, quantity: str, most: int, stand_ins: StandIns, owners: dict[int, str]
    ) -> Expr:
        """A copy of `formula` with the formulas of what was not asked in it, of at most so many nodes."""
        nodes = _nodes(formula)
        hidden = [found for node in nodes if (found := self._hidden(node))]
        share = (most - len(nodes)) // max(len(hidden), 1)

        def copy(expr: Expr) -> Expr:
            new = expr
            match expr:
                case Call(name, args, options):
                    new = Call(name, tuple(map(copy, args)), options)
                case Item(base, index, example):
                    new = Item(base, index, example)
                case Num(value, text):
                    new = Num(value, text)
                case Sym(name):
                    new = Sym(name)
            found = self._hidden(expr)
            inner = self.workbook.formula(*found) if found else None
            if found and inner is not None and len(_nodes(inner)) <= share:
                written = self._written_out(inner, found[0], share, stand_ins, owners)
                stand_ins.setdefault(id(written), []).append(new)
                return written
            owners[id(new)] = quantity
            return new

        return copy(formula)

    def _hidden(self, part: Expr) -> Element | None:
        """The element that `part` is, where it was not asked."""
        found = self.solution.element(part) if isinstance(part, Sym | Item) else None
        return found if found and found[0] not in self.answered() else None


def _nodes(expr: Expr) -> list[Expr]:
    found = [expr]
    for node in found:
        found.extend(children(node))
    return found


def _names(expr: Expr) -> object:
    """The formula without its indices: what is alike in two of its terms."""
    match expr:
        case Call(name, args):
            return name, tuple(map(_names, args))
        case Num(value):
            return value
        case _:
            return name_of(expr)


def _together(group: list[Edited]) -> Edited:
    """The same edit at all alike places."""
    first = group[0]
    [(says, parts)] = first.slip.says
    slip = first.slip._replace(says=((f"{says}, here and in the like terms", parts),))
    return Edited(tuple(place for edited in group for place in edited.places), slip, first.usual)


def _both(first: Edited, second: Edited) -> Edited:
    a, b = first.slip, second.slip
    place = a.place if a.place == b.place else ""
    ids = a.ids if a.ids == b.ids else a.ids + b.ids
    slip = Slip(ids, a.says + b.says, place, a.inherited or b.inherited)
    return Edited(first.places + second.places, slip, max(first.usual, second.usual))


_ARITHMETIC: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "pow": np.power,
}


class _Rows:
    """The values of a formula's nodes, with a row for each wrong formula where it differs from the right."""

    def __init__(self, edited: list[Edited], leaf: Callable[[Expr], Any]) -> None:
        self.count, self.leaf = len(edited), leaf
        self.changes: dict[int, dict[int, tuple[Expr, list[int]]]] = {}
        for row, each in enumerate(edited):
            for node, new in each.places:
                self.changes.setdefault(node, {}).setdefault(id(new), (new, []))[1].append(row)
        self._known: dict[int, Any] = {}

    def of(self, expr: Expr) -> Any:
        key = id(expr)
        if key not in self._known:
            self._known[key] = value = self._value(expr)
            if key in self.changes:
                values = np.array(np.broadcast_to(value, self.count))
                for new, rows in self.changes[key].values():
                    changed = self.of(new)
                    values[rows] = changed[rows] if np.ndim(changed) else changed
                self._known[key] = values
        return self._known[key]

    def _value(self, expr: Expr) -> Any:
        match expr:
            case Num(value):
                return np.float64(value)
            case Call("neg", (inside,)):
                return -self.of(inside)
            case Call(name, args) if name in _ARITHMETIC:
                return reduce(_ARITHMETIC[name], map(self.of, args))
            case Call(name, args, options):
                values = {f"{k}": self.of(arg) for k, arg in enumerate(args)}
                call = Call(name, tuple(map(Sym, values)), options)
                return evaluate(call, FLOAT64, lambda letter: np.asarray(values[name_of(letter)]))
            case _:
                return self.leaf(expr)

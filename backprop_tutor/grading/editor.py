"""Wrong formulas of a step, made by editing the right one systematically, and what they give.

Every edit of `misconceptions.edits` is applied at every place, at all alike places at once, and two of them
together.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.grading.elements import Element, Workbook
from backprop_tutor.grading.misconceptions.edits import EDITS, Change, Edit, skeleton
from backprop_tutor.grading.misconceptions.scope import Scope, Surroundings
from backprop_tutor.grading.row_plan import RowChange, RowPlan
from backprop_tutor.grading.slip_pool import EMPTY, Pairs, Slip, SlipList, SlipPool
from backprop_tutor.language.expr import Call, Expr, Item, Num, Sym, children, rewrite

__all__ = ["Editor", "FormulaEdits", "NodeChange"]

MOST_NODES = 220  # of a formula that is edited everywhere; of a longer one only the whole is
MOST_WRITTEN_OUT = 60  # nodes of a formula in whose place of a quantity that is not asked its own may stand
MOST_COMBINED = 40  # edits of parts that are combined with each other
MOST_PAIRS = 2_000

Known = Mapping[str, Array]


class NodeChange(NamedTuple):
    """A change of one node of a formula."""

    node: int  # its id
    new: Expr


class Edited(NamedTuple):
    """A wrong formula: the changes that make it, what was done, and how far down the table it stands."""

    places: tuple[NodeChange, ...]
    slip: Slip
    usual: int


class FormulaEdits:
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
                if edit.is_of_the_whole and part is not self.formula:
                    continue
                for which, change in enumerate(edit.at(subject, self.scope)):
                    edited = self._edited(part, usual, edit, change)
                    alone.append(edited)
                    if edit.of == "part":
                        for kind in change.exchange or ((which, skeleton(subject)),):
                            alike.setdefault((usual, kind), []).append(edited)
        groups = {tuple(map(id, group)): group for group in alike.values() if len(group) > 1}
        alone += map(_together, groups.values())
        return sorted(alone, key=lambda edited: edited.usual)

    @cached_property
    def constants(self) -> list[Edited]:
        """The formulas that differ by two signs or constants."""
        return [self._composed(first, second) for first, second in combinations(self._constants, 2)]

    @cached_property
    def composed(self) -> list[Edited]:
        """Those that differ by one, and by another edit of the outermost operation."""
        outermost = (each for each in self.singles if each.places[0].node == id(self.formula))
        others = [each for each in outermost if len(each.places) == 1 and each not in self._constants]
        return [self._composed(first, second) for second in others for first in self._constants]

    @cached_property
    def _constants(self) -> list[Edited]:
        return [edited for edited in self.singles if EDITS[edited.usual].of == "constant"]

    @cached_property
    def pairs(self) -> tuple[Array, Array]:
        """Which two of the `singles` may go together elsewhere: a constant with anything, or two usual ones;
        the most usual first."""
        usual = np.array([edited.usual for edited in self.singles])
        node = np.array([edited.places[0].node for edited in self.singles])
        constants = np.flatnonzero([EDITS[k].of == "constant" for k in usual])
        parts = np.flatnonzero([not EDITS[k].is_of_the_whole for k in usual])
        one, other = np.triu_indices(min(len(parts), MOST_COMBINED), 1)
        first = np.concatenate([np.repeat(constants, len(parts)), parts[one]])
        second = np.concatenate([np.tile(parts, len(constants)), parts[other]])
        apart = node[first] != node[second]
        first, second = first[apart], second[apart]
        order = np.argsort(usual[first] + usual[second], kind="stable")[:MOST_PAIRS]
        return first[order], second[order]

    def _composed(self, constant: Edited, other: Edited) -> Edited:
        """Both edits of the whole: the constant is put to what the other one makes of it."""
        [(node, new)], [(_, done)] = constant.places, other.places
        both = rewrite(new, lambda part: done if part is self.formula else None)
        slip = constant.slip.along_with(other.slip)
        return Edited((NodeChange(node, both),), slip, max(constant.usual, other.usual))

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
        return Edited((NodeChange(id(part), change.expr),), slip, usual)


StandIns = dict[int, list[Expr]]
Changes = dict[int, list[RowChange]]  # by node


def _note(changes: Changes, places: tuple[NodeChange, ...], rows: Any) -> None:
    """Put what stands at these places instead into these rows."""
    for node, new in places:
        changes.setdefault(node, []).append((new, rows))


class Editor:
    """The wrong formulas of a solution's steps. A quantity that is not among the `answered` ones stands for
    its own formula, while that is short: a slip in it shows here first."""

    def __init__(self, workbook: Workbook, answered: Callable[[], frozenset[str]]) -> None:
        self.solution = workbook.solution
        self.workbook, self.answered = workbook, answered
        self.surroundings = Surroundings(workbook.solution)
        self._sheets: dict[Element, FormulaEdits | None] = {}
        self._plans: dict[tuple[str, Element], tuple[SlipList, RowPlan]] = {}

    def slips(self, place: Element, known: Known) -> SlipPool:
        """What one edit of the formula of the element gives at the `known` values."""
        return self._pool("slips", place, known, lambda sheet: sheet.singles)

    def constants(self, place: Element, known: Known) -> SlipPool:
        """What two signs or constants give."""
        return self._pool("constants", place, known, lambda sheet: sheet.constants)

    def composed(self, place: Element, known: Known) -> SlipPool:
        """What one of those and another edit of the outermost operation give."""
        return self._pool("composed", place, known, lambda sheet: sheet.composed)

    def pairs(self, place: Element, known: Known) -> SlipPool:
        """What two edits give otherwise."""
        sheet = self._sheet(place)
        if sheet is None or not sheet.pairs[0].size:
            return EMPTY
        first, second = sheet.pairs
        if ("pairs", place) not in self._plans:
            changes: Changes = {}
            for edits in (first, second):
                order = np.argsort(edits, kind="stable")
                for of_one in np.split(order, np.flatnonzero(np.diff(edits[order])) + 1):
                    _note(changes, sheet.singles[edits[of_one[0]]].places, of_one)
            self._plans["pairs", place] = self._plan(sheet, sheet.singles, len(first), changes)
        singles, plan = self._plans["pairs", place]
        return Pairs(singles, first, second, plan.values(known, self._letters(place[0])))

    def _pool(
        self, kind: str, place: Element, known: Known, edits: Callable[[FormulaEdits], list[Edited]]
    ) -> SlipPool:
        sheet = self._sheet(place)
        edited = edits(sheet) if sheet else []
        if sheet is None or not edited:
            return EMPTY
        if (kind, place) not in self._plans:
            changes: Changes = {}
            for row, each in enumerate(edited):
                _note(changes, each.places, row)
            self._plans[kind, place] = self._plan(sheet, edited, len(edited), changes)
        slips, plan = self._plans[kind, place]
        values = plan.values(known, self._letters(place[0]))
        return SlipPool(slips, lambda _: values)

    def _plan(
        self, sheet: FormulaEdits, edited: list[Edited], count: int, changes: Changes
    ) -> tuple[SlipList, RowPlan]:
        slips = SlipList(each.slip for each in edited)
        return slips, RowPlan(sheet.formula, count, changes, self.solution.element)

    def _letters(self, quantity: str) -> dict[str, float]:
        return self.solution.letters | self._numbers(quantity)

    def _numbers(self, quantity: str) -> dict[str, float]:
        step = self.solution.step(quantity)
        return {letter: float(value) for letter, value in step.numbers.items()} if step else {}

    def _sheet(self, place: Element) -> FormulaEdits | None:
        if place not in self._sheets:
            self._sheets[place] = self._laid_out(place)
        return self._sheets[place]

    def _laid_out(self, place: Element) -> FormulaEdits | None:
        formula = self.workbook.formula(*place)
        if formula is None:
            return None
        stand_ins: StandIns = {}
        owners: dict[int, str] = {}
        formula = self._written_out(formula, place[0], MOST_WRITTEN_OUT, stand_ins, owners)
        return FormulaEdits(formula, Scope(self.surroundings, *place), stand_ins, owners)

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
        """The element that `part` is, where it was not asked, or is a part of a formula without a name."""
        found = self.solution.element(part) if isinstance(part, Sym | Item) else None
        if found is None:
            return None
        node = found[0].removeprefix(self.solution.gradient_prefix)
        is_named = self.solution.graph.source(node).name == node
        return None if is_named and found[0] in self.answered() else found


def _nodes(expr: Expr) -> list[Expr]:
    found = [expr]
    for node in found:
        found.extend(children(node))
    return found


def _together(group: list[Edited]) -> Edited:
    """The same edit at all alike places."""
    first = group[0]
    [(says, parts)] = first.slip.says
    others = {edited.slip.says[0][1] for edited in group}
    swapped = len(parts) == 2 and parts[::-1] in others
    said = ("{0} and {1} exchanged" if swapped else f"{says}, here and in the like terms", parts)
    places = tuple(place for edited in group for place in edited.places)
    return Edited(places, first.slip._replace(says=(said,)), first.usual)

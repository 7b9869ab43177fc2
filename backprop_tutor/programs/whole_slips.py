"""What every usual slip gives for a whole array: those of the table, those of array code, edits of the
formula, and constants."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import chain, combinations
from math import prod
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.systems.base import Array, Shape
from backprop_tutor.grading.misconceptions.constants import Constants, constants_of
from backprop_tutor.grading.misconceptions.totals import DROPPED, KEPT
from backprop_tutor.grading.slip_pool import Slip
from backprop_tutor.grading.slips import Slips
from backprop_tutor.language.expr import Expr, Sym, rewrite
from backprop_tutor.programs.array_step import NO_ARRAY, ArrayStep
from backprop_tutor.programs.coding_slips import CODING_SLIPS, blown_up
from backprop_tutor.programs.layer_slips import LAYER_SLIPS
from backprop_tutor.walkthrough import Solution

if TYPE_CHECKING:
    from backprop_tutor.programs.formula_slips import EditedFormula, FormulaSlips

__all__ = ["NamedConstant", "WholeSlip", "WholeSlips"]

T = TypeVar("T")
_SLOT = re.compile(r"\{([^{}]+)\}")


class WholeSlip(NamedTuple):
    """What was done, and the array that it gives."""

    slip: Slip
    array: Array


class NamedConstant(NamedTuple):
    """A factor that a slip brings in."""

    ids: tuple[str, ...]
    says: str
    value: float

    def along_with(self, other: "NamedConstant") -> "NamedConstant":
        ids = tuple(dict.fromkeys(self.ids + other.ids))
        return NamedConstant(ids, f"{self.says}, and {other.says}", self.value * other.value)


class WholeSlips:
    """The slips in the steps of one `solution`."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self.table = Slips(solution.ledger)

    @cached_property
    def formulas(self) -> "FormulaSlips":
        from backprop_tutor.programs.formula_slips import FormulaSlips  # most slips are found without

        return FormulaSlips(self.solution)

    def single(self, step: ArrayStep) -> Iterator[WholeSlip]:
        """One slip in the step itself."""
        yield from self.listed(step)
        yield from self._edited(step, self.formulas.singles)

    def pairs(self, step: ArrayStep) -> Iterator[WholeSlip]:
        """Two edits of its formula."""
        yield from self._edited(step, self.formulas.pairs)

    def scaled(self, step: ArrayStep) -> Iterator[WholeSlip]:
        """The right array times one constant, or two."""
        if step.right is not None:
            for constant in self.constants(step):
                yield WholeSlip(_slip(constant.ids, constant.says, step), step.right * constant.value)

    def before(self, step: ArrayStep) -> Iterator[WholeSlip]:
        """One slip in an earlier step of which the program left nothing."""
        ledger = step.ledger
        for place in reversed(ledger.ancestors(step.quantity)):
            if place in step.absent:
                earlier = ArrayStep(ledger, place, step.known, step.absent)
                for found in self.single(earlier):
                    if found.array.shape == np.shape(step.known[place]):
                        array = step.again({place: found.array})
                        if array is not None:
                            yield WholeSlip(found.slip, array)

    def reshaped(self, step: ArrayStep, shape: Shape) -> Iterator[WholeSlip]:
        """The right numbers in another shape, but for rows and columns exchanged."""
        right = step.right
        if right is not None and right.size == prod(shape) and shape not in (right.shape, right.shape[::-1]):
            says = f"the shape {shape} where {right.shape} belongs: its numbers are right"
            yield WholeSlip(_slip(("other-shape",), says, step), right.reshape(shape))

    def from_changed(self, step: ArrayStep, changed: Mapping[str, Array]) -> Iterator[WholeSlip]:
        """Worked out from data or parameters that the program has changed."""
        used = {name: changed[name] for name in step.leaves() if name in changed}
        array = step.again(used) if used else None
        if array is not None:
            names = " and ".join(f"{{{name}}}" for name in used)
            says = f"your {names}, which the program has changed, where the exercise's belongs"
            yield WholeSlip(_slip(("data-changed",), says, step), array)

    def listed(self, step: ArrayStep) -> Iterator[WholeSlip]:
        """The slips of the table and those of array code."""
        table = self.table.wrong(step.quantity, step.known)
        everywhere = self.table.in_every_term(step.quantity, step.known)
        for misconception, variant in chain(_unless_shapes_differ(table), _unless_shapes_differ(everywhere)):
            says = _SLOT.sub(self._written, variant.says)
            slip = Slip((misconception.id,), ((says, ()),), step.quantity, variant.inherited)
            yield WholeSlip(slip, np.asarray(variant.value, dtype=float))
        looks = [look(step) for look in (*CODING_SLIPS, *LAYER_SLIPS)]
        for look in (*looks, blown_up(step, lambda changes: self.formulas.right(step, changes))):
            for id_, says, array in _unless_shapes_differ(look):
                yield WholeSlip(_slip((id_,), says, step), np.asarray(array, dtype=float))

    def _written(self, slot: re.Match[str]) -> str:
        """What stands in a slot: a part of a formula that has no name is written out."""
        graph, name = self.solution.graph, slot[1].removeprefix(self.solution.gradient_prefix)
        is_ours = name in graph.nodes and not graph.is_named(name)
        if not is_ours:
            return slot[0]
        return f"what comes back to {graph.written(name)}" if name != slot[1] else graph.written(name)

    def _spelled_out(self, part: Expr) -> Expr:
        return rewrite(part, self._spelled)

    def _spelled(self, part: Expr) -> Expr | None:
        """What a part of a formula that has no name is called: the formula itself."""
        if not isinstance(part, Sym):
            return None
        prefix = self.solution.gradient_prefix
        name, graph = part.name.removeprefix(prefix), self.solution.graph
        if name not in graph.nodes or graph.is_named(name):
            return None
        formula = graph.source(name).formula
        return formula if name == part.name else Sym(f"{prefix}({graph.written(name)})")

    def _edited(
        self, step: ArrayStep, edits: "Callable[[str], Iterator[EditedFormula]]"
    ) -> Iterator[WholeSlip]:
        shape = self.solution.shapes.get(step.quantity)
        for slip, formula in edits(step.quantity):
            said = tuple(
                (says, tuple(rewrite(part, self._spelled) for part in parts)) for says, parts in slip.says
            )
            array = self.formulas.value(formula, step)
            if array is None or not np.isfinite(array).all():  # a formula as it is printed may overflow
                continue
            if array.shape != shape and array.size == 1 and shape is not None:
                array = np.full(shape, array.reshape(()))
            yield WholeSlip(slip._replace(place=step.quantity, says=said), array)

    def constants(self, step: ArrayStep) -> list[NamedConstant]:
        """The factors by which a slip changes this quantity, alone and two at once."""
        single = [c for c in dict.fromkeys(self._constants(step)) if c.value not in (0, 1)]
        both = (a.along_with(b) for a, b in combinations(single, 2) if not set(a.ids) & set(b.ids))
        return [*single, *(c for c in both if abs(c.value - 1) > 1e-9)]

    def _constants(self, step: ArrayStep) -> Iterator[NamedConstant]:
        graph = self.solution.graph
        yield NamedConstant(("sign-flipped",), "the sign turned round", -1.0)
        is_gradient = bool(step.upstream)
        held: list[Constants] = []
        if is_gradient:
            held += constants_of(graph, [one.node.name for one in step.upstream])
        elif step.quantity == graph.loss:
            held += (constants_of(graph, [name])[0] for name in graph.upstream(graph.loss))
        counts = {one.examples for one in held if one.examples > 1}
        for n in counts:
            yield NamedConstant(("missing-one-over-n",), f"the factor 1/{{N}} = 1/{n} left out", float(n))
            yield NamedConstant(("one-over-n-twice",), f"the factor 1/{{N}} = 1/{n} taken twice", 1 / n)
        for factor in {factor for one in held for factor in one.squares}:
            what = KEPT if factor == 2 else DROPPED
            yield NamedConstant(("missing-factor-two",), what, factor)
        for k in {one.outputs for one in held if one.outputs > 1}:
            yield NamedConstant(("averaged-over-outputs",), f"a mean over the {k} outputs taken too", 1 / k)
        examples = next((node.shape[0] for node in graph.nodes.values() if node.batched), 1)
        if examples > 1 and held and not counts:
            says = f"a mean over the {examples} examples taken"
            yield NamedConstant(("mean-for-sum",), says, 1 / examples)
        if is_gradient and (rate := self.solution.rate):
            eta = float(rate.numbers[rate.letter(1)])
            yield NamedConstant(("rate-too-early",), "the learning rate multiplied into it", eta)
            yield NamedConstant(
                ("rate-too-early", "sign-flipped"), "the step of the update given, not the gradient", -eta
            )
        is_mean = step.is_forward and bool(step.inputs) and bool(ops.get(step.node.op).mean)
        if is_mean and (n := step.inputs[0].size / max(step.node.size, 1)) > 1:
            yield NamedConstant(("n-minus-one",), f"a division by {n - 1:g} where {n:g} belongs", n / (n - 1))
        yield NamedConstant(("factor-doubled",), "everything counted twice", 2.0)
        yield NamedConstant(("factor-doubled",), "a factor 1/2 that does not belong", 0.5)
        if step.is_forward or is_gradient:
            if (size := prod(step.node.shape)) > 1:
                yield NamedConstant(("mean-for-sum",), f"a division by its {size} numbers", 1 / size)
            leaves = (node for node in graph.nodes.values() if not node.op and len(node.shape) > 1)
            for rows in {node.shape[0] for node in leaves} - {1, 2, size, examples}:
                yield NamedConstant(("mean-for-sum",), f"a division by {rows} that does not belong", 1 / rows)


def _slip(ids: tuple[str, ...], says: str, step: ArrayStep) -> Slip:
    return Slip(ids, ((says, ()),), step.quantity)


def _unless_shapes_differ(found: Iterator[T]) -> Iterator[T]:
    try:
        yield from found
    except NO_ARRAY:  # an earlier array of the program's has another shape than the rules are written for
        return

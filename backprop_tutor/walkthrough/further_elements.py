"""One element of a second derivative or a Jacobian as a formula of the quantities on the way."""

from fractions import Fraction
from typing import Any

from backprop_tutor.engine import ops
from backprop_tutor.engine.evaluate import backward
from backprop_tutor.engine.systems.element import ELEMENT, Element
from backprop_tutor.exercise.ledger import Ledger
from backprop_tutor.language.expr import Expr, Num, leaves
from backprop_tutor.walkthrough.formulas import symbol

__all__ = ["FurtherElements"]

MAX_LEAVES = 24  # numbers and symbols of a formula that is still written out
MAX_LOOKED_AT = 2_000  # of them on the way: a formula written out in itself doubles with every node


class _TooLongToWrite(Exception):  # noqa: N818 - a property of the formula, nobody's error
    pass


class FurtherElements:
    """Formulas of elements that are not too long; None for the others."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        self.passes = ledger.further[name]
        self.known = ledger.lines.keys()
        self.xp = ELEMENT.counting()

    def at(self, index: tuple[int, ...]) -> Expr | None:
        passes = self.passes
        of, wrt = passes.graph.nodes[passes.of], passes.graph.nodes[passes.wrt]
        if wrt.name not in passes.through.upstream(of.name):
            return Num(Fraction(0))
        row, place = index[: len(of.shape)], index[len(of.shape) :]
        seed = Element(of.shape, lambda at: Num(Fraction(int(at == row))))
        looked_at = 0

        def counted(array: Element) -> Element:
            def at(place: tuple[int, ...]) -> Expr:
                nonlocal looked_at
                looked_at += 1
                if looked_at > MAX_LOOKED_AT:
                    raise _TooLongToWrite
                return array.at(place)

            return Element(array.shape, at)

        values: dict[str, Any] = {}
        for node in passes.graph.nodes.values():
            if node.name in self.known:
                values[node.name] = counted(symbol(self.xp, node, node.name))
            elif node.op:  # a first derivative that is no quantity of the exercise
                inputs = (values[parent] for parent in node.parents)
                values[node.name] = ops.get(node.op).forward(self.xp, *inputs, **node.params)
            else:
                values[node.name] = symbol(self.xp, node, node.name)
        try:
            formula = backward(passes.through, self.xp, values, [wrt.name], seed=seed)[wrt.name].at(place)
        except (_TooLongToWrite, RecursionError):
            return None
        return formula if sum(1 for _ in leaves(formula)) <= MAX_LEAVES else None

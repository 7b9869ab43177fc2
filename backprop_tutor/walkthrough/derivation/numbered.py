"""Definitions of single elements, for graphs that index letters cannot say: `h[2]` rather than `h[i]`."""

from collections.abc import Callable
from fractions import Fraction

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Node
from backprop_tutor.engine.systems.element import ELEMENT, Element
from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import OPERATORS, Expr, Num
from backprop_tutor.walkthrough.derivation.definitions import Definitions, named, options
from backprop_tutor.walkthrough.derivation.signs import sign_out
from backprop_tutor.walkthrough.derivation.terms import index_of, substitute

__all__ = ["Numbered", "element"]


class Numbered(Definitions):
    """The graph in the sizes that it has, its sums written out."""

    has_letters = False

    def total(self, letter: str, size: int, body: Expr) -> Expr:
        return ex.add(*(substitute(body, {letter: Num(Fraction(k + 1))}) for k in range(size)))

    def define(self, expr: Expr, used: object = ()) -> Expr:
        node = self.node(expr)
        assert node is not None
        at = tuple(int(place.value) - 1 for place in index_of(expr) if isinstance(place, Num))
        return sign_out(self._numbered(node).at(at))

    def sent_back(
        self,
        node: Node,
        slot: int,
        upstream: Callable[[tuple[Expr, ...]], Expr],
        at: tuple[Expr, ...],
        used: object = (),
    ) -> Expr:
        def placed(index: tuple[int, ...]) -> Expr:
            return upstream(tuple(Num(Fraction(place + 1)) for place in index))

        inputs = [self._input(self.graph.nodes[parent]) for parent in node.parents]
        g, y = Element(node.shape, placed), self._input(node)
        back = ops.get(node.op).vjp(slot)(_SYSTEM, g, y, *inputs, **node.params)
        place = tuple(int(entry.value) - 1 for entry in at if isinstance(entry, Num))
        return sign_out(back.at(place))

    def _numbered(self, node: Node) -> Element:
        inputs = [self._input(self.graph.nodes[parent]) for parent in node.parents]
        op = ops.get(node.op)
        if op.is_elementwise and op.name not in OPERATORS:
            formula: Element = _SYSTEM.call(op.name, *inputs, options=options(node))
        else:
            formula = (op.written or op.forward)(_SYSTEM, *inputs, **node.params)
        return formula

    def _input(self, node: Node) -> Element:
        if node.value is not None:
            return Element.scalar(Num(node.value))
        if node.name in self.written_out:
            return self._numbered(node)
        return Element(node.shape, lambda index: element(node, index))


_SYSTEM = ELEMENT.counting()  # no letter is left here, not even N


def element(node: Node, index: tuple[int, ...]) -> Expr:
    """The element of a node at a zero-based index."""
    return named(node.name, node, tuple(Num(Fraction(place + 1)) for place in index))

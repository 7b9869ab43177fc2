"""The nodes of a graph in the sizes that it has, element by element: `h[2]` rather than `h[i]`."""

from collections.abc import Callable
from fractions import Fraction

from backprop_tutor.engine.graph import Node
from backprop_tutor.engine.systems.element import Element
from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Expr, Num, Sym
from backprop_tutor.walkthrough.derivation.definitions import SYSTEM, Definitions
from backprop_tutor.walkthrough.derivation.terms import sign_out, substitute

__all__ = ["Numbered"]


class Numbered(Definitions):
    """The graph in the sizes that it has, its sums written out."""

    has_letters = False

    def total(self, place: Expr, size: int, body: Expr) -> Expr:
        if not isinstance(place, Sym):
            return body
        return ex.add(*(substitute(body, {place.name: Num(Fraction(k + 1))}) for k in range(size)))

    def define(self, expr: Expr, used: object = ()) -> Expr:
        return self.spelled_out(expr)

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

        back = self._back(SYSTEM, node, slot, Element(node.shape, placed), self._input)
        place = tuple(int(entry.value) - 1 for entry in at if isinstance(entry, Num))
        return sign_out(back.at(place))

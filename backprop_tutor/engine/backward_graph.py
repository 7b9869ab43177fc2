"""The backward pass as nodes of the graph itself: `df/dx`, made of `df/dh` on the way, which can be used and
differentiated like any other node."""

from collections.abc import Iterator
from fractions import Fraction
from functools import reduce
from operator import add
from typing import NamedTuple

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, GraphBuilder, Node, Param
from backprop_tutor.engine.ops.derivatives import CHAIN, Sent
from backprop_tutor.engine.systems.form import FORM, Form
from backprop_tutor.language.derivatives import gradient_of
from backprop_tutor.language.expr import Expr, Num, Sym, leaves, name_of

__all__ = ["BackwardGraph"]


class Term(NamedTuple):
    """What one consumer sends back: the rule, its arrays by name, which of them it needs, and its formula."""

    op: str
    slot: int
    arrays: tuple[str, ...]
    needed: frozenset[str]
    params: tuple[tuple[str, Param], ...]
    form: Form

    def sent(self, parents: list[str], nodes: dict[str, Node]) -> Sent:
        arrays = (parents.index(a) if a in self.needed else nodes[a].shape for a in self.arrays)
        return Sent(self.op, self.slot, tuple(arrays), self.params)


class BackwardGraph:
    """Adds the gradients of the scalar node `of` to a builder.

    A gradient that only hands on another is that other node, and one that is a number is that constant.
    """

    def __init__(self, builder: GraphBuilder, of: str) -> None:
        self.builder = builder
        self.graph = Graph(builder.nodes.values(), of)
        self.gradients = {of: builder.constant(Fraction(1))}

    def gradient(self, wrt: str) -> str:
        """The node of d`of`/d`wrt`, with those on the way to it; zeros where `of` does not depend on `wrt`.

        Raises ShapeError where the graph gets too large.
        """
        on_the_way = self.graph.between([wrt])
        for name in reversed(self.graph.nodes):
            if name in on_the_way and name not in self.gradients:
                node = self._added(self.graph.nodes[name], list(self._terms(name)))
                if node:
                    self.gradients[name] = node
        return self.gradients.get(wrt) or self._constant(self.graph.nodes[wrt], Fraction(0))

    def _terms(self, name: str) -> Iterator[Term]:
        """What every place where `name` is used sends back, where that is not 0."""
        for consumer, slot in self.graph.consumers[name]:
            if consumer not in self.gradients:
                continue
            node = self.graph.nodes[consumer]
            arrays = (self.gradients[consumer], consumer, *node.parents)
            settings = dict(node.params)
            letters = [Form.symbol(n, self.builder.nodes[n].shape) for n in arrays]
            rule = ops.get(node.op).vjp(slot)
            needed = frozenset(map(name_of, leaves(Form.lift(rule(FORM, *letters, **settings)).expr)))
            form = Form.lift(rule(FORM, *map(self._symbol, arrays), **settings))
            if not _is_number(form.expr, 0):
                yield Term(node.op, slot, arrays, needed, tuple(settings.items()), form)

    def _symbol(self, name: str) -> Form:
        node = self.builder.nodes[name]
        return Form.symbol(name, node.shape) if node.value is None else Form.lift(FORM.number(node.value))

    def _added(self, node: Node, terms: list[Term]) -> str:
        """The node of the sum of `terms`, "" for 0."""
        if not terms:
            return ""
        total = reduce(add, (term.form for term in terms))
        match total.expr:
            case Num(value):
                return self._constant(node, value)
            case Sym(name) if self.builder.nodes[name].shape == node.shape:
                return name
        name = gradient_of(self.graph.loss, node.name)
        if name in self.builder.nodes:
            return name
        parents = list(dict.fromkeys(a for term in terms for a in term.arrays if a in term.needed))
        sent = tuple(term.sent(parents, self.builder.nodes) for term in terms)
        return self.builder.apply(name, CHAIN, tuple(parents), {"sent": sent}, node.axes)

    def _constant(self, node: Node, value: Fraction) -> str:
        """The number `value`, in every element of the gradient of `node`."""
        number = self.builder.constant(value)
        if not node.shape:
            return number
        name = gradient_of(self.graph.loss, node.name)
        if name in self.builder.nodes:
            return name
        spread = Sent("sum", 0, (0, (), node.shape))
        return self.builder.apply(name, CHAIN, (number,), {"sent": (spread,)}, node.axes)


def _is_number(expr: Expr, value: int) -> bool:
    return isinstance(expr, Num) and expr.value == value

"""The backward pass as nodes of the graph itself: `df/dx`, made of `df/dh` on the way, which can be used and
differentiated like any other node."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Any, NamedTuple

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, GraphBuilder, Node, Param
from backprop_tutor.engine.ops.derivatives import CHAIN, Operand, Sent
from backprop_tutor.engine.systems.form import FORM, Form
from backprop_tutor.errors import ShapeError
from backprop_tutor.language.derivative_name import MAX_ORDER, gradient_of
from backprop_tutor.language.expr import Expr, Num, Sym, leaves, name_of

__all__ = ["BackwardGraph"]


MAX_IN_PLACE = 8  # gradients without a name, inside one another


class Gradient(NamedTuple):
    """The gradient at one node: a node of its own, or the terms that it is, and its formula."""

    form: Form
    node: str = ""
    terms: "tuple[Term, ...]" = ()

    @property
    def depth(self) -> int:
        return 1 + max((term.upstream.depth for term in self.terms), default=-1)


class Term(NamedTuple):
    """What one consumer sends back: the rule, the gradient that it starts from, output and inputs by name,
    and those of them that it needs."""

    op: str
    slot: int
    upstream: Gradient
    arrays: tuple[Node, ...]
    needed: frozenset[str]
    params: tuple[tuple[str, Param], ...]
    form: Form

    def sent(self, parents: dict[str, int]) -> Sent:
        """The term with its arrays as numbers of `parents`, where they are put if they are not there."""
        start = self.upstream
        value = (
            parents.setdefault(start.node, len(parents))
            if start.node
            else tuple(term.sent(parents) for term in start.terms)
        )
        operands = [Operand(value, self.arrays[0].shape, self.arrays[0].name)]
        for node in self.arrays:
            which = parents.setdefault(node.name, len(parents)) if node.name in self.needed else None
            operands.append(Operand(which, node.shape, node.name))
        return Sent(self.op, self.slot, tuple(operands), self.params)


class BackwardGraph:
    """Adds the gradients of the scalar node `of` to a builder.

    A gradient that only hands on another is that other node, and one that is a number is that constant; one
    at a node that is not `named` is written out where it is used.
    """

    def __init__(self, builder: GraphBuilder, of: str, named: Callable[[str], bool]) -> None:
        self.builder = builder
        self.named = named
        self.graph = Graph(builder.nodes.values(), of)
        self.gradients = {of: self._constant(Fraction(1))}

    def gradient(self, wrt: str, name: str = "") -> str:
        """The node of d`of`/d`wrt`, with those on the way to it; zeros where `of` does not depend on `wrt`.

        A node that is made for it, and for nothing else, is called `name`. Raises ShapeError where the graph
        gets too large, or its derivatives too high.
        """
        on_the_way = self.graph.between([wrt])
        for node in reversed(self.graph.nodes.values()):
            if node.name in on_the_way and node.name not in self.gradients:
                terms = tuple(self._terms(node.name))
                if terms:
                    self.gradients[node.name] = self._sum(node, terms, name if node.name == wrt else "")
        return self._as_node(self.graph.nodes[wrt], name)

    def _terms(self, name: str) -> Iterator[Term]:
        """What every place where `name` is used sends back, where that is not 0."""
        for consumer, slot in self.graph.consumers[name]:
            if consumer not in self.gradients:
                continue
            node, upstream = self.graph.nodes[consumer], self.gradients[consumer]
            if _order(node.params) >= MAX_ORDER:
                raise ShapeError(f"there is no derivative of an order above {MAX_ORDER} here")
            arrays = (node, *(self.graph.nodes[parent] for parent in node.parents))
            rule = ops.get(node.op).vjp(slot)
            letters = [Form.symbol(array.name, array.shape) for array in arrays]
            start = Form.symbol("", node.shape)
            needed = leaves(Form.lift(rule(FORM, start, *letters, **node.params)).expr)
            symbols = map(self._symbol, arrays)
            form = Form.lift(rule(FORM, FORM.broadcast(upstream.form, node.shape), *symbols, **node.params))
            if not _is_number(form.expr, 0):
                names = frozenset(map(name_of, needed))
                yield Term(node.op, slot, upstream, arrays, names, tuple(node.params.items()), form)

    def _symbol(self, node: Node) -> Form:
        if node.value is None:
            return Form.symbol(node.name, node.shape)
        return Form.lift(FORM.number(node.value))

    def _constant(self, value: Fraction) -> Gradient:
        return Gradient(Form.lift(FORM.number(value)), self.builder.constant(value))

    def _sum(self, node: Node, terms: tuple[Term, ...], called: str) -> Gradient:
        total = reduce(add, (term.form for term in terms))
        match total.expr:
            case Num(value):
                return self._constant(value)
            case Sym(name) if self.builder.nodes[name].shape == node.shape:
                return Gradient(total, name)
        found = Gradient(total, "", terms)
        if not called and not self.named(node.name) and found.depth < MAX_IN_PLACE:
            return found
        return self._made(node, called, [term.sent for term in terms])

    def _as_node(self, node: Node, called: str) -> str:
        """The gradient at `node` as a node of its shape."""
        found = self.gradients.get(node.name) or self._constant(Fraction(0))
        if found.node and self.builder.nodes[found.node].shape == node.shape:
            return found.node
        if found.node:  # one number in every place, as the gradient of a sum has it

            def spread(parents: dict[str, int]) -> Sent:
                which = parents.setdefault(found.node, len(parents))
                number, of = Operand(which, (), found.node), Operand(None, (), found.node)
                return Sent("sum", 0, (number, of, Operand(None, node.shape, node.name)))

            return self._made(node, called, [spread]).node
        self.gradients[node.name] = self._made(node, called, [term.sent for term in found.terms])
        return self.gradients[node.name].node

    def _made(self, node: Node, called: str, sent: "list[Callable[[dict[str, int]], Sent]]") -> Gradient:
        """A node of the gradient at `node`, unless there is one of that name."""
        name = called or gradient_of(self.graph.loss, node.name)
        if name not in self.builder.nodes:
            parents: dict[str, int] = {}
            params: Any = {"sent": tuple(one(parents) for one in sent)}
            self.builder.apply(name, CHAIN, tuple(parents), params, node.axes)
        return Gradient(Form.symbol(name, node.shape), name)


def _order(params: Mapping[str, Param]) -> int:
    """How often the rule of a node with these settings has been derived."""
    sent: Any = params.get("sent", ())
    return max((_order_of(one) for one in sent), default=0)


def _order_of(sent: Sent) -> int:
    inside = (one for operand in sent.operands if isinstance(operand.value, tuple) for one in operand.value)
    return max(1 + _order(dict(sent.params)), *map(_order_of, inside), 0)


def _is_number(expr: Expr, value: int) -> bool:
    return isinstance(expr, Num) and expr.value == value

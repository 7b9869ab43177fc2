"""The derivation of one element where index letters cannot say what the graph does: by its numbers."""

from fractions import Fraction
from math import prod

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Node
from backprop_tutor.engine.systems.element import ELEMENT, Element
from backprop_tutor.errors import ProofError
from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import OPERATORS, Expr, Num, Partial
from backprop_tutor.walkthrough.derivation.bench import Bench
from backprop_tutor.walkthrough.derivation.definitions import Definitions, named, options
from backprop_tutor.walkthrough.derivation.derive import TooLong, derive
from backprop_tutor.walkthrough.derivation.ground import Ground
from backprop_tutor.walkthrough.derivation.lines import Line, Section
from backprop_tutor.walkthrough.derivation.proof import proved
from backprop_tutor.walkthrough.derivation.rule import Scene
from backprop_tutor.walkthrough.derivation.signs import sign_out
from backprop_tutor.walkthrough.derivation.terms import index_of, substitute

__all__ = ["derived_by_element"]

MAX_ELEMENTS = 200

At = tuple[int, ...]


class _Numbered(Definitions):
    """Definitions of single elements: `h[2]` rather than `h[i]`, sums written out."""

    has_letters = False

    def total(self, letter: str, size: int, body: Expr) -> Expr:
        return ex.add(*(substitute(body, {letter: Num(Fraction(k + 1))}) for k in range(size)))

    def define(self, expr: Expr, used: object = ()) -> Expr:
        node = self.node(expr)
        assert node is not None
        at = tuple(int(place.value) - 1 for place in index_of(expr) if isinstance(place, Num))
        return sign_out(self._numbered(node).at(at))

    def _numbered(self, node: Node) -> Element:
        inputs = [self._input(self.graph.nodes[parent]) for parent in node.parents]
        op = ops.get(node.op)
        if op.is_elementwise and op.name not in OPERATORS:
            formula: Element = ELEMENT.call(op.name, *inputs, options=options(node))
        else:
            formula = op.forward(ELEMENT, *inputs, **node.params)
        return formula

    def _input(self, node: Node) -> Element:
        if node.value is not None:
            return Element.scalar(Num(node.value))
        if node.name in self.written_out:
            return self._numbered(node)
        return Element(node.shape, lambda index: _element(node, index))


def _element(node: Node, index: At) -> Expr:
    return named(node.name, node, tuple(Num(Fraction(place + 1)) for place in index))


def derived_by_element(ground: Ground, of: At, wrt: At) -> Section:
    """∂of/∂wrt of two elements, each rule applied to all of its places at once, proved.

    Raises TooLong where there are too many elements, and ProofError.
    """
    graph, (above, below) = ground.solution.graph, ground.question.nodes
    if sum(prod(node.shape) for node in graph.nodes.values()) > MAX_ELEMENTS:
        raise TooLong
    definitions = _Numbered(graph, {}, ground.definitions.written_out)
    start = Partial(_element(above, of), _element(below, wrt))
    lines: list[Line] = list(derive(Scene(definitions, start), start, everywhere=True))
    (section,) = proved([Section(start, start, tuple(lines))], Bench(definitions))
    if any(line.verified is False for line in section.lines):
        raise ProofError(ground.question.name, "a line of its derivation does not hold.")
    return section

"""What a rule is, and what it can ask about the place where it stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backprop_tutor.engine.graph import Node
from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Item, Num, Partial, Sum, Sym, name_of
from backprop_tutor.walkthrough.derivation.definitions import Definitions
from backprop_tutor.walkthrough.derivation.terms import ONE, ZERO, index_of, letters, walk

__all__ = ["DerivativeRule", "Rule", "Scene", "delta", "end_of", "same"]


@dataclass(frozen=True)
class Scene:
    """The line that is rewritten, and what is known beside it.

    `stations` are the nodes whose derivative of the loss has been derived already, the nearest to the
    loss first, each with the name that it goes by, and `numbers` says which of these derivatives is a plain
    number. `targets` are the nodes whose elements add up to 1 for
    each example. `ranges` says how far the free letters go. The chain rule leads through the stations in
    `cut`, all others being `held` fixed or not.
    """

    definitions: Definitions
    line: Expr
    stations: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, Num] = field(default_factory=dict)
    targets: frozenset[str] = frozenset()
    ranges: Mapping[str, Expr] = field(default_factory=dict)
    cut: tuple[str, ...] = ()
    held: bool = False

    @property
    def loss(self) -> str:
        return self.definitions.graph.loss

    def node(self, expr: Expr) -> Node | None:
        return self.definitions.node(expr)

    def shape(self, expr: Expr) -> tuple[int, ...]:
        """That of the quantity that `expr` is an element of: of a node, or of a derivative by one."""
        name = name_of(expr)
        node = self.definitions.graph.nodes.get(self.definitions.derivatives.get(name, name))
        return node.shape if node else ()

    def name(self, expr: Expr) -> str:
        """The node that `expr` is an element of, or nothing."""
        node = self.node(expr)
        return node.name if node else ""

    def depends(self, expr: Expr, wrt: Expr) -> bool:
        """Whether a quantity in `expr` changes when the node of `wrt` does."""
        name = self.name(wrt)
        below = self.definitions.downstream(name)
        if self.held:
            below = {*self.definitions.moving(name), self.loss}
        return any(self.name(part) in below for part in walk(expr) if isinstance(part, Sym | Item))

    def letters(self) -> set[str]:
        """Those that a new sum may not have: in the line, or at its left."""
        return letters(self.line) | self.ranges.keys()

    def covers(self, upper: Expr, value: Expr) -> bool:
        """Whether a sum up to `upper` has a term for every `value`: it may run over a slice alone."""
        if isinstance(value, Num) and isinstance(upper, Num):
            return value.value <= upper.value
        name = value.name if isinstance(value, Sym) else ""
        summed = {
            end_of(part.upper) for part in walk(self.line) if isinstance(part, Sum) and part.index == name
        }
        ends = summed or {end_of(self.ranges.get(name, upper))}
        most = end_of(upper)
        return all(end == most or _is_less(end, most) for end in ends)

    def define(self, expr: Expr) -> Expr:
        return self.definitions.define(expr, self.letters())


def _is_less(a: Expr, b: Expr) -> bool:
    return isinstance(a, Num) and isinstance(b, Num) and a.value <= b.value


def end_of(upper: Expr) -> Expr:
    """The end of a sum, however it is written."""
    return Num(upper.value) if isinstance(upper, Num) else upper


@dataclass(frozen=True, slots=True)
class Rule:
    """`apply` gives what stands in the place of an expression, or None where the rule does not fit it.

    `says` gives the name of the rule there, where it depends on the place. A rule rewrites one place a
    line; one that fits `everywhere` rewrites all of its places at once. A `minor` one is no step of its own
    where a derivation is long; one that `assumes` something of the data holds for some alone.
    """

    name: str
    apply: Callable[[Scene, Any], Expr | None]
    says: Callable[[Scene, Any], str] | None = None
    everywhere: bool = False
    minor: bool = False
    assumes: bool = False

    def rewrite(self, scene: Scene, place: Expr) -> Expr | None:
        return self.apply(scene, place)

    def title(self, scene: Scene, place: Expr) -> str:
        return self.says(scene, place) if self.says else self.name


class DerivativeRule(Rule):
    """A rule for places that are derivatives, not carried out yet."""

    def rewrite(self, scene: Scene, place: Expr) -> Expr | None:
        return self.apply(scene, place) if isinstance(place, Partial) else None


def delta(a: Expr, b: Expr) -> Expr:
    """1 where two places are the same, 0 where they are two numbers, a Kronecker delta between letters."""
    if a == b:
        return ONE
    if isinstance(a, Num):
        return ZERO if isinstance(b, Num) else Call("kronecker", (b, a))
    return Call("kronecker", (a, b))


def same(a: Expr, b: Expr) -> Expr:
    """1 where two elements of one node are the same and 0 where not."""
    return ex.mul(*(delta(m, n) for m, n in zip(index_of(a), index_of(b), strict=True)))

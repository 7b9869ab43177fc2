"""Norms that are written out: y of x, less its mean or not, by its deviation. They are found in a graph's
formulas, whatever their pieces are called, and proved of it before anything is made of them."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Num, Partial, Sum, Sym, name_of
from backprop_tutor.walkthrough.derivation.definitions import Definitions, named
from backprop_tutor.walkthrough.derivation.derivation_form import Line, Section
from backprop_tutor.walkthrough.derivation.proof import proved
from backprop_tutor.walkthrough.derivation.random_model import Bench
from backprop_tutor.walkthrough.derivation.rule import delta
from backprop_tutor.walkthrough.derivation.terms import (
    ONE,
    difference,
    index_of,
    letters_of,
    walk,
)

__all__ = ["Norm", "gradient_behind", "jacobian", "norm_of", "shown_norms"]

MAX_ELEMENTS = 3000  # of a graph that is worked with exactly
Index = tuple[Expr, ...]


@dataclass(frozen=True)
class Norm:
    """`y` is a norm of `x` along `axes`, `centred` or not; of its factors, `place` is 1 by the deviation."""

    definitions: Definitions
    x: str
    y: str
    place: int
    axes: tuple[int, ...]
    centred: bool

    @property
    def share(self) -> Expr:
        """1 by the number of elements that are normed together."""
        nodes, definitions = self.definitions.graph.nodes, self.definitions
        count = ex.mul(*(definitions.size(nodes[self.y].shape[axis]) for axis in self.axes))
        return Num(1 / count.value) if isinstance(count, Num) else ex.div(ONE, count)

    def at(self, index: Index) -> Expr:
        """The element of y at a place."""
        return named(self.y, self.definitions.graph.nodes[self.y], index)

    def over(self, index: Index, used: Collection[str]) -> Expr:
        """1 by the deviation at a place, its sums over letters that are not `used`."""
        taken = {*used, *(letter for at in index for letter in letters_of(at))}
        return list(_factors(self.definitions.define(self.at(index), taken)))[self.place]


def norm_of(definitions: Definitions, y: str, x: str) -> Norm | None:
    """y as a norm of x, if nothing that has a name stands between them and it is proved to be one."""
    if (y, x) not in definitions.norms:
        below = definitions.downstream(x)
        is_direct = [name for name in definitions.uses(y) if name in below] == [x]
        found = (norm for norm in _candidates(definitions, x, y) if _is_one(norm)) if is_direct else ()
        definitions.norms[y, x] = next(iter(found), None)
    known: Norm | None = definitions.norms[y, x]
    return known


def shown_norms(definitions: Definitions, x: str) -> Iterator[Norm]:
    """What may be a norm of x, through which alone the loss depends on it."""
    for y in definitions.downstream(x) - {x}:
        if y not in definitions.written_out and definitions.lies_on_every_way(y, x):
            yield from _candidates(definitions, x, y)


def _candidates(definitions: Definitions, x: str, y: str) -> Iterator[Norm]:
    nodes = definitions.graph.nodes
    node = nodes[y]
    if not node.op or not node.shape or node.shape != nodes[x].shape or not definitions.is_sayable(y):
        return
    if not definitions.has_letters or (definitions.graph.size > MAX_ELEMENTS and not definitions.names):
        return
    own = definitions.own(y)
    index, below = index_of(own), definitions.downstream(x)
    for place, over in enumerate(_factors(definitions.define(own, ()))):
        free = _free(over)
        axes = tuple(k for k, at in enumerate(index) if isinstance(at, Sym) and at.name not in free)
        if axes and any(name_of(part) in below for part in walk(over)):
            for centred in (True, False):
                yield Norm(definitions, x, y, place, axes, centred)


def _factors(formula: Expr) -> Iterator[Expr]:
    match formula:
        case Call("div", (_, below)):
            yield ex.div(ONE, below)
        case Call("mul", args):
            yield from args


def _free(expr: Expr) -> set[str]:
    """The letters in `expr` that no sum in it binds."""
    found = {letter for place in index_of(expr) for letter in letters_of(place)}
    for part in ex.children(expr):
        found |= _free(part)
    return found - {expr.index} if isinstance(expr, Sum) else found


def jacobian(norm: Norm, of: Index, wrt: Index, used: Collection[str]) -> Expr:
    """∂y/∂x of the elements at two places."""
    along = ex.mul(*(delta(of[axis], wrt[axis]) for axis in norm.axes))
    across = [delta(a, b) for axis, (a, b) in enumerate(zip(of, wrt, strict=True)) if axis not in norm.axes]
    terms = [(1, along), (-1, norm.share)] if norm.centred else [(1, along)]
    terms.append((-1, ex.mul(norm.share, norm.at(of), norm.at(wrt))))
    return ex.mul(*across, norm.over(wrt, used), difference(terms))


def gradient_behind(norm: Norm, g: Callable[[Index], Expr], index: Index, used: set[str]) -> Expr:
    """∂J/∂x at a place from ∂J/∂y, which `g` gives: less its mean, less what goes through the deviation."""
    definitions, node = norm.definitions, norm.definitions.graph.nodes[norm.y]
    sizes = [node.shape[axis] for axis in norm.axes]

    def mean(body: Callable[[Index], Expr]) -> Expr:
        fresh = definitions.fresh(sizes, used, batched=node.batched and norm.axes[0] == 0)
        places = dict(zip(norm.axes, fresh, strict=True))
        total = body(tuple(places.get(axis, at) for axis, at in enumerate(index)))
        for axis, size in reversed(list(zip(norm.axes, sizes, strict=True))):
            total = definitions.total(places[axis], size, total)
        return ex.mul(norm.share, total)

    terms = [(1, g(index)), (-1, mean(g))] if norm.centred else [(1, g(index))]
    through = mean(lambda at: ex.mul(g(at), norm.at(at)))
    return ex.mul(norm.over(index, used), difference([*terms, (-1, ex.mul(norm.at(index), through))]))


def _is_one(norm: Norm) -> bool:
    definitions = norm.definitions
    x = definitions.own(norm.x)
    used = {letter for place in index_of(x) for letter in letters_of(place)}
    node = definitions.graph.nodes[norm.y]
    of = tuple(definitions.fresh(node.shape, used, batched=node.batched))
    claimed = jacobian(norm, of, index_of(x), {*used})
    start = Partial(norm.at(of), x)
    section = Section(start, start, (Line("", claimed, start),))
    return proved([section], Bench(definitions))[0].lines[0].verified is True

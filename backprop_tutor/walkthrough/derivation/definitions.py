"""The nodes of a graph as formulas with letters: what `net1(p)[i]` is, and which letters are free."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import chain, count

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, GraphBuilder, Node
from backprop_tutor.engine.systems.letters import Lettered, LettersSystem
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.language.expr import OPERATORS, Expr, Item, Num, Sum, Sym, rewrite
from backprop_tutor.walkthrough.derivation.signs import sign_out
from backprop_tutor.walkthrough.derivation.terms import index_of, substitute

__all__ = ["EXAMPLES", "Definitions", "definitions", "named", "options", "resized"]

EXAMPLES = "N"  # what the number of examples is called
_EXAMPLE_LETTERS = "pqrsuvw"
_UNIT_LETTERS = "klmnijabcdeguvwy"
_OWN_LETTERS = "ijklmn"
_UNNAMED = {*OPERATORS, "sum", "mean", "index", "reshape", "concat"}


def definitions(exercise: Exercise, asked: Collection[str] = ()) -> "Definitions":
    """The definitions of an exercise; of a network in general, for any number of examples and units.

    Nodes that the reader did not name, such as the square in `mean(e ** 2)`, are written out where they are
    used, unless they are `asked` for.
    """
    graph, names = exercise.graph, dict[int, str]()
    if exercise.layers is not None:
        dimensions = [EXAMPLES, *(f"n{layer}" for layer in range(len(exercise.layers) + 1))]
        sizes = {name: size for size, name in enumerate(dimensions, start=2)}
        names = {size: name for name, size in sizes.items()}
        graph = resized(graph, sizes)
    return Definitions(graph, names, frozenset(_unnamed(graph)) - set(asked))


def _unnamed(graph: Graph) -> Iterator[str]:
    """The nodes inside a longer formula: J_1 in the formula of J, if it is made by an operator."""
    for node in graph.nodes.values():
        base, _, number = node.name.rpartition("_")
        inside = number.isdecimal() and base in graph.nodes and len(graph.consumers[node.name]) == 1
        if inside and node.op in _UNNAMED:
            yield node.name


def resized(graph: Graph, sizes: dict[str, int]) -> Graph:
    """The graph of a network with other sizes: `N` examples, `n0` inputs, `n1` units in layer 1, …."""
    builder = GraphBuilder(max_elements=10**18)
    last = max(int(name[1:]) for name in sizes if name != EXAMPLES)
    for node in graph.nodes.values():
        if node.op:
            builder.apply(node.name, node.op, node.parents, node.params, node.axes)
        else:
            letter, layer = node.name[0], int(node.name[1:] or 0)
            wide = {
                "x": (EXAMPLES, "n0"),
                "t": (EXAMPLES, f"n{last}"),
                "W": (f"n{layer}", f"n{layer - 1}"),
                "b": (f"n{layer}",),
            }[letter]
            builder.leaf(node.name, node.role, tuple(sizes[name] for name in wide), node.axes)
    return builder.build(graph.loss)


@dataclass(frozen=True)
class Definitions:
    """`names` says which sizes of the graph stand for any number, and what that number is called.

    The nodes in `written_out` stand in no formula by name.
    """

    graph: Graph
    names: dict[int, str]
    written_out: frozenset[str] = frozenset()
    _formulas: dict[str, Lettered] = field(default_factory=dict)
    _below: dict[str, set[str]] = field(default_factory=dict)

    has_letters = True

    @cached_property
    def system(self) -> LettersSystem:
        return LettersSystem({size: name for size, name in self.names.items() if name == EXAMPLES})

    def node(self, expr: Expr) -> Node | None:
        """The node whose element (or whole value, of a scalar) `expr` is."""
        base = expr.base if isinstance(expr, Item) else expr
        return self.graph.nodes.get(base.name) if isinstance(base, Sym) else None

    def define(self, expr: Expr, used: Collection[str]) -> Expr:
        """What the element `expr` is computed as, its sums over letters that are not `used`."""
        node = self.node(expr)
        assert node is not None
        return self._readable(sign_out(self._formula(node.name).at(index_of(expr))), used)

    def _formula(self, name: str) -> Lettered:
        if name not in self._formulas:
            node, xp = self.graph.nodes[name], self.system
            inputs = [self._leaf(self.graph.nodes[parent]) for parent in node.parents]
            op = ops.get(node.op)
            if op.is_elementwise and op.name not in OPERATORS:
                self._formulas[name] = xp.call(op.name, *inputs, options=options(node))
            else:
                self._formulas[name] = op.forward(xp, *inputs, **node.params)
        return self._formulas[name]

    def _leaf(self, node: Node) -> Lettered:
        if node.value is not None:
            return Lettered.scalar(Num(node.value))
        if node.name in self.written_out:
            return self._formula(node.name)
        return Lettered(node.shape, lambda index: named(node.name, node, index))

    def _readable(self, expr: Expr, used: Collection[str]) -> Expr:
        """`expr` with names for its raw letters and sizes."""
        taken = set(used)

        def name(part: Expr) -> Expr | None:
            if not isinstance(part, Sum) or not part.index.startswith("#"):
                return None
            assert isinstance(part.upper, Num)
            upper = int(part.upper.value)
            (letter,) = self.fresh_letters((upper,), taken)
            taken.add(letter)
            body = substitute(part.body, {part.index: Sym(letter)})
            return Sum(letter, self.size(upper), rewrite(body, name))

        return rewrite(expr, name)

    @cached_property
    def derivatives(self) -> dict[str, str]:
        """The names that derivatives of the loss go by, with the node that each is the derivative by."""
        names = {f"d{self.graph.loss}/d{name}": name for name in self.graph.nodes}
        nets = [name for name in self.graph.nodes if name.startswith("net") and name[3:].isdecimal()]
        return names | {f"delta{name[3:]}": name for name in nets}

    def total(self, letter: str, size: int, body: Expr) -> Expr:
        """The sum of `body` over a letter."""
        return Sum(letter, self.size(size), body)

    def size(self, size: int) -> Expr:
        return Sym(self.names[size]) if size in self.names else Num(Fraction(size))

    def fresh_letters(self, sizes: Iterable[int], used: Collection[str], pool: str = "") -> list[str]:
        """A letter for each axis of these sizes: none that is `used`, no quantity's name."""
        taken = {*used, *self.graph.nodes}
        found = []
        for size in sizes:
            letters = _EXAMPLE_LETTERS if self.names.get(size) == EXAMPLES else pool or _UNIT_LETTERS
            spare = chain(letters, (f"{letter}{n}" for n in count(1) for letter in letters[:4]))
            found.append(next(letter for letter in spare if letter not in taken))
            taken.add(found[-1])
        return found

    def own(self, name: str, used: Collection[str] = (), pool: str = _OWN_LETTERS) -> Expr:
        """The general element of a node: W1[i,j], net1(p)[i]."""
        node = self.graph.nodes[name]
        return named(name, node, tuple(map(Sym, self.fresh_letters(node.shape, used, pool))))

    def consumers(self, name: str) -> list[str]:
        """The nodes in whose formulas `name` stands."""
        found: dict[str, None] = {}
        for consumer, _ in self.graph.consumers[name]:
            through = self.consumers(consumer) if consumer in self.written_out else [consumer]
            found |= dict.fromkeys(through)
        return list(found)

    def downstream(self, name: str) -> set[str]:
        """`name` and every node that depends on it."""
        if name not in self._below:
            self._below[name] = self.graph.downstream([name])
        return self._below[name]


def named(name: str, node: Node, index: tuple[Expr, ...]) -> Expr:
    """The element at `index` of the quantity `name`, which has the shape and axes of `node`."""
    if node.batched:
        return Item(Sym(name), index[1:], example=index[0])
    return Item(Sym(name), index) if index else Sym(name)


def options(node: Node) -> tuple[tuple[str, Expr], ...]:
    return tuple((key, Num(Fraction(value))) for key, value in node.params.items() if value is not None)  # type: ignore[arg-type]

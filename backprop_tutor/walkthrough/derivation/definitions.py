"""The nodes of a graph as formulas with letters, what `net1(p)[i]` is and which letters are free; and for
graphs that letters cannot say, element by element: `h[2]` rather than `h[i]`."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain, count
from typing import Any, TypeVar

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.op import axes_of
from backprop_tutor.engine.systems.element import ELEMENT, Element
from backprop_tutor.engine.systems.letters import Lettered, LettersSystem, Unwritable
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.language import CANONICAL, Indices, Lettering
from backprop_tutor.language import expr as ex
from backprop_tutor.language.deltas import delta_of
from backprop_tutor.language.derivative_name import gradient_of
from backprop_tutor.language.expr import Call, Expr, Item, Num, Sum, Sym, name_of, rewrite
from backprop_tutor.walkthrough.derivation.general_sizes import EXAMPLES, generalized, long_axes
from backprop_tutor.walkthrough.derivation.terms import ONE, index_of, letters_of, sign_out, substitute, walk
from backprop_tutor.walkthrough.formulas import options
from backprop_tutor.walkthrough.local_derivatives import mixes_examples

__all__ = ["SYSTEM", "Definitions", "definitions", "element", "named"]

_EXAMPLE_LETTERS = "pqrsuvw"
_UNIT_LETTERS = "klmnijuvcgyqrsabw"
_OWN_LETTERS = "ijklmn"
FREE = Indices()
A = TypeVar("A")  # an array of a number system


def definitions(
    exercise: Exercise, asked: Collection[str] = (), lettering: Lettering = CANONICAL
) -> "Definitions":
    """The definitions of an exercise; of a network in general, for any number of examples and units.

    Nodes that the reader did not name, such as the square in `mean(e ** 2)`, are written out where they are
    used, unless they are `asked` for. Indices of a network have letters that `lettering` leaves free.
    """
    indices = FREE if exercise.layers is None else lettering.indices
    if exercise.is_feed_forward:
        graph, names = generalized(exercise.graph, len(exercise.layers or ()), indices.size)
    else:
        graph, names = exercise.graph, long_axes(exercise.graph)
    computed = (node for node in graph.nodes.values() if node.op)
    unsayable = frozenset(node.name for node in computed if not _sayable(graph, node))
    written = frozenset(_written_out(graph, unsayable)) - set(asked)
    return Definitions(graph, names, written, indices, unsayable)


def _sayable(graph: Graph, node: Node) -> bool:
    """Whether letters can say what an element of a node is made of."""
    op = ops.get(node.op)
    inputs = [Lettered(graph.nodes[parent].shape, lambda _: Sym("x")) for parent in node.parents]
    try:
        made = (op.written or op.forward)(LettersSystem(), *inputs, **node.params)
        Lettered.lift(made).at(tuple(Sym(f"i{axis}") for axis in range(len(node.shape))))
    except Unwritable:
        return False
    return True


def _written_out(graph: Graph, unsayable: frozenset[str]) -> Iterator[str]:
    """The parts of formulas that are written out in them: all but those that a rule differentiates as a
    whole, such as a softmax, and what it is taken of."""
    for name, node in graph.nodes.items():
        if graph.is_named(name) or len(graph.consumers[name]) > 1:
            continue
        ((user, _),) = graph.consumers[name]
        op, around = ops.get(node.op), ops.get(graph.nodes[user].op)
        is_part = name in graph.inner or not (op.is_function or op.loss or op.kink)
        if not unsayable.isdisjoint((name, user)):
            continue
        if is_part and not (op.across or op.over or around.across or around.over):
            yield name


@dataclass(frozen=True)
class Definitions:
    """`names` says which sizes of the graph stand for any number, and what that number is called.

    The nodes in `written_out` stand in no formula by name. `indices` says which letters are left for indices.
    Of the nodes in `unsayable` no letters say how their elements are made: of the largest ones of an array.
    """

    graph: Graph
    names: dict[int, str]
    written_out: frozenset[str] = frozenset()
    indices: Indices = FREE
    unsayable: frozenset[str] = frozenset()
    _formulas: dict[str, Lettered] = field(default_factory=dict)
    _below: dict[str, set[str]] = field(default_factory=dict)
    _mixed: dict[tuple[str, str], bool] = field(default_factory=dict)
    _cuts: dict[tuple[str, str], bool] = field(default_factory=dict)
    norms: dict[tuple[str, str], Any] = field(default_factory=dict)  # what `norms` has found

    has_letters = True

    @property
    def is_general(self) -> bool:
        """Whether it is a network of any number of examples and units."""
        return EXAMPLES in self.names.values()

    @cached_property
    def system(self) -> LettersSystem:
        return LettersSystem(self.names)

    @cached_property
    def cancelled(self) -> frozenset[str]:
        """The activations that nothing but a loss reads, in a logarithm: the derivatives of the two cancel,
        and a name between them would hide it."""
        return frozenset(name for name in self.graph.nodes if self._is_read_by_its_logarithm(name))

    def _is_read_by_its_logarithm(self, name: str) -> bool:
        node, users = self.graph.nodes[name], self.consumers(name)
        op = ops.get(node.op) if node.op else None
        if op is None or not (op.is_function or op.across) or len(node.parents) != 1 or len(users) != 1:
            return False
        user = self.graph.nodes[users[0]]
        if user.shape or not self.is_sayable(user.name):
            return False
        parts = walk(self.define(self.own(user.name), ()))
        logarithms = (part for part in parts if isinstance(part, Call) and _is_logarithm(part.name))
        return any(name_of(part) == name for logarithm in logarithms for part in walk(logarithm))

    @cached_property
    def has_one_example(self) -> bool:
        batched = [node for node in self.graph.nodes.values() if node.batched]
        return bool(batched) and all(node.shape[0] == 1 for node in batched)

    def without_example(self, expr: Expr) -> Expr:
        """`expr` as it is written where there is one example alone: it goes unsaid."""

        def change(part: Expr) -> Expr | None:
            if isinstance(part, Item) and part.example == ONE:
                return replace(part, example=None) if part.index else part.base
            return None

        return rewrite(expr, change) if self.has_one_example else expr

    def node(self, expr: Expr) -> Node | None:
        """The node whose element (or whole value, of a scalar) `expr` is."""
        return self.graph.nodes.get(name_of(expr))

    def define(self, expr: Expr, used: Collection[str]) -> Expr:
        """What the element `expr` is computed as, its sums over letters that are not `used`."""
        node = self.node(expr)
        assert node is not None
        return self._readable(sign_out(self._formula(node.name).at(index_of(expr))), used)

    def is_sayable(self, name: str) -> bool:
        return name not in self.unsayable

    def spelled_out(self, expr: Expr, used: object = ()) -> Expr:
        """What the element `expr`, at a place that is a number, is computed as, its sums written out."""
        node = self.node(expr)
        assert node is not None
        at = tuple(int(place.value) - 1 for place in index_of(expr) if isinstance(place, Num))
        return sign_out(self._numbered(node).at(at))

    def _numbered(self, node: Node) -> Element:
        inputs = [self._input(self.graph.nodes[parent]) for parent in node.parents]
        op = ops.get(node.op)
        if op.is_function and not self._is_as_written(node):
            formula: Element = SYSTEM.call(op.name, *inputs, options=options(node.params))
        else:
            formula = (op.written or op.forward)(SYSTEM, *inputs, **node.params)
        return formula

    def _input(self, node: Node) -> Element:
        if node.value is not None:
            return Element.scalar(Num(node.value))
        if node.name in self.written_out:
            return self._numbered(node)
        return Element(node.shape, lambda index: element(node, index))

    def _formula(self, name: str) -> Lettered:
        if name not in self._formulas:
            inside = [name]  # a formula of 1,000 terms holds 999 others, one in the other
            for outer in inside:
                parents = self.graph.nodes[outer].parents
                inside += [p for p in parents if p in self.written_out and p not in self._formulas]
            for inner in reversed(inside):
                self._formulas[inner] = self._made(self.graph.nodes[inner])
        return self._formulas[name]

    def says_otherwise(self, name: str) -> bool:
        """Whether the author wrote another function for the op of a node: max(0, x) for relu(x)."""
        said = self.graph.source(name).formula
        return isinstance(said, Call) and ops.FUNCTIONS.get(said.name) != self.graph.nodes[name].op

    def _is_as_written(self, node: Node) -> bool:
        """Whether a part of a formula stands in it as its author wrote it, with no convention of its own."""
        has_words = ops.get(node.op).written is not None and not any(node.params.values())
        return has_words and node.name in self.written_out and self.says_otherwise(node.name)

    def _made(self, node: Node) -> Lettered:
        xp, op = self.system, ops.get(node.op)
        inputs = [self._leaf(self.graph.nodes[parent]) for parent in node.parents]
        if op.is_function and not self._is_as_written(node):
            formula: Lettered = xp.call(op.name, *inputs, options=options(node.params))
        elif op.mean == "elements" and not op.loss:
            formula = self._mean(inputs[0], node)
        else:
            formula = (op.written or op.forward)(xp, *inputs, **node.params)
        return formula

    def sent_back(
        self,
        node: Node,
        slot: int,
        upstream: Callable[[tuple[Expr, ...]], Expr],
        at: tuple[Expr, ...],
        used: Collection[str],
    ) -> Expr:
        """What the backward rule of `node` makes of `upstream`, at one element of its parent."""
        back = self._back(self.system, node, slot, Lettered(node.shape, upstream), self._leaf)
        return self._readable(sign_out(back.at(at)), used)

    def _back(self, xp: Any, node: Node, slot: int, g: A, leaf: Callable[[Node], A]) -> A:
        """The backward rule of `node` for the upstream gradient `g`, in any number system; `leaf` makes the
        array of a node."""
        inputs = [leaf(self.graph.nodes[parent]) for parent in node.parents]
        sent: A = ops.get(node.op).vjp(slot)(xp, g, leaf(node), *inputs, **node.params)
        return sent

    def _mean(self, x: Lettered, node: Node) -> Lettered:
        """A sum over the sizes, which may stand for any number."""
        axes = axes_of(x, node.params.get("axis"))
        count = ex.mul(*(self.size(x.shape[axis]) for axis in axes))
        return self.system.sum(x, axes, bool(node.params.get("keepdims"))) / Lettered.scalar(count)

    def _leaf(self, node: Node) -> Lettered:
        if node.value is not None:
            return Lettered.scalar(Num(node.value))
        if node.name in self.written_out:
            return self._formulas[node.name]
        return Lettered(node.shape, lambda index: named(node.name, node, index))

    def _readable(self, expr: Expr, used: Collection[str]) -> Expr:
        """`expr` with names for its raw letters and sizes."""
        taken = set(used)

        def name(part: Expr) -> Expr | None:
            if not isinstance(part, Sum) or not part.index.startswith("#"):
                return None
            assert isinstance(part.upper, Num)
            upper = int(part.upper.value)
            (place,) = self.fresh((upper,), taken, batched=_counts_examples(part))
            taken.update(letters_of(place))
            end = self.size(upper)
            if isinstance(end, Num) and not self._runs_to_the_end(part, upper):
                end = Num(end.value, str(end.value))  # to be said: it is that of a slice
            body = rewrite(substitute(part.body, {part.index: place}), name)
            return Sum(place.name, end, body) if isinstance(place, Sym) else body

        return rewrite(expr, name)

    def _runs_to_the_end(self, total: Sum, upper: int) -> bool:
        """Whether the letter of a sum runs over whole axes."""
        for part in walk(total.body):
            node = self.node(part)
            places = zip(index_of(part), node.shape, strict=False) if node else ()
            if any(place == Sym(total.index) and size != upper for place, size in places):
                return False
        return True

    @cached_property
    def derivatives(self) -> dict[str, str]:
        """The names that derivatives of the loss go by, with the node that each is the derivative by."""
        nodes = self.graph.nodes  # where a second derivative is derived, a first one is a node
        names = {d: name for name in nodes if (d := gradient_of(self.graph.loss, name)) not in nodes}
        return names | {delta: name for name in self.graph.nodes if (delta := delta_of(name))}

    def total(self, place: Expr, size: int, body: Expr) -> Expr:
        """The sum of `body` over the letter at `place`; at a number there is nothing to sum over."""
        return Sum(place.name, self.size(size), body) if isinstance(place, Sym) else body

    def size(self, size: int) -> Expr:
        return Sym(self.names[size]) if size in self.names else Num(Fraction(size))

    def fresh(
        self, sizes: Iterable[int], used: Collection[str], pool: str = "", *, batched: bool = False
    ) -> list[Expr]:
        """A place on each axis of these sizes, the first of which counts examples where they are `batched`.

        It is a letter, none that is `used` and none that stands for anything else; the one place of an axis
        of size 1 is its number.
        """
        example, taken = self.indices.example, {*used, *self.graph.nodes, *self.names.values()}
        found: list[Expr] = []
        for axis, size in enumerate(sizes):
            if size == 1:
                found.append(ONE)
                continue
            counts_examples = self.names.get(size) == EXAMPLES or (batched and not axis)
            letters = [example, *_EXAMPLE_LETTERS] if counts_examples else [*pool, *_UNIT_LETTERS]
            free = [x for x in letters if x not in self.indices.taken or (counts_examples and x == example)]
            spare = chain(free, (f"{letter}{n}" for n in count(1) for letter in free[:4]))
            letter = next(letter for letter in spare if letter not in taken)
            found.append(Sym(letter))
            taken.add(letter)
        return found

    def own(self, name: str, used: Collection[str] = (), pool: str = _OWN_LETTERS) -> Expr:
        """The general element of a node: W1[i,j], net1(p)[i]."""
        node = self.graph.nodes[name]
        return named(name, node, tuple(self.fresh(node.shape, used, pool, batched=node.batched)))

    def consumers(self, name: str) -> list[str]:
        """The nodes in whose formulas `name` stands."""
        found: dict[str, None] = {}
        passed: set[str] = set()
        waiting = [consumer for consumer, _ in reversed(self.graph.consumers[name])]
        while waiting:
            consumer = waiting.pop()
            if consumer not in self.written_out:
                found[consumer] = None
            elif consumer not in passed:
                passed.add(consumer)
                waiting += [further for further, _ in reversed(self.graph.consumers[consumer])]
        return list(found)

    def uses(self, name: str) -> list[str]:
        """The nodes that stand in the formula of `name`."""
        found: dict[str, None] = {}
        waiting = list(self.graph.nodes[name].parents)
        for parent in waiting:
            if parent in self.written_out:
                waiting += self.graph.nodes[parent].parents
            elif self.graph.nodes[parent].value is None:
                found[parent] = None
        return list(found)

    def moving(self, name: str) -> frozenset[str]:
        """`name` and what is a function of it, such as its activation, and stands in no formula beside it."""
        direct = self.consumers(name)
        used = {other for consumer in direct for other in self.uses(consumer)}
        return frozenset([name, *(c for c in direct if c not in used and self._is_function(c, name))])

    def _is_function(self, consumer: str, name: str) -> bool:
        op = ops.get(self.graph.nodes[consumer].op)
        is_whole = op.is_function or op.weights or op.over or not self.is_sayable(consumer)
        return self.uses(consumer) == [name] or bool(is_whole)

    def mixes_examples(self, of: str, wrt: str) -> bool:
        """The same of these nodes, worked out once."""
        if (of, wrt) not in self._mixed:
            self._mixed[of, wrt] = mixes_examples(self.graph, of, wrt)
        return self._mixed[of, wrt]

    def lies_on_every_way(self, name: str, wrt: str) -> bool:
        """Whether the loss depends on `wrt` through the node `name` alone."""
        if (name, wrt) not in self._cuts:
            reached, waiting = {name, wrt}, [wrt]
            while waiting:
                for consumer, _ in self.graph.consumers[waiting.pop()]:
                    if consumer not in reached:
                        reached.add(consumer)
                        waiting.append(consumer)
            is_on_one = name != wrt and name in self.downstream(wrt)
            self._cuts[name, wrt] = is_on_one and self.graph.loss not in reached
        return self._cuts[name, wrt]

    def downstream(self, name: str) -> set[str]:
        """`name` and every node that depends on it."""
        if name not in self._below:
            self._below[name] = self.graph.downstream([name])
        return self._below[name]


def _is_logarithm(function: str) -> bool:
    return function in ops.TABLE and ops.TABLE[function].logarithm


def _counts_examples(total: Sum) -> bool:
    """Whether the letter of a sum stands where examples do."""
    letter = Sym(total.index)
    return any(isinstance(part, Item) and part.example == letter for part in walk(total.body))


def named(name: str, node: Node, index: tuple[Expr, ...]) -> Expr:
    """The element at `index` of the quantity `name`, which has the shape and axes of `node`."""
    if node.batched:
        return Item(Sym(name), index[1:], example=index[0])
    return Item(Sym(name), index) if index else Sym(name)


SYSTEM = ELEMENT.counting()  # no letter is left here, not even N


def element(node: Node, index: tuple[int, ...]) -> Expr:
    """The element of a node at a zero-based index."""
    return named(node.name, node, tuple(Num(Fraction(place + 1)) for place in index))

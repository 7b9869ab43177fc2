"""The computation graph: named arrays, each made by one op from its parents."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import Any, Literal, NamedTuple

from backprop_tutor.engine import ops
from backprop_tutor.engine.op import MISFITS, Loss, Op
from backprop_tutor.engine.source import Source, short_number
from backprop_tutor.engine.systems.base import Shape, shape_of
from backprop_tutor.engine.systems.form import FORM, Form
from backprop_tutor.errors import ShapeError

__all__ = ["DEFAULT_MAX_ELEMENTS", "Graph", "GraphBuilder", "Node", "Param", "Role", "shape_by_rules"]

Role = Literal["given", "parameter", "constant", "forward", "loss"]
Param = int | Fraction | str | None | tuple["Param", ...]

DEFAULT_MAX_ELEMENTS = 2_000_000
DEFAULT_MAX_NODES = 20_000
MAX_INNER = 24  # ops in one formula
MAX_LEVELS = 8  # of them inside one another


class Node(NamedTuple):
    """One named array.

    `op` and `parents` are empty for a leaf (given, parameter or constant). `axes` names the axes
    (`example`, `unit`, `input`); a node whose first axis is `example` is written `h1(2)[1]`. The axes of a
    derivative between arrays are those of its `parts`, what is derived and what it is derived by.
    """

    name: str
    role: Role
    shape: tuple[int, ...]
    op: str = ""
    parents: tuple[str, ...] = ()
    params: Mapping[str, Param] = {}  # never changed; a mappingproxy would not pickle
    axes: tuple[str, ...] = ()
    value: Fraction | None = None  # of a constant
    parts: tuple["Node", ...] = ()

    @property
    def batched(self) -> bool:
        return self.axes[:1] == ("example",)

    @property
    def size(self) -> int:
        return prod(self.shape)


class Graph:
    """Nodes in an order in which every node follows its parents, and the name of the scalar loss.

    `sources` says of nodes what the author wrote, where somebody did.
    """

    def __init__(self, nodes: Iterable[Node], loss: str, sources: Mapping[str, Source] | None = None) -> None:
        self.sources = sources or {}
        self.nodes: dict[str, Node] = {node.name: node for node in nodes}
        self.loss = loss
        self.consumers: dict[str, list[tuple[str, int]]] = {name: [] for name in self.nodes}
        for node in self.nodes.values():
            for slot, parent in enumerate(node.parents):
                self.consumers[parent].append((node.name, slot))

    @cached_property
    def size(self) -> int:
        """How many numbers its nodes hold together."""
        return sum(node.size for node in self.nodes.values())

    def source(self, name: str) -> Source:
        return self.sources.get(name, Source(name))

    def written(self, name: str) -> str:
        """The node as the author would call it: a name of ours gives way to the formula behind it."""
        value, source = self.nodes[name].value, self.source(name)
        if value is not None:
            return short_number(value)
        return name if source.name == name else source.text

    def named(self, *roles: Role) -> list[str]:
        return [node.name for node in self.nodes.values() if node.role in roles]

    @cached_property
    def inner(self) -> frozenset[str]:
        """The nodes without a name of the author's that are written out in the formula of their consumer.

        A sum or a product of matrices is not written out inside another one, where the formula of an element
        would be as long as their lengths multiplied; nor is what would make a formula hard to read.
        """
        found: set[str] = set()
        sums: dict[str, int] = {}  # around a node in the formula that it stands in, itself included
        levels: dict[str, int] = {}
        lengths: dict[str, int] = {}  # of formulas, by the node that they belong to
        for node in reversed(self.nodes.values()):
            if not node.op:
                continue
            own = int(not ops.get(node.op).pointwise)
            if not self.is_named(node.name) and len(self.consumers[node.name]) == 1:
                ((user, _),) = self.consumers[node.name]
                whole = self._outer(user, found)
                fits = own + sums[user] <= 1 and lengths[whole] < MAX_INNER and levels[user] < MAX_LEVELS
                if fits:
                    found.add(node.name)
                    sums[node.name], levels[node.name] = own + sums[user], levels[user] + 1
                    lengths[whole] += 1
                    continue
            sums[node.name], levels[node.name], lengths[node.name] = own, 1, 1
        return frozenset(found)

    def is_named(self, name: str) -> bool:
        """Whether the author named the node; the others are parts of formulas."""
        return not self.nodes[name].op or self.source(name).name == name

    def inside(self, name: str) -> list[str]:
        """The inner nodes in the formula of `name`, each after those that it uses."""
        found, waiting = [], [name]
        while waiting:
            parents = [parent for parent in self.nodes[waiting.pop()].parents if parent in self.inner]
            found += parents
            waiting += parents
        return found[::-1]

    @cached_property
    def folded(self) -> "Graph":
        """The graph as it is told and drawn: the parents of a node are those that stand in its formula."""
        nodes = (node for node in self.nodes.values() if node.name not in self.inner)
        return Graph([node._replace(parents=self._uses(node)) for node in nodes], self.loss, self.sources)

    def _uses(self, node: Node) -> tuple[str, ...]:
        found: dict[str, None] = {}
        waiting = list(node.parents)
        while waiting:
            parent = waiting.pop(0)
            if parent in self.inner:
                waiting[:0] = self.nodes[parent].parents
            else:
                found[parent] = None
        return tuple(found)

    def outer(self, name: str) -> str:
        """The node in whose formula the inner node `name` stands; of any other, itself."""
        return self._outer(name, self.inner)

    def _outer(self, name: str, inner: Collection[str]) -> str:
        while name in inner:
            ((name, _),) = self.consumers[name]
        return name

    @property
    def parameters(self) -> list[str]:
        return self.named("parameter")

    @property
    def targets(self) -> list[tuple[str, Loss]]:
        """What outputs are compared with, and by which kind of loss; of rows of data, the data."""
        losses = [(node.parents, ops.get(node.op).loss) for node in self.nodes.values() if node.op]
        found = [(self.data_of(parents[1]), loss) for parents, loss in losses if loss]
        return list(dict(found).items())

    def data_of(self, name: str) -> str:
        """The given array that a node is merely picked out of, or the node itself."""
        node, source = self.nodes[name], name
        while node.op == "index":
            source = node.parents[0]
            node = self.nodes[source]
        return source if node.role == "given" else name

    @cached_property
    def whole_numbers(self) -> dict[str, int]:
        """The leaves whose elements count rows or classes from 1, and how many of those there are."""
        found: dict[str, int] = {}
        for node in self.nodes.values():
            slot = ops.get(node.op).numbers if node.op else None
            if slot is not None and not self.nodes[node.parents[slot]].op:
                name = node.parents[slot]
                most = node.params.get("classes") or self.nodes[node.parents[0]].shape[0]
                assert isinstance(most, int)
                found[name] = min(most, found.get(name, most))
        return found

    def is_data(self, name: str) -> bool:
        """Whether it is given, or merely picked out of what is: a row of the data."""
        return self.nodes[self.data_of(name)].role == "given"

    def downstream(self, sources: Iterable[str]) -> set[str]:
        """`sources` and every node whose value depends on one of them."""
        reached = set(sources)
        for node in self.nodes.values():
            if not reached.isdisjoint(node.parents):
                reached.add(node.name)
        return reached

    def upstream(self, target: str) -> set[str]:
        """`target` and every node that its value depends on."""
        reached = {target}
        for node in reversed(self.nodes.values()):
            if node.name in reached:
                reached.update(node.parents)
        return reached

    def between(self, sources: Iterable[str], target: str = "") -> set[str]:
        """The nodes that depend on one of `sources` and that `target` (default: the loss) depends on, both
        ends among them."""
        return self.downstream(sources) & self.upstream(target or self.loss)


def shape_by_rules(op: Op, shapes: Sequence[Shape], settings: Mapping[str, Param]) -> Shape:
    """The shape of `op` of inputs of these shapes: its rules are run on formulas, which know their shapes.

    The backward rules are run as well, so that shapes that only the forward rule is content with are found
    here. Raises ShapeError.
    """
    inputs = [Form.symbol(f"a{slot}", shape) for slot, shape in enumerate(shapes)]
    try:
        result = FORM.finish(op.forward(FORM, *inputs, **settings)).shape
        g, y = Form.symbol("g", result), Form.symbol("y", result)
        backward = [shape_of(op.vjp(slot)(FORM, g, y, *inputs, **settings)) for slot in range(len(inputs))]
    except MISFITS as error:
        raise ShapeError(
            f"{op.name} does not take {_listed(shapes)}", hint=f"Its rule says: {error}."
        ) from error
    for slot, (shape, back) in enumerate(zip(shapes, backward, strict=True), 1):
        if back != shape:
            raise ShapeError(
                f"{op.name} does not take {_listed(shapes)}: its rule for the gradient of input {slot} gives "
                f"the shape {back}",
                hint="A gradient has the shape of its input.",
            )
    return result


def _listed(shapes: Sequence[Shape]) -> str:
    return f"the shape{'s' if len(shapes) > 1 else ''} {' and '.join(map(str, shapes))}"


class GraphBuilder:
    """Adds nodes one by one, working out each shape by running the op on shapes alone.

    Raises ShapeError from `apply` when the parents' shapes do not fit the op (its text names the node
    and the shapes) or when the graph would hold more than `max_elements` numbers or `max_nodes` nodes.
    """

    def __init__(
        self, *, max_elements: int = DEFAULT_MAX_ELEMENTS, max_nodes: int = DEFAULT_MAX_NODES
    ) -> None:
        self.nodes: dict[str, Node] = {}
        self.max_elements = max_elements
        self.max_nodes = max_nodes
        self._elements = 0
        self._shapes: dict[tuple[Any, ...], Shape] = {}  # by op, shapes of parents and settings

    def leaf(self, name: str, role: Role, shape: tuple[int, ...], axes: tuple[str, ...] = ()) -> str:
        return self._add(Node(name, role, shape, axes=axes))

    def constant(self, value: Fraction) -> str:
        """The node of a literal number; equal numbers share one."""
        name = str(value)
        return name if name in self.nodes else self._add(Node(name, "constant", (), value=value))

    def apply(
        self,
        name: str,
        op: str,
        parents: tuple[str, ...],
        params: Mapping[str, Param] | None = None,
        axes: tuple[str, ...] = (),
    ) -> str:
        """Add the node `name = op(*parents, **params)`; the parents exist already."""
        settings = dict(params or {})
        shapes = tuple(self.nodes[parent].shape for parent in parents)
        key = (op, shapes, tuple(settings.items()))
        if key not in self._shapes:
            try:
                self._shapes[key] = shape_by_rules(ops.get(op), shapes, settings)
            except ShapeError as error:
                raise ShapeError(f"{name}: {error.what}", hint=error.hint) from error
        return self._add(Node(name, "forward", self._shapes[key], op, parents, settings, axes))

    def build(self, loss: str, sources: Mapping[str, Source] | None = None) -> Graph:
        """The finished graph; `loss` becomes the loss. Raises ShapeError if it is not a scalar."""
        node = self.nodes[loss]
        if node.shape:
            raise ShapeError(
                f"the loss {loss} must be one number, but its shape is {node.shape}",
                hint=f"Reduce it, for example with sum({loss}) or mean({loss}).",
            )
        nodes = [
            Node(n.name, "loss", n.shape, n.op, n.parents, n.params, n.axes) if n is node else n
            for n in self.nodes.values()
        ]
        return Graph(nodes, loss, sources)

    def _add(self, node: Node) -> str:
        if not node.size:
            raise ShapeError(f"{node.name}: its shape {node.shape} holds no number at all")
        self._elements += node.size
        if self._elements > self.max_elements:
            raise ShapeError(
                f"{node.name}: with its shape {node.shape} the exercise holds {self._elements:,} numbers, "
                f"and the limit is {self.max_elements:,}",
                hint="Raise it with --max-elements.",
            )
        if len(self.nodes) >= self.max_nodes:
            raise ShapeError(f"the graph has more than {self.max_nodes:,} nodes")
        self.nodes[node.name] = node
        return node.name

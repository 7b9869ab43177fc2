"""Sizes of a graph that stand for any number: those of a network, and long ones that nothing counts on."""

from collections.abc import Callable, Mapping

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, GraphBuilder
from backprop_tutor.engine.op import Op
from backprop_tutor.engine.systems.formal import COUNT

__all__ = ["EXAMPLES", "generalized", "long_axes", "resized"]

EXAMPLES = COUNT.name
SMALL = 300  # elements of a graph that a proof works with as it is
SHORT = 8  # an axis of a larger graph that keeps its size


def generalized(graph: Graph, layers: int, units: str) -> tuple[Graph, dict[int, str]]:
    """A network with a size of its own for the examples and for each layer, and what they are called."""
    n = [f"{units}{layer}" for layer in range(layers + 1)]
    for layer in range(1, layers + 1):
        tied = graph.nodes[f"W{layer}"]
        if tied.op:  # its sizes are those of the layer whose weights it has
            of = int(tied.parents[0][1:])
            ends = (n[of - 1], n[of]) if tied.op == "transpose" else (n[of], n[of - 1])
            same = {n[layer]: ends[0], n[layer - 1]: ends[1]}
            n = [same.get(name, name) for name in n]
    names = [EXAMPLES, *dict.fromkeys(n)]
    sizes = {name: size for size, name in enumerate(names, start=2)}
    shapes: dict[str, tuple[str, ...]] = {"x": (EXAMPLES, n[0]), "t": (EXAMPLES, n[-1])}
    for layer in range(1, layers + 1):
        shapes |= {f"W{layer}": (n[layer], n[layer - 1]), f"b{layer}": (n[layer],)}
        if f"b{layer}" in graph.nodes and not graph.nodes[f"b{layer}"].shape:
            shapes[f"b{layer}"] = ()
    general = {name: tuple(sizes[axis] for axis in shape) for name, shape in shapes.items()}
    return _rebuilt(graph, general.__getitem__), {size: name for name, size in sizes.items()}


def long_axes(graph: Graph) -> dict[int, str]:
    """The sizes of a large graph that no formula counts on: a proof may make them small."""
    ops_used = {ops.get(node.op) for node in graph.nodes.values() if node.op}
    if graph.size <= SMALL or not all(map(_keeps_no_size, ops_used)):
        return {}
    sizes = {size for node in graph.nodes.values() for size in node.shape}
    return {size: str(size) for size in sizes if size > SHORT}


def _keeps_no_size(op: Op) -> bool:
    counts = op.sized or op.kink or op.windows or op.numbers is not None
    return op.is_elementwise or op.loss is not None or not counts


def resized(graph: Graph, sizes: Mapping[int, int]) -> Graph:
    """The graph with other sizes; those that `sizes` does not name stay."""
    shapes = {n.name: tuple(sizes.get(size, size) for size in n.shape) for n in graph.nodes.values()}
    return _rebuilt(graph, shapes.__getitem__)


def _rebuilt(graph: Graph, shape: Callable[[str], tuple[int, ...]]) -> Graph:
    """The graph with leaves of another shape."""
    builder = GraphBuilder(max_elements=10**18)
    for node in graph.nodes.values():
        if node.op:
            resized = ops.get(node.op).resized
            params = resized(node.params, lambda name: builder.nodes[name].shape) if resized else node.params
            builder.apply(node.name, node.op, node.parents, params, node.axes)
        elif node.value is not None:
            builder.constant(node.value)
        else:
            builder.leaf(node.name, node.role, shape(node.name), node.axes)
    return builder.build(graph.loss)

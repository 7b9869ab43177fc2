"""What an exercise holds, in a few lines."""

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.exercise.model import Exercise, LayerInfo
from backprop_tutor.language import to_text
from backprop_tutor.language.counted import many

__all__ = ["contents"]


def contents(exercise: Exercise) -> list[str]:
    """Its title, graph, data, parameters and what is asked, one fact a line."""
    graph = exercise.graph
    nodes = graph.nodes.values()
    lines = [f"title: {exercise.title}"]
    if exercise.layers:
        examples, *sizes = graph.nodes["x"].shape
        shape = many(sizes[0], "input") if len(sizes) == 1 else f"{_shape(tuple(sizes))} inputs"
        lines.append(f"network: {shape}, layers: {', '.join(map(_layer, exercise.layers))}")
        lines.append(f"training set: {many(examples, 'example')}")
    else:
        lines.append(f"graph: {many(sum(bool(node.op) for node in nodes), 'operation')}")
    for role in ("given", "parameter"):
        listed = [f"{node.name} {_shape(node.shape)}" for node in nodes if node.role == role]
        if listed:
            lines.append(f"{role}: {', '.join(listed)}")
    size = sum(node.size for node in nodes if node.role == "parameter")
    lines.append(f"numbers to learn: {size:,}")
    loss = graph.nodes[graph.loss]
    formula = graph.source(graph.loss).formula
    options = (f"{key}={value}" for key, value in loss.params.items())
    if loss.op == "add":  # of the data's loss and a penalty
        written = " + ".join(loss.parents)
    else:
        written = f"{loss.op}({', '.join((*loss.parents, *options))})"
    written = written if formula is None else to_text(formula)
    lines.append(f"loss: {graph.loss} = {written}")
    lines += dict.fromkeys(_examples(graph, node) for node in nodes if node.op and ops.get(node.op).loss)
    if exercise.learning_rate is not None:
        lines.append(f"update: {exercise.update}")
    if exercise.ask:
        lines.append(f"asks: {', '.join(ask.quantity for ask in exercise.ask)}")
    return lines


def _examples(graph: Graph, node: Node) -> str:
    """What N counts in a loss."""
    op, output = ops.get(node.op), graph.nodes[node.parents[0]]
    if op.mean == "elements":
        return f"{node.op}: n = {output.size}, one for each number of {graph.written(output.name)}"
    if op.mean != "examples":
        return f"{node.op}: a sum, divided by no N"
    if op.loss and op.loss.adds_up:
        counted = "vector of classes"
    else:
        counted = "row" if len(output.shape) > 1 else "number"
    count, name = op.examples(output), graph.written(output.name)
    return f"{node.op}: N = {count}, one for each {counted} of {name}"


def _layer(layer: LayerInfo) -> str:
    """`2 relu units`, or the shape of what comes out of another kind: `conv (relu) 2×3×3`."""
    if not layer.kind:
        return many(layer.units, f"{layer.activation} unit")
    of = "" if layer.activation in ("", layer.kind) else f" ({layer.activation})"
    return f"{layer.kind}{of} {_shape(layer.shape or (layer.units,))}"


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "(one number)"

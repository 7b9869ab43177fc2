"""The engine: ops, number systems, graphs, their evaluation, and the oracles that confirm it."""

from typing import TYPE_CHECKING

from backprop_tutor.lazy import lazy_names

if TYPE_CHECKING:
    from backprop_tutor.engine.evaluate import backward, float_gradients, float_pass, forward
    from backprop_tutor.engine.graph import Graph, GraphBuilder, Node
    from backprop_tutor.engine.op import Op, elementwise
    from backprop_tutor.engine.optimizers import OPTIMIZERS, Optimizer
    from backprop_tutor.engine.oracles import Confirmation, confirm
    from backprop_tutor.engine.symbolic_pass import local_derivative, symbolic_forward, symbolic_gradients

__all__ = [
    "OPTIMIZERS",
    "Confirmation",
    "Graph",
    "GraphBuilder",
    "Node",
    "Op",
    "Optimizer",
    "backward",
    "confirm",
    "elementwise",
    "float_gradients",
    "float_pass",
    "forward",
    "local_derivative",
    "symbolic_forward",
    "symbolic_gradients",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "evaluate": (
            "backward",
            "float_gradients",
            "float_pass",
            "forward",
        ),
        "graph": (
            "Graph",
            "GraphBuilder",
            "Node",
        ),
        "op": (
            "Op",
            "elementwise",
        ),
        "optimizers": (
            "OPTIMIZERS",
            "Optimizer",
        ),
        "oracles": (
            "Confirmation",
            "confirm",
        ),
        "symbolic_pass": (
            "local_derivative",
            "symbolic_forward",
            "symbolic_gradients",
        ),
    },
)

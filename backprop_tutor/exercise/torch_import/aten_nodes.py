"""What is asked of the nodes of an exported graph: their ops, and which of them the loss needs."""

import operator
from collections.abc import Sequence
from typing import Any

__all__ = ["MADE", "MOVES", "SAME", "is_view", "needed", "op_name", "origin"]

MOVES = frozenset(
    {
        *(
            "view",
            "reshape",
            "_unsafe_view",
            "flatten",
            "unflatten",
            "unsqueeze",
            "squeeze",
            "transpose",
            "t",
        ),
        *("permute", "select", "slice", "chunk", "split", "split_with_sizes", "unbind", "expand", "narrow"),
        *(
            "expand_as",
            "view_as",
            "reshape_as",
            "broadcast_to",
            "broadcast_tensors",
            "cat",
            "concat",
            "stack",
        ),
        *("movedim", "swapaxes", "ravel", "tensor_split", "numpy_T", "mT", "adjoint", "flip", "index_select"),
        *(
            "hstack",
            "vstack",
            "column_stack",
            "diagonal",
            "unfold",
            "moveaxis",
            "tile",
            "repeat",
            "atleast_2d",
        ),
    }
)
"""Ops that only move elements."""
SAME = frozenset(
    {"contiguous", "clone", "alias", "to", "_to_copy", "type_as", "dropout", "feature_dropout", "positive"}
    | {"lift_fresh_copy", "lift_fresh", "double", "float", "identity", "alpha_dropout", "requires_grad"}
)
"""Ops that give their first argument, dropout where it drops nothing."""
MADE = frozenset({"zeros_like", "ones_like", "full_like", "new_zeros", "new_ones", "new_full", "empty_like"})
"""Ops that take nothing of their argument but its shape."""


def op_name(node: Any) -> str:
    """`add_` of aten.add_.Tensor."""
    packet = getattr(node.target, "overloadpacket", node.target)
    return str(getattr(packet, "__name__", packet))


def is_view(node: Any) -> bool:
    """Whether it only looks at another array in another way."""
    is_moved = node.op == "call_function" and (
        node.target is operator.getitem or op_name(node) in MOVES | SAME
    )
    return is_moved and bool(node.all_input_nodes)


def needed(nodes: Sequence[Any], loss: Any) -> set[str]:
    """The nodes that the loss depends on, also through what was changed in place."""
    found: set[str] = set()
    waiting = [loss]
    changed: dict[Any, list[Any]] = {}
    for node in nodes:
        if node.op == "call_function" and op_name(node).endswith("_"):
            target = node.args[0]
            changed.setdefault(target, []).append(node)
            while is_view(target):
                target = target.all_input_nodes[0]
                changed.setdefault(target, []).append(node)
    while waiting:
        node = waiting.pop()
        if node.name not in found:
            found.add(node.name)
            waiting += [*node.all_input_nodes, *changed.get(node, [])]
    return found


def origin(node: Any) -> Any:
    """What computed the output, before it was merely looked at in another way."""
    while hasattr(node, "all_input_nodes") and is_view(node):
        node = node.all_input_nodes[0]
    return node

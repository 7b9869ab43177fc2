"""Rows of a matrix by their numbers, and single entries along an axis."""

from collections.abc import Sequence
from typing import Any

from backprop_tutor.exercise.torch_import.lowering import AtenRule, Constant, Lowering, UnknownOpError
from backprop_tutor.exercise.torch_import.tensor_places import number
from backprop_tutor.language.expr import Call, Expr, Item, Sym

__all__ = ["PICKING_RULES"]


def _embedding(to: Lowering, weight: Any, ids: Any, padding_idx: int = -1, *more: Any) -> Expr:
    table = to.expr(weight)
    if not isinstance(table, Sym):
        raise UnknownOpError("whose rows are computed")
    if padding_idx >= 0 and isinstance(ids, Constant) and bool((ids.tensor == padding_idx).any()):
        raise UnknownOpError("with padding_idx among the ids: such a row gets no gradient")
    picked = to.whole_numbers(ids)
    return Item(table, (picked,))


def _picked(to: Lowering, x: Any, mask: Any, axis: int, keepdim: bool) -> Expr:
    """One entry along an axis, which a given mask of 0 and 1 picks."""
    tensor = to.tensor(x)
    product = to.named("y", to.formula("a * m", a=tensor, m=Constant("mask", mask)), tensor.shape)
    options = [("axis", number(axis % len(tensor.shape) + 1))] + (
        [("keepdims", number(1))] if keepdim else []
    )
    return Call("sum", (product.expr,), tuple(options))


def _gather(to: Lowering, x: Any, dim: int, index: Any) -> Expr:
    import torch

    shape = to.tensor(x).shape
    wanted = tuple(1 if axis == dim % len(shape) else size for axis, size in enumerate(shape))
    if not isinstance(index, Constant) or tuple(index.tensor.shape) != wanted:
        raise UnknownOpError("but of one known entry along an axis")
    mask = torch.zeros(shape, dtype=torch.float64).scatter(dim, index.tensor, 1.0)
    return _picked(to, x, mask, dim, True)


def _index(to: Lowering, x: Any, places: Sequence[Any]) -> Expr:
    """x[arange(n), classes], as a loss is written by hand."""
    import torch

    shape = to.tensor(x).shape
    if len(shape) != 2 or len(places) != 2 or not all(isinstance(one, Constant) for one in places):
        raise UnknownOpError("but of one known entry a row")
    rows, columns = (one.tensor for one in places)
    if rows.tolist() != list(range(shape[0])):
        raise UnknownOpError("but of one known entry a row")
    mask = torch.zeros(shape, dtype=torch.float64)
    mask[rows, columns] = 1
    return _picked(to, x, mask, 1, False)


PICKING_RULES: dict[str, AtenRule] = {
    "embedding": AtenRule("emb", _embedding),
    "gather": AtenRule("", _gather),
    "index": AtenRule("", _index),
}

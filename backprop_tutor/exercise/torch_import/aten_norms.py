"""Convolutions, pools and norms."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from backprop_tutor.exercise.torch_import.lowering import AtenRule, Lowering, UnknownOpError
from backprop_tutor.exercise.torch_import.tensor_places import Tensor, number
from backprop_tutor.language.expr import Array, Call, Expr

__all__ = ["NORM_RULES"]


USUAL_EPSILON = 1e-5  # of the norms as functions


def _sizes(value: Any, places: int) -> tuple[int, ...]:
    found = (value,) * places if isinstance(value, int) else tuple(value)
    return found * places if len(found) == 1 else found


def _size(sizes: Sequence[int]) -> Expr:
    return number(sizes[0]) if len(set(sizes)) == 1 else Array(tuple(map(number, sizes)))


def _conv(
    places: int,
    to: Lowering,
    x: Any,
    kernel: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Expr:
    if set(_sizes(dilation, places)) != {1} or groups != 1:
        raise UnknownOpError("with groups" if groups != 1 else "with dilation")
    if isinstance(padding, str):
        reach = to.tensor(kernel).shape[2:]
        if padding == "same" and any(size % 2 == 0 for size in reach):
            raise UnknownOpError("with padding 'same' of an even kernel")
        padding = tuple(size // 2 for size in reach) if padding == "same" else 0
    options = []
    for key, value, usual in (("stride", stride, 1), ("padding", padding, 0)):
        if set(_sizes(value, places)) != {usual}:
            options.append((key, _size(_sizes(value, places))))
    arrays = [x, kernel] if bias is None else [x, kernel, bias]
    return Call(f"conv{places}d", tuple(map(to.expr, arrays)), tuple(options))


def _pool(
    word: str,
    places: int,
    to: Lowering,
    x: Any,
    size: Any,
    stride: Any = (),
    padding: Any = 0,
    *more: Any,
    **settings: Any,
) -> Expr:
    kept = {key: value for key, value in settings.items() if key not in ("count_include_pad",)}
    dilated = [one for one in more if not isinstance(one, bool) and one not in (1, [1], [1, 1], None)]
    if (
        set(_sizes(padding, places)) != {0}
        or any(kept.values())
        or dilated
        or True in more[:1]
        or (True in more[1:2] and word == "max_pool")
    ):
        raise UnknownOpError("with padding, dilation, ceil_mode or a divisor")
    sizes = _sizes(size, places)
    steps = _sizes(stride, places) if stride not in ((), [], None) else sizes
    if places == 1:
        sizes, steps = (1, *sizes), (1, *steps)
    options = [("size", _size(sizes))]
    if steps != sizes:
        options.append(("stride", _size(steps)))
    return Call(word, (to.expr(x),), tuple(options))


def _adaptive(word: str, places: int, to: Lowering, x: Any, size: Any) -> Expr:
    shape = to.tensor(x).shape[-places:]
    wanted = tuple(
        n if size_ is None else size_ for n, size_ in zip(shape, _sizes(size, places), strict=True)
    )
    if any(n % size_ for n, size_ in zip(shape, wanted, strict=True)):
        raise UnknownOpError(f"of {shape} to {wanted}, in windows of different sizes")
    return _pool(word, places, to, x, [n // size_ for n, size_ in zip(shape, wanted, strict=True)])


def _scaled(to: Lowering, normed: Expr, shape: tuple[int, ...], weight: Any, bias: Any) -> Expr:
    if weight is None and bias is None:
        return normed
    xhat = to.named("xhat", normed, shape)
    if bias is None:
        return to.formula("x * w", x=xhat, w=weight)
    return (
        to.formula("x + b", x=xhat, b=bias)
        if weight is None
        else to.formula("x * w + b", x=xhat, w=weight, b=bias)
    )


def _normed(to: Lowering, x: Tensor, axes: Sequence[int], epsilon: float) -> Expr:
    """(x - mean) / sqrt(var + epsilon) over these axes, counted from 1."""
    over = f"[{', '.join(map(str, axes))}]" if len(axes) > 1 else str(axes[0])
    own = to.named("y", to.expr(x), x.shape)
    return to.formula(
        f"(x - mean(x, axis={over}, keepdims=1)) / sqrt(var(x, axis={over}, keepdims=1) + c)",
        x=own,
        c=epsilon,
    )


def _function(to: Lowering, word: str, epsilon: float, *arrays: Any) -> Expr:
    options = () if epsilon == USUAL_EPSILON else (("epsilon", number(epsilon)),)
    return Call(word, tuple(map(to.expr, arrays)), options)


def _per_channel(to: Lowering, array: Any, rank: int) -> Any:
    """One number a channel, against (examples, channels, …)."""
    if array is None or rank == 2:
        return array
    tensor = to.tensor(array)
    return tensor.moved(tensor.places.reshape(-1, *[1] * (rank - 2)))


def _batch_norm(
    to: Lowering,
    x: Any,
    weight: Any,
    bias: Any,
    mean: Any,
    var: Any,
    training: bool,
    momentum: float,
    eps: float,
    cudnn: bool,
) -> Expr:
    tensor = to.tensor(x)
    rank = len(tensor.shape)
    if training and weight is not None and bias is not None:
        return _function(to, "batch_norm", eps, x, weight, bias)
    w, b, m, v = (_per_channel(to, array, rank) for array in (weight, bias, mean, var))
    if training:
        normed = _normed(to, tensor, [axis for axis in range(1, rank + 1) if axis != 2], eps)
    else:
        normed = to.formula("(x - m) / sqrt(v + c)", x=x, m=m, v=v, c=eps)
    return _scaled(to, normed, tensor.shape, w, b)


def _layer_norm(
    to: Lowering,
    x: Any,
    shape: Sequence[int],
    weight: Any = None,
    bias: Any = None,
    eps: float = 1e-5,
    cudnn: bool = True,
) -> Expr:
    tensor = to.tensor(x)
    if len(shape) == 1 and weight is not None and bias is not None:
        return _function(to, "layer_norm", eps, x, weight, bias)
    rank = len(tensor.shape)
    normed = _normed(to, tensor, range(rank - len(shape) + 1, rank + 1), eps)
    return _scaled(to, normed, tensor.shape, weight, bias)


def _rms_norm(
    to: Lowering, x: Any, shape: Sequence[int], weight: Any = None, eps: float | None = None
) -> Expr:
    eps = 2.220446049250313e-16 if eps is None else eps  # the spacing of doubles at 1
    if len(shape) == 1 and weight is not None:
        return _function(to, "rms_norm", eps, x, weight)
    tensor = to.tensor(x)
    axes = range(len(tensor.shape) - len(shape) + 1, len(tensor.shape) + 1)
    over = f"[{', '.join(map(str, axes))}]" if len(axes) > 1 else str(axes[0])
    own = to.named("y", to.expr(x), tensor.shape)
    normed = to.formula(f"x / sqrt(mean(x ** 2, axis={over}, keepdims=1) + c)", x=own, c=eps)
    return _scaled(to, normed, tensor.shape, weight, None)


def _group_norm(
    to: Lowering,
    x: Any,
    groups: int,
    weight: Any = None,
    bias: Any = None,
    eps: float = 1e-5,
    cudnn: bool = True,
) -> Expr:
    tensor = to.tensor(x)
    parts = (tensor.shape[0], groups, tensor.places[0].size // groups)
    normed = to.named("xhat", _normed(to, tensor.moved(tensor.places.reshape(parts)), [3], eps), parts)
    back = normed.moved(normed.places.reshape(tensor.shape))
    w, b = (_per_channel(to, array, len(tensor.shape)) for array in (weight, bias))
    return _scaled(to, to.expr(back), tensor.shape, w, b)


NORM_RULES: dict[str, AtenRule] = {
    **{f"conv{places}d": AtenRule("net", partial(_conv, places)) for places in (1, 2)},
    **{f"max_pool{places}d": AtenRule("pool", partial(_pool, "max_pool", places)) for places in (1, 2)},
    **{f"avg_pool{places}d": AtenRule("pool", partial(_pool, "mean_pool", places)) for places in (1, 2)},
    **{
        f"adaptive_avg_pool{places}d": AtenRule("pool", partial(_adaptive, "mean_pool", places))
        for places in (1, 2)
    },
    "batch_norm": AtenRule("norm", _batch_norm),
    "layer_norm": AtenRule("norm", _layer_norm),
    "rms_norm": AtenRule("norm", _rms_norm),
    "group_norm": AtenRule("norm", _group_norm),
}

"""How ATen ops become formulas: one entry an op, a template in the language where that says it all."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from backprop_tutor.exercise.torch_import.aten_losses import LOSS_RULES
from backprop_tutor.exercise.torch_import.aten_norms import NORM_RULES
from backprop_tutor.exercise.torch_import.aten_picking import PICKING_RULES
from backprop_tutor.exercise.torch_import.aten_recurrent import RECURRENT_RULES
from backprop_tutor.exercise.torch_import.lowering import AtenRule, Constant, Lowering, UnknownOpError
from backprop_tutor.exercise.torch_import.tensor_places import Tensor, number
from backprop_tutor.language.expr import Array, Call, Expr, Item

__all__ = ["RULES"]

ELEMENTWISE = {
    **{
        name: f"{name}(a)"
        for name in ("exp", "log", "sqrt", "abs", "sin", "cos", "tan", "sinh", "cosh", "erf", "sign")
    },
    "neg": "-a",
    "mul": "a * b",
    "pow": "a ** b",
    "square": "a ** 2",
    "reciprocal": "1 / a",
    "rsqrt": "1 / sqrt(a)",
    "atan": "arctan(a)",
    "sgn": "sign(a)",
    "log1p": "log(1 + a)",
    "expm1": "exp(a) - 1",
    "exp2": "2 ** a",
    "log2": "log(a) / log(2)",
    "log10": "log(a) / log(10)",
    "xlogy": "a * log(b)",
    "maximum": "maximum(a, b)",
    "minimum": "minimum(a, b)",
    "fmax": "maximum(a, b)",
    "fmin": "minimum(a, b)",
    "detach": "stop_gradient(a)",
    "addcmul": "a + b * c",
    "lerp": "a + c * (b - a)",
}
ACTIVATIONS = {
    "relu": "relu(a)",
    "sigmoid": "sigmoid(a)",
    "tanh": "tanh(a)",
    "silu": "silu(a)",
    "log_sigmoid": "-softplus(-a)",
    "mish": "a * tanh(softplus(a))",
    "relu6": "clip(a, 0, 6)",
    "hardtanh": "clip(a, b, c)",
    "hardsigmoid": "clip(a / 6 + 1/2, 0, 1)",
    "hardswish": "a * clip(a / 6 + 1/2, 0, 1)",
    "leaky_relu": "leaky_relu(a, slope=b)",
    "celu": "elu(a, alpha=b)",
    "selu": "1.0507009873554805 * elu(a, alpha=1.6732632423543772)",
}
DEFAULTS = {"hardtanh": (-1, 1), "leaky_relu": (0.01,), "celu": (1,)}


def _template(text: str, defaults: Sequence[float], is_activation: bool) -> Callable[..., Expr]:
    def rule(to: Lowering, *args: Any, **told: Any) -> Expr:
        values = [*args, *told.values()]
        values += defaults[len(values) - 1 :]
        if is_activation:
            values[0] = _own(to, values[0])
        return to.formula(text, **dict(zip("abc", values, strict=False)))

    return rule


def _own(to: Lowering, x: Any, letter: str = "") -> Tensor:
    """A sum or product of matrices under a name of its own, as what an activation or a softmax takes."""
    tensor = to.tensor(x)
    expr = to.expr(tensor)
    has_product = any(part in to_words(expr) for part in ("matmul",))
    return to.named(letter or "net", expr, tensor.spoken) if has_product else tensor


def to_words(expr: Expr) -> set[str]:
    """The operators and functions in a formula."""
    found: set[str] = set()
    waiting: list[Any] = [expr]
    while waiting:
        top = waiting.pop()
        if isinstance(top, Call):
            found.add(top.name)
            waiting += top.args
        elif isinstance(top, Item):
            waiting.append(top.base)
    return found


def _sum_of_two(sign: str, to: Lowering, a: Any, b: Any, alpha: float = 1) -> Expr:
    return to.formula(
        f"a {sign} b" if alpha == 1 else f"a {sign} c * b", a=a, b=b, **({} if alpha == 1 else {"c": alpha})
    )


def _rsub(to: Lowering, a: Any, b: Any, alpha: float = 1) -> Expr:
    return _sum_of_two("-", to, b, a, alpha)


def _div(to: Lowering, a: Any, b: Any, rounding_mode: str | None = None) -> Expr:
    if rounding_mode:
        raise UnknownOpError("that rounds")
    return to.formula("a / b", a=a, b=b)


def _clamp(to: Lowering, x: Any, low: Any = None, high: Any = None, min: Any = None, max: Any = None) -> Expr:  # noqa: A002
    low, high = (min if low is None else low), (max if high is None else high)
    if low is None or high is None:
        word, bound = ("maximum", low) if high is None else ("minimum", high)
        return to.formula(f"{word}(a, b)", a=x, b=bound)
    return to.formula("clip(a, b, c)", a=x, b=low, c=high)


def _gelu(to: Lowering, x: Any, approximate: str = "none") -> Expr:
    if approximate == "none":
        return to.formula("gelu(a)", a=_own(to, x))
    return to.formula("a / 2 * (1 + tanh(0.7978845608028654 * (a + 0.044715 * a ** 3)))", a=_own(to, x))


def _elu(to: Lowering, x: Any, alpha: float = 1, scale: float = 1, input_scale: float = 1) -> Expr:
    if (scale, input_scale) != (1, 1):
        raise UnknownOpError("with a scale")
    return to.formula("elu(a, alpha=b)", a=_own(to, x), b=alpha)


def _softplus(to: Lowering, x: Any, beta: float = 1, threshold: float = 20) -> Expr:
    return to.formula(
        "softplus(a)" if beta == 1 else "softplus(b * a) / b",
        a=_own(to, x),
        **({} if beta == 1 else {"b": beta}),
    )


def _compared(sign: str, to: Lowering, a: Any, b: Any) -> Expr:
    return Call(sign, (to.expr(a), to.expr(b)))


def _where(to: Lowering, condition: Any, a: Any, b: Any) -> Expr:
    if isinstance(condition, Constant):
        mask = Constant("mask", condition.tensor.double())
        return to.formula("m * a + (1 - m) * b", m=mask, a=a, b=b)
    return Call("cases", (to.expr(condition), to.expr(a), to.expr(b)))


def _masked_fill(to: Lowering, x: Any, mask: Any, value: Any) -> Expr:
    if not isinstance(mask, Constant):
        return Call("cases", (to.expr(mask), to.expr(value), to.expr(x)))
    number_ = float(value.tensor if isinstance(value, Constant) else value)
    if number_ > HIDDEN:
        return _where(to, mask, number_, x)
    import torch

    hidden = torch.zeros(mask.tensor.shape, dtype=torch.float64).masked_fill(
        mask.tensor.bool(), float("-inf")
    )
    return to.formula("a + m", a=x, m=Constant("mask", hidden))


HIDDEN = -1e30  # what is below it is minus infinity to a softmax


def _axes(to: Lowering, x: Any, dim: Any) -> tuple[int, ...] | None:
    """Axes counted from 1; None for all."""
    if dim is None or dim == []:
        return None
    rank = len(to.tensor(x).shape)
    return tuple(axis % rank + 1 for axis in ([dim] if isinstance(dim, int) else dim))


def _reduced(
    word: str, to: Lowering, x: Any, dim: Any = None, keepdim: bool = False, **settings: float
) -> Expr:
    axes = _axes(to, x, dim)
    options: list[tuple[str, Expr]] = []
    if axes is not None:
        options.append(("axis", number(axes[0]) if len(axes) == 1 else Array(tuple(map(number, axes)))))
    if keepdim and axes is not None:
        options.append(("keepdims", number(1)))
    options += [(key, number(value)) for key, value in settings.items()]
    return Call(word, (_whole(to, x),), tuple(options))


def _whole(to: Lowering, x: Any) -> Expr:
    """A formula that has the real shape, also where an array is repeated."""
    tensor = to.tensor(x)
    if tensor.spoken != tensor.shape:
        raise UnknownOpError("of an array that is repeated")
    return to.expr(tensor)


def _spread(
    word: str,
    to: Lowering,
    x: Any,
    dim: Any = None,
    keepdim: bool = False,
    correction: float = 1,
    unbiased: bool | None = None,
) -> Expr:
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    correction = correction if unbiased is None else int(unbiased)
    return _reduced(word, to, x, dim, keepdim, **({"correction": correction} if correction else {}))


def _extreme(word: str, to: Lowering, x: Any, other: Any = None, keepdim: bool = False) -> Any:
    """max(x), max(x, y), or the values of max(x, dim), of which PyTorch gives the places as well."""
    if isinstance(other, Tensor | Constant):
        return to.formula(f"{word}imum(a, b)", a=x, b=other)
    if other is None:
        return _reduced(word, to, x)
    tensor = to.tensor(x)
    axis = other % len(tensor.shape)
    shape = tuple(1 if at == axis else n for at, n in enumerate(tensor.shape) if keepdim or at != axis)
    return to.named("y", _reduced(word, to, x, other, keepdim), shape), None


def _vector_norm(to: Lowering, x: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False) -> Expr:  # noqa: A002
    if ord == 1:
        return _reduced(
            "sum", to, to.named("y", to.formula("abs(a)", a=x), to.tensor(x).spoken), dim, keepdim
        )
    if ord != 2:
        raise UnknownOpError(f"of order {ord}")
    return _reduced("norm", to, x, dim, keepdim)


def _softmax(word: str, letter: str, to: Lowering, x: Any, dim: int, half: bool = False) -> Expr:
    tensor = to.tensor(x)
    own = _own(to, x, letter)
    axis = dim % len(tensor.shape) + 1
    options = () if axis == len(tensor.shape) and axis <= 2 else (("axis", number(axis)),)
    return Call(word, (_whole(to, own),), options)


def _matmul(to: Lowering, a: Any, b: Any) -> Expr:
    return to.formula("a @ b", a=a, b=b)


def _addmm(to: Lowering, bias: Any, a: Any, b: Any, beta: float = 1, alpha: float = 1) -> Expr:
    if (beta, alpha) != (1, 1):
        return to.formula("c * a @ b + d * e", a=a, b=b, c=alpha, d=beta, e=bias)
    return to.formula("a @ b + c", a=a, b=b, c=bias)


def _linear(to: Lowering, x: Any, weight: Any, bias: Any = None) -> Expr:
    weights = to.tensor(weight)
    turned = weights.moved(weights.places.T)
    return to.formula(
        "x @ w" if bias is None else "x @ w + b", x=x, w=turned, **({} if bias is None else {"b": bias})
    )


def _attention(
    to: Lowering,
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Expr:
    if dropout_p or enable_gqa:
        raise UnknownOpError("with dropout" if dropout_p else "with grouped queries")
    import torch

    q, k = to.tensor(query), to.tensor(key)
    width = q.shape[-1]
    turned = k.moved(k.places.swapaxes(-1, -2))
    factor = {} if scale is None else {"c": scale}
    scores = to.formula(
        "q @ k / sqrt(d)" if scale is None else "c * q @ k",
        q=q,
        k=turned,
        **({"d": width} if scale is None else factor),
    )
    shape = (*q.shape[:-1], k.shape[-2])
    scored = to.named("S", scores, shape)
    mask = attn_mask
    if is_causal:
        seen = torch.ones(shape[-2:], dtype=torch.bool).tril()
        mask = Constant("mask", seen)
    if isinstance(mask, Constant) and mask.tensor.dtype == torch.bool:
        hidden = torch.zeros(mask.tensor.shape, dtype=torch.float64)
        mask = Constant("mask", hidden.masked_fill(~mask.tensor, float("-inf")))
    if mask is not None:
        scored = to.named("masked", to.formula("a + m", a=scored, m=mask), shape)
    shares = to.named("A", Call("softmax", (scored.expr,), (("axis", number(len(shape))),)), shape)
    return to.formula("a @ v", a=shares, v=value)


def _prelu(to: Lowering, x: Any, weight: Any) -> Expr:
    tensor, slope = to.tensor(x), to.tensor(weight)
    if slope.places.size > 1 and len(tensor.shape) != 2:
        raise UnknownOpError("with a slope a channel of an image")
    own = to.named("net", to.expr(tensor), tensor.shape)
    return Call("cases", (Call("gt", (own.expr, number(0))), own.expr, to.formula("w * a", w=weight, a=own)))


def _rule(function: Callable[..., Any], letter: str = "") -> AtenRule:
    return AtenRule(letter, function)


RULES: dict[str, AtenRule] = {
    **{name: AtenRule("", _template(text, (), False), True) for name, text in ELEMENTWISE.items()},
    **{
        name: AtenRule("h", _template(text, DEFAULTS.get(name, ()), True), True)
        for name, text in ACTIVATIONS.items()
    },
    "gelu": AtenRule("h", _gelu, True),
    "elu": AtenRule("h", _elu, True),
    "softplus": AtenRule("h", _softplus, True),
    "add": AtenRule("", partial(_sum_of_two, "+"), True),
    "sub": AtenRule("", partial(_sum_of_two, "-"), True),
    "rsub": AtenRule("", _rsub, True),
    "div": AtenRule("", _div, True),
    "true_divide": AtenRule("", _div, True),
    "clamp": AtenRule("", _clamp, True),
    "clamp_min": AtenRule("", _clamp, True),
    "clamp_max": AtenRule("", lambda to, x, high: _clamp(to, x, None, high), True),
    "where": AtenRule("y", _where, True),
    "masked_fill": AtenRule("y", _masked_fill, True),
    **{sign: AtenRule("", partial(_compared, sign), True) for sign in ("gt", "ge", "lt", "le", "eq")},
    **{
        name: _rule(partial(_reduced, word))
        for name, word in {
            "sum": "sum",
            "mean": "mean",
            "amax": "max",
            "amin": "min",
            "prod": "prod",
            "logsumexp": "logsumexp",
        }.items()
    },
    "var": _rule(partial(_spread, "var")),
    "std": _rule(partial(_spread, "std")),
    "max": _rule(partial(_extreme, "max")),
    "min": _rule(partial(_extreme, "min")),
    "linalg_vector_norm": _rule(_vector_norm),
    "norm": _rule(_vector_norm),
    "softmax": _rule(partial(_softmax, "softmax", "S"), "A"),
    "_softmax": _rule(partial(_softmax, "softmax", "S"), "A"),
    "log_softmax": _rule(partial(_softmax, "log_softmax", "net"), "h"),
    "_log_softmax": _rule(partial(_softmax, "log_softmax", "net"), "h"),
    **{name: _rule(_matmul) for name in ("matmul", "mm", "bmm", "mv", "dot", "inner")},
    **{name: _rule(_addmm) for name in ("addmm", "baddbmm", "addmv")},
    "linear": _rule(_linear, "net"),
    "scaled_dot_product_attention": _rule(_attention, "O"),
    "prelu": AtenRule("h", _prelu),
    **NORM_RULES,
    **PICKING_RULES,
    **LOSS_RULES,
    **RECURRENT_RULES,
}
"""By the name of the op, without what tells its overloads apart."""

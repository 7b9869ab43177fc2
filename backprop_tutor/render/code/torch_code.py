"""One more number system: arrays that are PyTorch code. Running an op's forward rule here writes its line."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any, ClassVar

from backprop_tutor.engine import ops
from backprop_tutor.engine.sliding import sizes, sliding
from backprop_tutor.engine.systems.base import Array, Index, Shape
from backprop_tutor.language import expr as ex
from backprop_tutor.render.code.numpy_code import ATOM, NOISE, Code, NumpyCode

__all__ = ["TorchArray", "TorchCode"]


@dataclass(frozen=True, slots=True, eq=False)
class TorchArray(Code):
    library: ClassVar[str] = "torch"


FUNCTIONS = {
    "relu": "torch.relu({0})",
    "leaky_relu": "F.leaky_relu({0}, {slope})",
    "elu": "F.elu({0}, {alpha})",
    "softplus": "F.softplus({0})",
    "sigmoid": "torch.sigmoid({0})",
    "tanh": "torch.tanh({0})",
    "silu": "F.silu({0})",
    "gelu": "F.gelu({0})",
    "erf": "torch.erf({0})",
    "xlogx": "torch.xlogy({0}, {0})",
    "softmax": "torch.softmax({0}, dim={axis})",
    "log_softmax": "torch.log_softmax({0}, dim={axis})",
    "mse_elements": "F.mse_loss({0}, {1})",
    "sse": 'F.mse_loss({0}, {1}, reduction="sum")',
    "mae_elements": "F.l1_loss({0}, {1})",
    "mae_sum": 'F.l1_loss({0}, {1}, reduction="sum")',
    "huber_elements": "F.huber_loss({0}, {1}, delta={delta})",
    "huber_sum": 'F.huber_loss({0}, {1}, reduction="sum", delta={delta})',
    "bce_elements": "F.binary_cross_entropy({0}, {1})",
    "bce_sum": 'F.binary_cross_entropy({0}, {1}, reduction="sum")',
    "bce_logits_elements": "F.binary_cross_entropy_with_logits({0}, {1})",
    "bce_logits_sum": 'F.binary_cross_entropy_with_logits({0}, {1}, reduction="sum")',
    "layer_norm": "F.layer_norm({0}, {last}, {1}, {2}, eps={epsilon})",
    "rms_norm": "F.rms_norm({0}, {last}, {1}, eps={epsilon})",
    "batch_norm": "F.batch_norm({0}, None, None, {1}, {2}, training=True, eps={epsilon})",
    "stop_gradient": "({0}).detach()",
}
"""What PyTorch has by a name of its own, with the op's settings."""
CONVENTIONS = {"1/2": "torch.maximum({0}, torch.zeros_like({0}))", "1": "torch.where({0} >= 0, {0}, 0.0)"}
"""relu with another derivative at 0 than PyTorch's 0; of equal arguments, maximum gives each 1/2."""
SETTLED = (
    "def settled(x):\n"
    '    """x without the rounding noise that would decide on which side of a kink it lies."""\n'
    f"    return x - torch.where(x.abs() <= {NOISE}, x, 0.0).detach()"
)
WRITTEN_OUT = {
    "place": """\
def place(part, key, shape):
    whole = torch.zeros(shape)
    whole[key] = part
    return whole""",
    "first": """\
def first(windows):
    \"\"\"1 at the first of the largest entries of each window, 0 elsewhere.\"\"\"
    largest = windows.argmax(dim=-2, keepdim=True)
    return (torch.arange(windows.shape[-2])[:, None] == largest).double()""",
    "add_rows": """\
def add_rows(parts, places, shape):
    \"\"\"Zeros to which the parts are added as rows.\"\"\"
    return torch.zeros(shape).index_put((places,), parts, accumulate=True)""",
    "windows": """\
def windows(x, size, stride, padding):
    \"\"\"The last axes of x as two: the entries of a window, and the windows.\"\"\"
    d = len(size)
    x = F.pad(x, [p for pad in reversed(padding) for p in (pad, pad)])
    for axis, (k, s) in enumerate(zip(size, stride), x.ndim - d):
        x = x.unfold(axis, k, s)
    lead = x.ndim - 2 * d
    x = x.permute(*range(lead), *range(lead + d, lead + 2 * d), *range(lead, lead + d))
    return x.reshape(*x.shape[:lead], math.prod(size), -1)""",
    "overlap": """\
def overlap(parts, inputs, size, stride, padding):
    \"\"\"The windows put back into their places, where they add up.\"\"\"
    padded = [n + 2 * p for n, p in zip(inputs, padding)]
    outputs = [(n - k) // s + 1 for n, k, s in zip(padded, size, stride)]
    parts = parts.reshape(*parts.shape[:-1], *outputs)
    whole = torch.zeros(*parts.shape[: -len(size) - 1], *padded)
    for entry, offset in enumerate(itertools.product(*map(range, size))):
        place = tuple(slice(o, o + s * n, s) for o, s, n in zip(offset, stride, outputs))
        whole[(..., *place)] += parts[(..., entry, *[slice(None)] * len(size))]
    return whole[(..., *(slice(p, p + n) for p, n in zip(padding, inputs)))]""",
}
"""What PyTorch has no function for."""
_NUMBER = re.compile(r"-?[\d. /]+")


class TorchCode(NumpyCode):
    """As the code for NumPy, and with PyTorch's own functions where they are what the exercise computes."""

    name = "torch"
    array = TorchArray
    called: Mapping[str, str] = {
        "max": "amax",
        "min": "amin",
        "transpose": "permute",
        "concatenate": "cat",
        "axis": "dim",
        "keepdims": "keepdim",
    }
    written_out = WRITTEN_OUT

    def __init__(self, *, kinks: bool = False, floats: Iterable[str] = ()) -> None:
        """`floats` are the letters that stand for plain numbers."""
        super().__init__(kinks=kinks)
        self.floats = frozenset(floats)

    def ready(self, op: str, inputs: Sequence[Array], params: Mapping[str, Any]) -> Array | None:
        codes = [self.array.lift(x) for x in inputs]
        if made := WINDOWED.get(op):
            return made(self, codes, params)
        shape = _shape_of(op, codes, params)
        if op not in FUNCTIONS or any(_is_number(code) for code in codes) or shape is None:
            return None
        template, at_zero = FUNCTIONS[op], str(params.get("at_zero", 0))
        if self.kinks and ops.get(op).kink and len(codes) == 1:
            codes = [self._settled(codes[0])]
        said = {key: _said(value) for key, value in _defaulted(op, params).items()}
        axis = params.get("axis")
        said["axis"] = str(axis - 1) if isinstance(axis, int) else "-1"
        said["last"] = f"({codes[0].shape[-1] if codes[0].shape else 1},)"
        return TorchArray(CONVENTIONS.get(at_zero, template).format(*(c.text for c in codes), **said), shape)

    def _text(self, x: Array) -> str:
        """PyTorch's functions take no plain numbers."""
        text = self.array.lift(x).text
        used = set(re.findall(r"[^\W\d]\w*", text))
        return f"torch.tensor({text}, dtype=torch.float64)" if used <= self.floats else text

    def _settled(self, x: Code) -> TorchArray:
        self.helpers["settled"] = SETTLED
        return TorchArray(f"settled({x.text})", x.shape)

    def call(self, function: str, *arrays: Array, options: Any = ()) -> Array:
        if function in ex.OPERATORS:  # Python has it
            return ops.get(function).forward(self, *arrays)
        made = self.ready(function, arrays, {key: value.value for key, value in options})
        if made is not None:
            return made
        if self.kinks and function == "abs":
            arrays = (self._settled(self.array.lift(arrays[0])),)
        return super().call(function, *arrays, options=options)

    def where(self, condition: Array, x: Array, y: Array) -> Array:
        return super().where(condition, *(_decimal(self.array.lift(branch)) for branch in (x, y)))

    def softplus(self, x: Array) -> Array:
        return TorchArray(f"F.softplus({self._text(x)})", x.shape)

    def sigmoid(self, x: Array) -> Array:
        return self._made("sigmoid", self._text(x), shape=x.shape)

    def erf(self, x: Array) -> Array:
        return self._made("erf", self._text(x), shape=x.shape)

    def transpose(self, x: Array) -> Array:
        return super().transpose(x) if x.ndim <= 2 else self.permute(x, tuple(range(x.ndim))[::-1])

    def swap(self, x: Array) -> Array:
        return TorchArray(f"{x.at(ATOM)}.mT", (*x.shape[:-2], x.shape[-1], x.shape[-2]))

    def _key(self, key: Index) -> str:
        return f"({', '.join(map(_slice, key))},)"

    def stop(self, x: Array) -> Array:
        return TorchArray(f"({self._text(x)}).detach()", x.shape)

    def _places(self, numbers: Array) -> str:
        return f"{self.array.lift(numbers).at(ATOM)}.long() - 1"


def _is_number(code: Code) -> bool:
    return bool(_NUMBER.fullmatch(code.text))


def _decimal(code: Code) -> Code:
    return replace(code, text=f"{code.text}.0") if code.text.lstrip("-").isdigit() else code


def _said(value: Any) -> str:
    return str(value).replace("/", " / ") if isinstance(value, Fraction) else str(value)


def _slice(place: int | slice) -> str:
    return str(place) if not isinstance(place, slice) else f"slice({place.start}, {place.stop}, {place.step})"


def _defaulted(op: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The op's settings, with those that are left open."""
    entry = ops.get(op)
    usual = (
        {key: setting.default for key, setting in entry.activation.settings.items()}
        if entry.activation
        else {}
    )
    usual |= {key: setting.default for key, setting in entry.loss.settings.items()} if entry.loss else {}
    rule = inspect.signature(entry.forward).parameters
    usual |= {key: p.default for key, p in rule.items() if p.default is not p.empty}
    return usual | {key: value for key, value in params.items() if value is not None}


def _shape_of(op: str, codes: Sequence[Code], params: Mapping[str, Any]) -> Shape | None:
    """The shape of the result, None where PyTorch's function does not take these shapes."""
    if ops.get(op).loss:
        return () if codes[0].shape == codes[1].shape else None
    if op == "batch_norm" and codes[0].ndim < 2:
        return None
    if op in ("layer_norm", "rms_norm", "batch_norm"):
        width = codes[0].shape[1 if op == "batch_norm" else -1] if codes[0].ndim else 1
        return codes[0].shape if all(code.shape == (width,) for code in codes[1:]) else None
    return codes[0].shape


def _lifted(code: Code, ndim: int) -> str:
    """With axes of size 1 in front, so many that there are `ndim`."""
    return f"{code.at(ATOM)}[{'None, ' * (ndim - code.ndim - 1)}None]" if code.ndim < ndim else code.text


def _conv(places: int, xp: TorchCode, codes: Sequence[Code], params: Mapping[str, Any]) -> Array:
    x, kernel, *bias = codes
    settings = _defaulted(f"conv{places}d", params)
    window = sliding(
        x.shape[-places:],
        kernel.shape[-places:],
        settings["stride"],
        settings["padding"],
        (x.shape, kernel.shape),
    )
    arrays = [_lifted(x, places + 1) if x.ndim < places + 1 else x.text, _lifted(kernel, places + 2)]
    plain = kernel.ndim < places + 2
    if bias:
        count = 1 if plain else kernel.shape[0]
        one = f"torch.tensor({_decimal(bias[0]).text})" if _is_number(bias[0]) else bias[0].at(ATOM)
        each = f"{one}.expand({count})"
        arrays.append(bias[0].text if bias[0].ndim else each)
    stride = [f"stride={window.stride}"] if set(window.stride) != {1} else []
    padding = [f"padding={window.padding}"] if set(window.padding) != {0} else []
    text = f"F.conv{places}d({', '.join([*arrays, *stride, *padding])})"
    lead = x.shape[: x.ndim - places]
    shape = (*lead[:-1], *(() if plain else kernel.shape[:1]), *window.outputs)
    if plain and x.ndim > places:
        shape = (*lead[:-1], *window.outputs)
    inner = x.ndim if x.ndim > places else places + 1
    return TorchArray(f"{text}.reshape({shape})" if len(shape) != inner else text, shape)


def _pool(
    word: str, function: str, xp: TorchCode, codes: Sequence[Code], params: Mapping[str, Any]
) -> Array | None:
    (x,) = codes
    settings = _defaulted(word, params)
    axes = min(x.ndim, 2)
    size = sizes(settings["size"], axes, "size", 1)
    stride = size if settings["stride"] is None else settings["stride"]
    window = sliding(x.shape[-axes:], size, stride, 0)
    least = axes + 1
    text = f"F.{function}{axes}d({_lifted(x, least)}, {window.size}, {window.stride})"
    shape = (*x.shape[: x.ndim - axes], *window.outputs)
    if x.ndim > axes + 2:
        return None
    return TorchArray(f"{text}[0]" if x.ndim < least else text, shape)


WINDOWED: Mapping[str, Callable[..., Array | None]] = {
    "conv1d": partial(_conv, 1),
    "conv2d": partial(_conv, 2),
    "max_pool": partial(_pool, "max_pool", "max_pool"),
    "mean_pool": partial(_pool, "mean_pool", "avg_pool"),
}

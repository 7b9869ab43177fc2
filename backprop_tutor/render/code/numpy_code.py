"""One more number system: arrays that are NumPy code. Running an op here writes the line that computes it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any, ClassVar

from backprop_tutor.engine import ops
from backprop_tutor.engine.systems.base import Array, Axes, Index, Shape, examples
from backprop_tutor.engine.systems.formal import FormalArray, FormalSystem, broadcast_shapes, matmul_shape
from backprop_tutor.engine.systems.windows import Windows
from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Expr, Num, Sym
from backprop_tutor.language.identifiers import identifier

__all__ = ["ATOM", "NOISE", "Code", "NumpyCode", "index_key", "literal"]

COMPARE, SUM, PRODUCT, SIGN, POWER, ATOM = range(6)
# An operator: its sign, its level, and the least levels of what stands left and right of it.
OPERATORS: dict[Any, tuple[str, int, int, int]] = {
    ex.add: (" + ", SUM, SUM, SUM),
    ex.sub: (" - ", SUM, SUM, PRODUCT),
    ex.mul: (" * ", PRODUCT, PRODUCT, SIGN),
    ex.div: (" / ", PRODUCT, PRODUCT, SIGN),
    ex.matmul: (" @ ", PRODUCT, PRODUCT, SIGN),
    ex.power: ("**", POWER, ATOM, SIGN),
}


@dataclass(frozen=True, slots=True, eq=False)
class Code(FormalArray):
    text: str
    shape: Shape
    level: int = ATOM
    library: ClassVar[str] = "np"

    @classmethod
    def symbol(cls, name: str, shape: Shape) -> "Code":
        return cls(identifier(name), shape)

    @classmethod
    def scalar(cls, value: Expr) -> "Code":
        if isinstance(value, Sym):
            return cls(identifier(value.name), ())
        assert isinstance(value, Num)
        return cls(*_written(value.value))

    @classmethod
    def map(cls, function: Callable[..., Expr], *arrays: Array) -> "Code":
        codes = [cls.lift(array) for array in arrays]
        shape = broadcast_shapes(*(code.shape for code in codes))
        if function is ex.neg:
            return cls(f"-{codes[0].at(PRODUCT)}", shape, SIGN)
        a, b = codes
        if function is ex.mul and "1" in (a.text, b.text):
            kept = b if a.text == "1" else a
            return (
                kept
                if kept.shape == shape
                else cls(f"{cls.library}.broadcast_to({kept.text}, {shape})", shape)
            )
        return cls._joined(function, a, b, shape)

    @classmethod
    def _joined(cls, function: Callable[..., Expr], a: "Code", b: "Code", shape: Shape) -> "Code":
        sign, level, left, right = OPERATORS[function]
        return cls(f"{a.at(left)}{sign}{b.at(right)}", shape, level)

    def __matmul__(self, other: Array) -> "Code":
        other = Code.lift(other)
        return self._joined(ex.matmul, self, other, matmul_shape(self.shape, other.shape))

    def at(self, level: int) -> str:
        return self.text if self.level >= level else f"({self.text})"


def _written(value: Fraction) -> tuple[str, Shape, int]:
    """A number as code: exact, so that nothing is rounded before Python rounds it."""
    text = str(value).replace("/", " / ")
    return text, (), PRODUCT if "/" in text else SIGN if value < 0 else ATOM


def literal(values: Any) -> str:
    """A nested list of numbers as code, its fractions divided out by Python: [[1, 1 / 3]]."""
    if isinstance(values, list):
        return f"[{', '.join(map(literal, values))}]"
    return str(values).replace("/", " / ") if isinstance(values, Fraction) else repr(float(values))


NOISE = "1e-12"
WRITTEN_OUT = {
    "place": """\
def place(part, key, shape):
    whole = np.zeros(shape)
    whole[key] = part
    return whole""",
    "first": """\
def first(windows):
    \"\"\"1 at the first of the largest entries of each window, 0 elsewhere.\"\"\"
    largest = np.argmax(windows, axis=-2, keepdims=True)
    return (np.arange(windows.shape[-2])[:, None] == largest).astype(float)""",
    "add_rows": """\
def add_rows(parts, places, shape):
    \"\"\"Zeros to which the parts are added as rows.\"\"\"
    whole = np.zeros(shape)
    np.add.at(whole, places, parts)
    return whole""",
    "windows": """\
def windows(x, size, stride, padding):
    \"\"\"The last axes of x as two: the entries of a window, and the windows.\"\"\"
    d = len(size)
    x = np.pad(x, [(0, 0)] * (x.ndim - d) + [(p, p) for p in padding])
    axes = tuple(range(x.ndim - d, x.ndim))
    views = np.lib.stride_tricks.sliding_window_view(x, size, axes)
    views = views[(..., *(slice(None, None, s) for s in stride), *[slice(None)] * d)]
    views = np.moveaxis(views, range(-d, 0), axes)
    return views.reshape(*x.shape[:-d], np.prod(size), -1)""",
    "overlap": """\
def overlap(parts, inputs, size, stride, padding):
    \"\"\"The windows put back into their places, where they add up.\"\"\"
    padded = [n + 2 * p for n, p in zip(inputs, padding)]
    outputs = [(n - k) // s + 1 for n, k, s in zip(padded, size, stride)]
    parts = parts.reshape(*parts.shape[:-1], *outputs)
    whole = np.zeros((*parts.shape[: -len(size) - 1], *padded))
    for entry, offset in enumerate(np.ndindex(*size)):
        place = tuple(slice(o, o + s * n, s) for o, s, n in zip(offset, stride, outputs))
        whole[(..., *place)] += parts[(..., entry, *[slice(None)] * len(size))]
    return whole[(..., *(slice(p, p + n) for p, n in zip(padding, inputs)))]""",
}
"""What NumPy has no function for."""


class NumpyCode(FormalSystem):
    """Collects in `helpers` the functions that its code calls, by name.

    With `kinks`, where values sit on a kink, numbers are compared up to the rounding noise of NumPy.
    Another library has another `array`, its own words for a few functions and keywords (`called`), and
    `written_out` the functions that it lacks.
    """

    name = "numpy"
    array: type[Code] = Code
    called: Mapping[str, str] = {}
    written_out: Mapping[str, str] = WRITTEN_OUT

    def __init__(self, *, kinks: bool = False) -> None:
        self.kinks = kinks
        self.helpers: dict[str, str] = {}
        self._named: dict[tuple[str, Any], str] = {}

    def _text(self, x: Array) -> str:
        """`x` as an argument of a function."""
        return self.array.lift(x).text

    def _made(self, function: str, *arguments: object, shape: Shape) -> Array:
        """What a function of the library makes of its arguments."""
        name = self.called.get(function, function)
        return self.array(f"{self.array.library}.{name}({', '.join(map(str, arguments))})", shape)

    def _helped(self, function: str, *arguments: object, shape: Shape) -> Array:
        """What a function makes of its arguments that is written out beside the code."""
        self.helpers[function] = self.written_out[function]
        return self.array(f"{function}({', '.join(map(str, arguments))})", shape)

    def call(self, function: str, *arrays: Array, options: Any = ()) -> Array:
        if function in ex.OPERATORS:  # Python has it
            return ops.get(function).forward(self, *arrays)
        codes = [self.array.lift(array) for array in arrays]
        shape, texts = broadcast_shapes(*(code.shape for code in codes)), map(self._text, codes)
        op = ops.TABLE.get(ops.CHAINS.get(function, function))
        if op and op.numpy:
            return self._made(op.numpy, *texts, shape=shape)
        return self.array(f"{self._helper(function, tuple(options))}({', '.join(texts)})", shape)

    def _helper(self, function: str, options: Any) -> str:
        """The name of a function defined by the op's own rule, for these options."""
        key = (function, options)
        if key not in self._named:
            op = ops.get(function.rstrip("'"))
            plain = f"{op.name}_function" if op.common else op.name
            name = identifier(f"d_{plain}" if function.endswith("'") else plain)
            count = sum(taken.rstrip("_0123456789") == name for taken in self._named.values())
            self._named[key] = name = f"{name}_{count + 1}" if count else name
            settings = {letter: value.value for letter, value in options}
            x = self.array("x", ())
            body: Array = op.forward(self, x, **settings)
            if function.endswith("'"):
                body = op.partials[0](self, body, x, **settings)
            self.helpers[name] = f"def {name}(x):\n    return {self.array.lift(body).text}"
        return self._named[key]

    def weighted(self, W: Array, x: Array) -> Array:
        return x @ self.transpose(W) if x.ndim == 2 else super().weighted(W, x)

    def where(self, condition: Array, x: Array, y: Array) -> Array:
        codes = [self.array.lift(array) for array in (condition, x, y)]
        shape = broadcast_shapes(*(code.shape for code in codes))
        return self._made("where", *(code.text for code in codes), shape=shape)

    def _gap(self, x: Array, y: Array) -> Code:
        code = self.array.lift(x)
        return code if isinstance(y, int) and y == 0 else code - y

    def gt(self, x: Array, y: Array) -> Array:
        if self.kinks:
            return self._compared(" > ", self._gap(x, y), self.array(NOISE, ()))
        return self._compared(" > ", x, y)

    def lt(self, x: Array, y: Array) -> Array:
        return self.gt(y, x)

    def ge(self, x: Array, y: Array) -> Array:
        if self.kinks:
            return self._compared(" >= ", self._gap(x, y), self.array(f"-{NOISE}", ()))
        return self._compared(" >= ", x, y)

    def le(self, x: Array, y: Array) -> Array:
        return self.ge(y, x)

    def eq(self, x: Array, y: Array) -> Array:
        if self.kinks:
            gap = self._gap(x, y)
            return self._compared(" <= ", self._made("abs", gap.text, shape=gap.shape), self.array(NOISE, ()))
        return self._compared(" == ", x, y)

    def _compared(self, sign: str, x: Array, y: Array) -> Array:
        a, b = self.array.lift(x), self.array.lift(y)
        return self.array(f"{a.at(SUM)}{sign}{b.at(SUM)}", broadcast_shapes(a.shape, b.shape), COMPARE)

    @property
    def pi(self) -> Array:
        return self.array(f"{self.array.library}.pi", ())

    def count(self, x: Array, axes: Axes = (0,)) -> Array:
        return self.array(str(examples(x, axes)), ())

    def one_less(self, x: Array) -> Array:
        return x - 1

    def sigmoid(self, x: Array) -> Array:
        return 1 / (1 + self.exp(-x))

    def softplus(self, x: Array) -> Array:
        return self.array(f"np.logaddexp(0, {self.array.lift(x).text})", x.shape)

    def erf(self, x: Array) -> Array:
        return self.array(f"np.vectorize(math.erf)({self.array.lift(x).text})", x.shape)

    def sum(self, x: Array, axes: Axes, keepdims: bool = False) -> Array:
        return self._reduced("sum", x, axes, keepdims)

    def max(self, x: Array, axes: Axes, keepdims: bool = False) -> Array:
        return self._reduced("max", x, axes, keepdims)

    def min(self, x: Array, axes: Axes, keepdims: bool = False) -> Array:
        return self._reduced("min", x, axes, keepdims)

    def _reduced(self, function: str, x: Array, axes: Axes, keepdims: bool) -> Array:
        arguments = [self._text(x)]
        if len(axes) < x.ndim or keepdims:
            arguments.append(f"{self.called.get('axis', 'axis')}={axes[0] if len(axes) == 1 else axes}")
        if keepdims:
            arguments.append(f"{self.called.get('keepdims', 'keepdims')}=True")
        kept = [1 if axis in axes else size for axis, size in enumerate(x.shape)]
        left = [size for axis, size in enumerate(x.shape) if axis not in axes]
        return self._made(function, *arguments, shape=tuple(kept if keepdims else left))

    def transpose(self, x: Array) -> Array:
        return self.array(f"{x.at(ATOM)}.T", x.shape[::-1]) if x.ndim > 1 else x

    def swap(self, x: Array) -> Array:
        shape = (*x.shape[:-2], x.shape[-1], x.shape[-2])
        return self._made("swapaxes", x.text, x.ndim - 2, x.ndim - 1, shape=shape)

    def outer(self, x: Array, y: Array) -> Array:
        if x.ndim > 1:
            return super().outer(x, y)
        return self._made("outer", x.text, y.text, shape=x.shape + y.shape)

    def reshape(self, x: Array, shape: Shape) -> Array:
        return self._made("reshape", self._text(x), shape, shape=shape)

    def broadcast(self, x: Array, shape: Shape) -> Array:
        return self._made("broadcast_to", self._text(x), shape, shape=shape)

    def index(self, x: Array, key: Index) -> Array:
        from backprop_tutor.engine.systems.form import FORM, Form

        shape = FORM.index(Form.symbol("x", x.shape), key).shape
        return self.array(f"{x.at(ATOM)}[{index_key(key)}]", shape)

    def scatter(self, x: Array, key: Index, like: Array) -> Array:
        return self._helped("place", self._text(x), self._key(key), like.shape, shape=like.shape)

    def _key(self, key: Index) -> str:
        """An index as an argument."""
        return f"np.s_[{index_key(key)}]"

    def first_max(self, x: Array) -> Array:
        return self.max(x, (x.ndim - 2,), keepdims=True)

    def first_hits(self, windows: Array, top: Array) -> Array:
        return self._helped("first", self._text(windows), shape=windows.shape)

    def peak(self, x: Array, axes: Axes) -> Array:
        return self.max(x, axes, keepdims=True)

    def stop(self, x: Array) -> Array:
        return x

    def arange(self, count: int) -> Array:
        return self._made("arange", 1, count + 1, shape=(count,))

    def rows(self, x: Array, numbers: Array) -> Array:
        return self.array(f"{x.at(ATOM)}[{self._places(numbers)}]", (*numbers.shape, *x.shape[1:]))

    def rows_back(self, g: Array, numbers: Array, like: Array) -> Array:
        return self._helped("add_rows", self._text(g), self._places(numbers), like.shape, shape=like.shape)

    def _places(self, numbers: Array) -> str:
        """Numbers of rows as indices, which begin with 0."""
        return f"np.asarray({self._text(numbers)}, dtype=int) - 1"

    def windows(self, x: Array, windows: Windows) -> Array:
        shape = (*x.shape[: x.ndim - len(windows.size)], windows.entries, prod(windows.outputs))
        sizes = windows.size, windows.stride, windows.padding
        return self._helped("windows", self._text(x), *sizes, shape=shape)

    def overlap(self, x: Array, windows: Windows) -> Array:
        shape = (*x.shape[:-2], *windows.inputs)
        sizes = windows.inputs, windows.size, windows.stride, windows.padding
        return self._helped("overlap", self._text(x), *sizes, shape=shape)

    def permute(self, x: Array, axes: Axes) -> Array:
        moved = tuple(x.shape[axis] for axis in axes)
        return self._made("transpose", self._text(x), tuple(axes), shape=moved)

    def concat(self, arrays: Iterable[Array], axis: int) -> Array:
        codes = [self.array.lift(array) for array in arrays]
        total = sum(code.shape[axis] for code in codes)
        shape = (*codes[0].shape[:axis], total, *codes[0].shape[axis + 1 :])
        listed = f"[{', '.join(code.text for code in codes)}]"
        return self._made("concatenate", listed, f"{self.called.get('axis', 'axis')}={axis}", shape=shape)


def index_key(key: Index) -> str:
    """What stands in the brackets of an index."""

    def written(place: int | slice) -> str:
        if not isinstance(place, slice):
            return str(place)
        ends = (place.start, place.stop, *([place.step] if place.step else []))
        return ":".join("" if end is None else str(end) for end in ends)

    return ", ".join(map(written, key))

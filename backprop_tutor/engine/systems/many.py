"""Floats, many at once: an array holds `rows` of arrays of its shape, which are computed side by side.

What a rule makes of such arrays is what it makes of each row (the idea of vmap in JAX): a step is worked out
for a hundred sets of numbers at little more cost than for one.
"""

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from backprop_tutor.engine.systems.base import Array, Axes, DerivedFunctions, Index, Shape, examples, shape_of
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.engine.systems.windows import Windows

__all__ = ["MANY", "Many", "ManySystem"]


class Many:
    """`rows` is an ndarray (count, *shape); a count of 1 stands for any."""

    __array_ufunc__ = None  # an ndarray on the left leaves the operator to us
    __slots__ = ("rows",)

    def __init__(self, rows: Array) -> None:
        self.rows = rows

    @property
    def shape(self) -> Shape:
        shape: Shape = self.rows.shape[1:]
        return shape

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def __add__(self, other: Array) -> "Many":
        return _by_element(np.add, self, other)

    def __sub__(self, other: Array) -> "Many":
        return _by_element(np.subtract, self, other)

    def __mul__(self, other: Array) -> "Many":
        return _by_element(np.multiply, self, other)

    def __truediv__(self, other: Array) -> "Many":
        return _by_element(np.divide, self, other)

    def __or__(self, other: Array) -> "Many":
        return _by_element(np.logical_or, self, other)

    def __matmul__(self, other: Array) -> "Many":
        return _product(self, other)

    def __neg__(self) -> "Many":
        return Many(-self.rows)

    def __radd__(self, other: Array) -> "Many":
        return _by_element(np.add, other, self)

    def __rsub__(self, other: Array) -> "Many":
        return _by_element(np.subtract, other, self)

    def __rmul__(self, other: Array) -> "Many":
        return _by_element(np.multiply, other, self)

    def __rtruediv__(self, other: Array) -> "Many":
        return _by_element(np.divide, other, self)

    def __rmatmul__(self, other: Array) -> "Many":
        return _product(other, self)


def _rows(x: Array) -> Array:
    """The rows of an array; one of a constant."""
    return x.rows if isinstance(x, Many) else np.asarray(x)[np.newaxis]


def _aligned(*arrays: Array) -> list[Array]:
    """Rows of equally many axes, which broadcast as the arrays do."""
    rows = [_rows(x) for x in arrays]
    most = max(array.ndim for array in rows)
    return [array if array.ndim == most else _widened(array, most) for array in rows]


def _widened(rows: Array, axes: int) -> Array:
    """The same with axes of size 1 behind the first, `axes` in all."""
    return rows.reshape(len(rows), *[1] * (axes - rows.ndim), *rows.shape[1:])


def _by_element(function: Callable[..., Array], *arrays: Array) -> Many:
    return Many(function(*_aligned(*arrays)))


def _each(function: Callable[..., Array]) -> Callable[..., Many]:
    """A function of single elements, on rows."""
    return lambda *arrays: _by_element(function, *arrays)


def _product(x: Array, y: Array) -> Many:
    """NumPy's matrix product: a vector is a row on the left, a column on the right."""
    a, b = _rows(x), _rows(y)
    flat = [axis for axis, array in ((-2, a), (-1, b)) if array.ndim == 2]
    a = np.expand_dims(a, -2) if -2 in flat else a
    b = np.expand_dims(b, -1) if -1 in flat else b
    return Many(np.squeeze(np.matmul(*_aligned(Many(a), Many(b))), tuple(flat)))


def _behind(axes: Axes) -> Axes:
    """These axes of an array, among those of its rows."""
    return tuple(axis + 1 if axis >= 0 else axis for axis in axes)


class ManySystem(DerivedFunctions):
    """Rows of float64, in NumPy's arithmetic."""

    name = "many"
    pi = FLOAT64.pi

    power = staticmethod(_each(FLOAT64.power))
    exp = staticmethod(_each(FLOAT64.exp))
    log = staticmethod(_each(FLOAT64.log))
    sqrt = staticmethod(_each(FLOAT64.sqrt))
    sin = staticmethod(_each(FLOAT64.sin))
    cos = staticmethod(_each(FLOAT64.cos))
    tan = staticmethod(_each(FLOAT64.tan))
    arctan = staticmethod(_each(FLOAT64.arctan))
    sinh = staticmethod(_each(FLOAT64.sinh))
    cosh = staticmethod(_each(FLOAT64.cosh))
    tanh = staticmethod(_each(FLOAT64.tanh))
    sigmoid = staticmethod(_each(FLOAT64.sigmoid))
    softplus = staticmethod(_each(FLOAT64.softplus))
    erf = staticmethod(_each(FLOAT64.erf))
    abs = staticmethod(_each(FLOAT64.abs))
    where = staticmethod(_each(FLOAT64.where))
    slope_by_base = staticmethod(_each(FLOAT64.slope_by_base))
    slope_by_divisor = staticmethod(_each(FLOAT64.slope_by_divisor))
    slope_by_exponent = staticmethod(_each(FLOAT64.slope_by_exponent))

    def gt(self, x: Array, y: Array) -> Many:
        return self._compared(FLOAT64.gt, x, y)

    def eq(self, x: Array, y: Array) -> Many:
        return self._compared(FLOAT64.eq, x, y)

    def _compared(self, relation: Callable[..., Array], x: Array, y: Array) -> Many:
        return Many(relation(_rows(x), y)) if isinstance(y, int) else _by_element(relation, x, y)

    def number(self, value: int | Fraction) -> Array:
        return FLOAT64.number(value)

    def finish(self, x: Array) -> Many:
        return x if isinstance(x, Many) else Many(_rows(x))

    def zeros(self, shape: Shape) -> Array:
        return FLOAT64.zeros(shape)

    def count(self, x: Array, axes: Axes = (0,)) -> Array:
        return float(examples(x, axes))

    def arange(self, count: int) -> Array:
        return FLOAT64.arange(count)

    def sum(self, x: Array, axes: Axes, keepdims: bool = False) -> Many:
        return Many(FLOAT64.sum(_rows(x), _behind(axes), keepdims))

    def max(self, x: Array, axes: Axes, keepdims: bool = False) -> Many:
        return Many(FLOAT64.max(_rows(x), _behind(axes), keepdims))

    def peak(self, x: Array, axes: Axes) -> Many:
        return Many(FLOAT64.peak(_rows(x), _behind(axes)))

    def first_max(self, x: Array) -> Many:
        return Many(FLOAT64.first_max(_rows(x)))

    def windows(self, x: Array, windows: Windows) -> Many:
        return Many(FLOAT64.windows(_rows(x), windows))

    def overlap(self, x: Array, windows: Windows) -> Many:
        return Many(FLOAT64.overlap(_rows(x), windows))

    def transpose(self, x: Array) -> Many:
        return self.permute(x, tuple(reversed(range(len(shape_of(x))))))

    def permute(self, x: Array, axes: Axes) -> Many:
        return Many(np.transpose(_rows(x), (0, *_behind(axes))))

    def swap(self, x: Array) -> Many:
        return Many(FLOAT64.swap(_rows(x)))

    def outer(self, x: Array, y: Array) -> Many:
        return _by_element(np.multiply, self.reshape(x, (*shape_of(x), 1)), y)

    def reshape(self, x: Array, shape: Shape) -> Many:
        rows = _rows(x)
        return Many(rows.reshape(len(rows), *shape))

    def broadcast(self, x: Array, shape: Shape) -> Many:
        rows, _ = _aligned(x, np.empty(shape))
        return Many(np.broadcast_to(rows, (len(rows), *shape)))

    def index(self, x: Array, key: Index) -> Many:
        return Many(_rows(x)[(slice(None), *key)])

    def scatter(self, x: Array, key: Index, like: Array) -> Many:
        rows = _rows(x)
        result = FLOAT64.zeros((len(rows), *shape_of(like)))
        result[(slice(None), *key)] = rows
        return Many(result)

    def concat(self, arrays: tuple[Array, ...], axis: int) -> Many:
        rows = [_rows(array) for array in arrays]
        count = max(map(len, rows))
        full = [np.broadcast_to(array, (count, *array.shape[1:])) for array in rows]
        return Many(np.concatenate(full, axis=_behind((axis,))[0]))


MANY = ManySystem()

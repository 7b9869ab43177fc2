"""One array as a program left it, read without trusting it: floats and a shape, or why there are none."""

from typing import Any, NamedTuple

import numpy as np

from backprop_tutor.engine.systems.base import Array, Shape
from backprop_tutor.language.clean import clean

__all__ = ["MOST_ELEMENTS", "GivenArray", "NoArray", "TooLarge", "as_given"]

MOST_ELEMENTS = 30_000_000  # of an array whose numbers are looked at
NUMERIC = "biuf"
MAX_SHOWN = 60


class TooLarge(NamedTuple):
    """An array of which only the shape is known."""

    shape: Shape
    dtype: str


class NoArray(NamedTuple):
    """What is no array but a value of another `kind`: dict, function."""

    kind: str


class GivenArray(NamedTuple):
    """What `variable` holds: `values` in float64, and the `dtype` that they had; a `fault` says why there are
    none. `memory` is the same for arrays that share their numbers, 0 where that is not known."""

    variable: str
    values: Array | None = None
    shape: Shape | None = None
    dtype: str = ""
    fault: str = ""
    memory: int = 0

    @property
    def is_whole_numbers(self) -> bool:
        return self.dtype.startswith(("int", "uint", "bool"))


def as_given(variable: str, value: Any, memory: int = 0) -> GivenArray:
    """Read `value`, which may be anything: no value of any kind raises here."""
    try:
        return _read(variable, value, memory)
    except KeyboardInterrupt:
        raise
    except MemoryError:
        return GivenArray(variable, fault="it is too large to be read")
    except BaseException:  # __array__ and the like of a class of the program's own do what they like
        return GivenArray(variable, fault=_no_array(type(value).__name__))


def _read(variable: str, value: Any, memory: int) -> GivenArray:
    if isinstance(value, TooLarge):
        return GivenArray(variable, shape=value.shape, dtype=value.dtype)
    if isinstance(value, NoArray):
        return GivenArray(variable, fault=_no_array(value.kind))
    if isinstance(value, str | bytes):
        return GivenArray(variable, fault="it is text, not numbers")
    array = _array(value)
    if array.dtype.kind == "O":
        array = _of_objects(array)
    shape, dtype = tuple(map(int, array.shape)), clean(str(array.dtype))[:MAX_SHOWN]
    if array.dtype.kind == "c":
        if np.any(np.imag(array) != 0):
            return GivenArray(variable, shape=shape, dtype=dtype, fault="its numbers are complex")
        array = np.real(array)
    if array.dtype.kind not in NUMERIC:
        return GivenArray(variable, shape=shape, dtype=dtype, fault=f"it holds no numbers but {dtype}")
    if array.size > MOST_ELEMENTS:
        return GivenArray(variable, shape=shape, dtype=dtype)
    memory = memory or _address(array, value)
    with np.errstate(all="ignore"):
        return GivenArray(variable, np.asarray(array, dtype=np.float64), shape, dtype, memory=memory)


def _no_array(kind: str) -> str:
    return f"it is no array of numbers, but of the type {clean(kind)[:MAX_SHOWN]}"


def _array(value: Any) -> Array:
    if isinstance(value, np.ndarray):
        return np.asarray(value)
    if hasattr(value, "detach"):  # a tensor of PyTorch, perhaps on another device
        return np.asarray(value.detach().cpu())
    return np.asarray(value)


def _of_objects(array: Array) -> Array:
    """Numbers that NumPy keeps as objects: fractions, or arrays without axes; in floats."""
    if array.size > MOST_ELEMENTS or (not array.ndim and isinstance(array.item(), list | tuple | dict | set)):
        raise TypeError("no numbers")
    if any(isinstance(item, str | bytes) for item in array.flat):
        raise TypeError("text")
    return np.array(array, dtype=np.float64)


def _address(array: Array, value: Any) -> int:
    """Where the numbers lie: two names for one array are changed together."""
    return int(array.__array_interface__["data"][0]) if array is value and array.size > 1 else 0

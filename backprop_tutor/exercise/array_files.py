"""Arrays kept in a .npz or .csv file beside the exercise. Sizes are known before anything is loaded."""

import csv
import zipfile
import zlib
from fractions import Fraction
from math import prod
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np
from numpy.lib import format as npy

from backprop_tutor.exercise.rectangles import ArrayProblem, Numbers
from backprop_tutor.exercise.scalars import read_number
from backprop_tutor.exercise.schema_faults import nearest
from backprop_tutor.exercise.schema_types import ArrayFile
from backprop_tutor.files import reason
from backprop_tutor.language import clean

__all__ = ["load_array"]

MAX_EXACT = 10_000  # a csv file of at most so many numbers is read as exact fractions
MAX_CELL = 64  # characters of a csv cell, for the bound on the file's size


class _RefusedError(Exception):
    def __init__(self, what: str, hint: str = "", at: tuple[str, ...] = ()) -> None:
        self.problem = ArrayProblem(what, hint, at)


def load_array(reference: ArrayFile, folder: Path | None, max_elements: int) -> Numbers | ArrayProblem:
    """The array that `reference` names: float64, or Fraction from a small csv file; or what is wrong.

    The file lies in `folder` or below it, without a link that leads out. Nothing is unpickled.
    """
    try:
        path = _locate(reference.file, folder)
        if path.suffix.lower() == ".npz":
            return _load_npz(path, reference, max_elements)
        return _load_csv(path, reference, max_elements)
    except _RefusedError as error:
        return error.problem
    except OSError as error:
        return ArrayProblem(f"{reference.file} cannot be read: {reason(error)}.", at=("file",))


def _locate(name: str, folder: Path | None) -> Path:
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    if posix.suffix.lower() not in (".npz", ".csv"):
        raise _RefusedError(f"`{name}` is not a .npz or .csv file.", "Save the array as one.", ("file",))
    if posix.is_absolute() or windows.drive or windows.root or ".." in windows.parts:
        raise _RefusedError(f"`{name}` leads out of the exercise's folder.",
                            "Keep the file beside the exercise.", ("file",))  # fmt: skip
    if folder is None:
        raise _RefusedError(f"`{name}` cannot be found: the exercise is not in a folder.", at=("file",))
    path = folder / name
    if not path.is_file():
        names = sorted(p.name for p in folder.iterdir() if p.suffix.lower() in (".npz", ".csv"))
        hint = nearest(name, [clean(n) for n in names]) or "It must lie beside the exercise."
        raise _RefusedError(f"there is no file {name} beside the exercise.", hint, ("file",))
    if not path.resolve().is_relative_to(folder.resolve()):
        raise _RefusedError(f"`{name}` is a link out of the exercise's folder.",
                            "Keep the file itself beside the exercise.", ("file",))  # fmt: skip
    return path


def _refuse_size(name: str, count: int, limit: int) -> None:
    if count > limit:
        raise _RefusedError(f"{name} holds {count:,} numbers; the limit is {limit:,}.",
                            "Raise it with --max-elements.")  # fmt: skip


def _load_npz(path: Path, reference: ArrayFile, limit: int) -> Numbers:
    if reference.columns is not None:
        raise _RefusedError("`columns` belongs to a .csv file.", "Name the array: array: x.", ("columns",))
    try:
        with zipfile.ZipFile(path) as archive:
            keys = [clean(n.removesuffix(".npy")) for n in archive.namelist() if n.endswith(".npy")]
            key = reference.array or (keys[0] if len(keys) == 1 else None)
            if key is None:
                raise _RefusedError(f"{path.name} holds {len(keys)} arrays.", f"Say which: array: {keys[0]}."
                                    if keys else "Save one with numpy.savez.")  # fmt: skip
            if key not in keys:
                raise _RefusedError(
                    f"there is no array `{key}` in {path.name}.", nearest(key, keys), ("array",)
                )
            return _read_member(archive, f"{key}.npy", path.name, limit)
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, KeyError, RuntimeError) as error:
        # RuntimeError covers encrypted members and, as NotImplementedError, unknown compression.
        reason = clean(str(error)).rstrip(".") or "damaged"
        raise _RefusedError(f"{path.name} is not a readable .npz file ({reason[:80]}).",
                            "Save it with numpy.savez.", ("file",)) from None  # fmt: skip


def _read_member(archive: zipfile.ZipFile, member: str, name: str, limit: int) -> Numbers:
    with archive.open(member) as stream:
        version = npy.read_magic(stream)
        read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, dtype = read_header(stream)
    if dtype.kind not in "biuf":
        raise _RefusedError(f"{name} holds no plain numbers ({dtype}).", "Save an array of float64.")
    count = prod(shape)
    _refuse_size(name, count, limit)
    if count == 0:
        raise _RefusedError(f"the array in {name} is empty (shape {shape}).")
    if count * dtype.itemsize > archive.getinfo(member).file_size:
        raise _RefusedError(f"{name} is cut short.", "Save it again with numpy.savez.", ("file",))
    with archive.open(member) as stream:
        array = npy.read_array(stream, allow_pickle=False)
    with np.errstate(over="ignore"):
        array = np.ascontiguousarray(array, dtype=np.float64)
    return _finite(array, name)


def _finite(array: Numbers, name: str) -> Numbers:
    if not np.isfinite(array).all():
        raise _RefusedError(f"{name} holds a number that is not finite (nan or infinity).")
    return array


def _load_csv(path: Path, reference: ArrayFile, limit: int) -> Numbers:
    if reference.array is not None:
        raise _RefusedError("`array` belongs to a .npz file.", "Name columns: columns: [1, 2].", ("array",))
    if path.stat().st_size > limit * MAX_CELL:
        raise _RefusedError(f"{path.name} is too large.", "Raise the limit with --max-elements.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = [(number, row) for number, row in enumerate(csv.reader(stream), 1) if any(row)]
    except (csv.Error, UnicodeDecodeError) as error:
        raise _RefusedError(f"{path.name} is not readable CSV ({clean(str(error))[:80]}).",
                            "Save it as CSV in UTF-8.", ("file",)) from None  # fmt: skip
    if not rows:
        raise _RefusedError(f"{path.name} is empty.", at=("file",))
    header = None if all(_is_number(cell) for cell in rows[0][1]) else [clean(c.strip()) for c in rows[0][1]]
    chosen = _columns(reference.columns, header, len(rows[0][1]), path.name)
    body = rows if header is None else rows[1:]
    if not body:
        raise _RefusedError(f"{path.name} holds a header and no numbers.", at=("file",))
    _refuse_size(path.name, len(body) * len(chosen), limit)
    exact = [[_cell(row, line, column, path.name) for column in chosen] for line, row in body]
    if len(body) * len(chosen) > MAX_EXACT:
        return _finite(np.array(exact, dtype=np.float64), path.name)
    return np.array(exact, dtype=object)


def _is_number(cell: str) -> bool:
    try:
        return read_number(cell.strip()) is not None
    except ValueError:
        return True


def _cell(row: list[str], line: int, column: int, name: str) -> Fraction:
    text = row[column].strip() if column < len(row) else ""
    place = f"{name}, line {line}, column {column + 1}"
    try:
        number = read_number(text)
    except ValueError as error:
        raise _RefusedError(f"{place}: {error}.", "Write a finite number.") from None
    if number is None:
        raise _RefusedError(
            f"{place}: `{clean(text)[:40]}` is not a number.", "Write one such as 0.5 or 1/3."
        )
    return number


def _columns(wanted: list[Any] | None, header: list[str] | None, count: int, name: str) -> list[int]:
    """The zero-based columns that `wanted` ([first, last] from 1, or names in the header) means."""
    at = ("columns",)
    if wanted is None:
        return list(range(count))
    if all(isinstance(item, Fraction) for item in wanted):
        first, last = (wanted[0], wanted[-1]) if len(wanted) in (1, 2) else (Fraction(0), Fraction(0))
        if not (1 <= first <= last <= count) or first.denominator != 1 or last.denominator != 1:
            raise _RefusedError(f"{name} has {count} columns, and these are not [first, last] of them.",
                                f"Write two numbers from 1 to {count}.", at)  # fmt: skip
        return list(range(int(first) - 1, int(last)))
    if header is None:
        raise _RefusedError(f"{name} has no header.", "Give [first, last] as numbers from 1.", at)
    for item in wanted:
        if item not in header:
            raise _RefusedError(f"{name} has no column `{item}`.", nearest(str(item), header), at)
    return [header.index(item) for item in wanted]

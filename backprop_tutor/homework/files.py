"""Reading and writing the files of homework, with refusals in plain words."""

import os
from pathlib import Path

from backprop_tutor.errors import AccessError
from backprop_tutor.exercise.decode import MAX_BYTES
from backprop_tutor.language import clean

__all__ = ["make_folder", "read_bytes", "replace_file", "write_new"]


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """At most one byte more than `limit`: enough to tell that a file is too large. Raises AccessError."""
    try:
        if path.is_dir():
            raise AccessError("this is a folder, not a file.", where=clean(str(path)))
        with path.open("rb") as stream:
            return stream.read(limit + 1)
    except (OSError, ValueError) as error:
        raise AccessError(f"it cannot be read: {_reason(error)}.", where=clean(str(path))[:200]) from None


def write_new(path: Path, text: str, *, force: bool) -> None:
    """Write a file that is not there yet; with `force`, also one that is. Raises AccessError."""
    try:
        if force:
            replace_file(path, text)
            return
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        hint = "Add --force to overwrite it."
        raise AccessError("this file exists already.", where=clean(str(path)), hint=hint) from None
    except (OSError, ValueError) as error:
        raise AccessError(f"it cannot be written: {_reason(error)}.", where=clean(str(path))[:200]) from None


def replace_file(path: Path, text: str) -> None:
    """Write `text` so that a reader, or a kill, meets the old file or the new one, never half of it."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        os.replace(part, path)
    except (OSError, ValueError) as error:
        raise AccessError(f"it cannot be written: {_reason(error)}.", where=clean(str(path))[:200]) from None


def make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise AccessError(f"it cannot be made: {_reason(error)}.", where=clean(str(path))[:200]) from None


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or "not a file name").lower()

"""Writing a file whole or not at all, and never over another unless told to."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from backprop_tutor.errors import AccessError
from backprop_tutor.language import clean

__all__ = ["write_file"]


def write_file(path: Path, text: str, *, force: bool = False) -> None:
    """Write `text` as UTF-8. Who looks at the file sees the old one or the new one, never a part.

    Raises AccessError where the file exists (without `force`) or cannot be written.
    """
    shown = clean(str(path))
    try:
        if path.exists() and not force:
            raise FileExistsError
        if path.exists() and not path.is_file():
            raise OSError(0, "not a file")
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            Path(temporary).chmod(0o666 & ~_umask())
            if force:
                os.replace(temporary, path)
            else:
                _put(temporary, path)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
    except FileExistsError:
        raise AccessError(
            "this file exists already.", where=shown, hint="Add --force to overwrite it."
        ) from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "not a file name").lower()
        raise AccessError(f"it cannot be written: {reason}.", where=shown) from None


def _put(temporary: str, path: Path) -> None:
    """Move without overwriting, also when another program makes the file at this moment."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError from None
        os.replace(temporary, path)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask

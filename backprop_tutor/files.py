"""Reading and writing files: whole or not at all, and refused in plain words."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from backprop_tutor.errors import AccessError
from backprop_tutor.language.clean import clean

__all__ = [
    "access_error",
    "make_folder",
    "read_bytes",
    "reason",
    "refuse_existing",
    "replace_file",
    "write_all",
    "write_file",
]

MAX_SHOWN = 200


def reason(error: Exception) -> str:
    """Why the system did not do it: `permission denied`."""
    return (getattr(error, "strerror", None) or "not a file name").lower()


def access_error(error: Exception, path: Path, what: str) -> AccessError:
    """For an error at `path`, which cannot be `what`: read, written."""
    return AccessError(f"it cannot be {what}: {reason(error)}.", where=clean(str(path))[:MAX_SHOWN])


def read_bytes(path: Path, limit: int) -> bytes:
    """At most one byte more than `limit`: enough to tell that a file is too large. Raises AccessError."""
    try:
        if path.is_dir():
            raise AccessError("this is a folder, not a file.", where=clean(str(path)))
        with path.open("rb") as stream:
            return stream.read(limit + 1)
    except (OSError, ValueError) as error:
        raise access_error(error, path, "read") from None


def make_folder(path: Path) -> None:
    """The folder and those it lies in, where they are not there yet. Raises AccessError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise access_error(error, path, "made") from None


def write_all(
    path: Path, content: str | bytes | Mapping[str, str | bytes], *, force: bool = False
) -> list[Path]:
    """Write a file, or a folder of the texts of its files by their paths. A path that ends as all of them do
    is the first of them, and the others stand beside it under its name and theirs. Gives the paths. Raises
    AccessError, for several files before anything is written where one exists (without `force`)."""
    if not isinstance(content, Mapping):
        write_file(path, content, force=force)
        return [path]
    places = {name: path / name for name in content}
    if path.suffix and all(Path(name).suffix == path.suffix for name in content):
        beside = {name: path.with_name(f"{path.stem}-{name}") for name in content}
        places = beside | {next(iter(content)): path}
    if not force:
        refuse_existing(*places.values())
    for name, text in content.items():
        make_folder(places[name].parent)
        write_file(places[name], text, force=force)
    return list(places.values())


def refuse_existing(*paths: Path) -> None:
    """Raises AccessError for the first that exists already."""
    for path in paths:
        if path.exists():
            raise _exists(path)


def _exists(path: Path) -> AccessError:
    where = clean(str(path))
    return AccessError("this file exists already.", where=where, hint="Add --force to overwrite it.")


def write_file(path: Path, text: str | bytes, *, force: bool = False) -> None:
    """Write bytes, or text as UTF-8. Who looks at the file sees the old one or the new one, never a part.

    Raises AccessError where the file exists (without `force`) or cannot be written.
    """
    try:
        if path.exists() and not force:
            raise FileExistsError
        if path.exists() and not path.is_file():
            raise OSError(0, "not a file")
        replace_file(path, text, over=force)
    except FileExistsError:
        raise _exists(path) from None
    except (OSError, ValueError) as error:
        raise access_error(error, path, "written") from None


def replace_file(path: Path, text: str | bytes, *, over: bool = True, lasting: bool = False) -> None:
    """Put a file with `text` at `path` in one go; `lasting` waits until it has reached the disk.

    Raises OSError, FileExistsError where there is one and it is not to be written `over`.
    """
    import tempfile  # 4 ms, and only who writes needs it

    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text if isinstance(text, bytes) else text.encode())
            if lasting:
                stream.flush()
                os.fsync(stream.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        if over:
            os.replace(temporary, path)
        else:
            _put(temporary, path)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)


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

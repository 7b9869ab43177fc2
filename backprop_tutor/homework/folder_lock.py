"""One call at a time in a folder. The lock ends with the process, whatever ends that, and leaves no file."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backprop_tutor.errors import AccessError
from backprop_tutor.language import clean

__all__ = ["alone_in"]


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Raises AccessError where another call is at work in `folder`."""
    try:
        handle = _locked(folder)
    except (BlockingIOError, FileExistsError):
        hint = "Wait until it has ended, or choose another folder with --out."
        what = "another call of grade is at work in this folder."
        raise AccessError(what, where=clean(str(folder)), hint=hint) from None
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _locked(folder: Path) -> int | None:
    """What holds the lock until it is closed; None on a file system that has no locks."""
    if sys.platform == "win32":
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_TEMPORARY
        return os.open(folder / "grade.lock", flags)
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise
    except OSError:
        os.close(handle)
        return None
    return handle

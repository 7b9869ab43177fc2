"""One call at a time in a folder. The lock ends with the process, whatever ends that, and leaves no file."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["alone_in"]

AGAIN = 0.2  # seconds


@contextmanager
def alone_in(folder: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Waits while another call is at work in `folder`; `waiting()` is told so once."""
    handle = _locked(folder)
    if handle is None:
        waiting()
    while handle is None:
        time.sleep(AGAIN)
        handle = _locked(folder)
    try:
        yield
    finally:
        if handle >= 0:
            os.close(handle)


def _locked(folder: Path) -> int | None:
    """What holds the lock until it is closed; None while another has it, -1 where there are no locks."""
    if sys.platform == "win32":
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_TEMPORARY
        try:
            return os.open(folder / "grade.lock", flags)
        except (FileExistsError, PermissionError):
            return None
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        return None if isinstance(error, BlockingIOError) else -1
    return handle

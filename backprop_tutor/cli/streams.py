"""Standard output and error that take every text, and what is done where they take none at all.

What an encoding lacks is spelled out. A width that is no width is forgotten.
"""

import os
import re
import sys
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from contextlib import suppress
from errno import EBADF
from io import BufferedReader, TextIOWrapper
from typing import TextIO

from backprop_tutor.errors import AccessError
from backprop_tutor.files import reason
from backprop_tutor.language.spelling import SPELL

__all__ = [
    "LEAST_COLUMNS",
    "READER_GONE",
    "Status",
    "ascii_only",
    "delivered",
    "prepare",
    "refused",
    "standard_input",
    "typed_text",
]

READER_GONE = 141  # what a shell says of a program that a closed pipe ended

Status = int | str | None

LEAST_COLUMNS = 20  # that anything is laid out in

_SIZE = re.compile(r"[1-9][0-9]{0,3}")


def prepare() -> None:
    """Let the three streams exist, and spell out what the encoding of the two for output does not have."""
    if sys.stdin is None:  # closed by the caller, as the others may be
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
    if sys.stdout is None:  # a stream of which every writing fails
        sys.stdout = open(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        _reconfigure(stream)
    for name, least in (("COLUMNS", LEAST_COLUMNS), ("LINES", 1)):
        said = os.environ.pop(name, "0")
        if _SIZE.fullmatch(said):  # 0 says that it is not known
            os.environ[name] = str(max(int(said), least))


def ascii_only() -> None:
    """Write ASCII only on standard output, whatever the terminal could show."""
    _reconfigure(sys.stdout, "ascii")


def typed_text(source: BufferedReader, encoding: str = "utf-8") -> TextIO:
    """The text of `source`, in UTF-16 or UTF-8 where its first bytes say so, and else in `encoding`."""
    head = source.peek(2)[:2]
    if head in (BOM_UTF16_LE, BOM_UTF16_BE):
        encoding = "utf-16"
    elif b"\0" in head:
        encoding = "utf-16-be" if head[0] == 0 else "utf-16-le"
    elif head == BOM_UTF8[:2]:
        encoding = "utf-8-sig"
    return TextIOWrapper(source, encoding=encoding, errors="replace")


def standard_input() -> TextIO:
    """Standard input that is no terminal, as text."""
    return typed_text(sys.stdin.buffer, sys.stdin.encoding)  # type: ignore[arg-type]


def delivered(output: TextIO, status: Status) -> Status:
    """Flush standard `output` for good. The exit status: `status`, unless somebody or the system did not
    take it. Afterwards nothing can fail any more as the interpreter ends."""
    try:
        if sys.stdout is not output:  # typer puts another in its place once the reader is gone
            raise BrokenPipeError
        output.flush()
    except BrokenPipeError:
        status = READER_GONE
    except OSError as error:
        status = refused(error) if status != AccessError.exit_status else status
    for stream in (output, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return status


def refused(error: OSError) -> Status:
    """Say what kept standard output (or the file that the `error` names) from being written."""
    why = "it is closed" if error.errno == EBADF else reason(error)
    with suppress(OSError):
        print(f"{error.filename or 'standard output'} cannot be written: {why}.", file=sys.stderr)
    return AccessError.exit_status


def _reconfigure(stream: TextIO, encoding: str | None = None) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:  # a stream that a test or a host program put in place may lack it
        reconfigure(errors=SPELL, **({"encoding": encoding} if encoding else {}))

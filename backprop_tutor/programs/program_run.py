"""Runs a program in a process of its own, and reads back what its variables hold, without trusting it."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import IO, Any, Literal, NamedTuple

from backprop_tutor.errors import AccessError, UsageError
from backprop_tutor.files import read_bytes, reason
from backprop_tutor.language.clean import clean

__all__ = ["Ended", "Failure", "Frame", "ProgramOutput", "ProgramRun", "RunningProgram", "source_parts"]

MAX_SOURCE = 20 << 20  # bytes of a program or a notebook
MAX_RESULT = 200 << 20  # bytes of what the process writes down of its variables
GRACE = 5.0  # seconds after the time limit, in which a program's variables are still written down
KEPT = 20_000  # bytes of a program's output, of its beginning and of its end
MOST_NESTED = 20

Ended = Literal["done", "exit", "error", "timeout", "lost"]


class Frame(NamedTuple):
    """A place that an exception went through."""

    file: str
    line: int
    function: str
    text: str


class Failure(NamedTuple):
    """Why a program failed: the exception, and the places it went through, outermost first. `missing` is a
    package that there is not; `asks`, that it asked for input."""

    type: str
    message: str
    frames: tuple[Frame, ...] = ()
    missing: str = ""
    asks: bool = False
    at: Frame | None = None  # of a syntax error


class ProgramOutput(NamedTuple):
    """What a program printed: its beginning and its end, and how many bytes there were."""

    head: bytes
    tail: bytes
    size: int

    @property
    def text(self) -> str:
        both = self.head + (b"\n...\n" if self.size > len(self.head) + len(self.tail) else b"") + self.tail
        return clean(both.decode("utf-8", "replace"), keep_newlines=True)


class ProgramRun(NamedTuple):
    """What became of a program: how it `ended`, its `space` by variable, which arrays share their `memory`,
    and what it printed."""

    ended: Ended
    space: dict[str, Any]
    memory: dict[str, int]
    failure: Failure | None
    output: ProgramOutput
    errors: ProgramOutput
    status: int = 0

    @property
    def failed(self) -> bool:
        return self.ended in ("error", "timeout", "lost")


def source_parts(file: Path) -> list[tuple[str, str]]:
    """The pieces of the program with their labels: all of a .py file, or the code cells of a notebook.

    Raises AccessError.
    """
    source = read_bytes(file, MAX_SOURCE)
    shown = clean(str(file))
    if len(source) > MAX_SOURCE:
        raise AccessError(f"it is larger than {MAX_SOURCE >> 20} MB.", where=shown)
    if file.suffix.lower() == ".ipynb":
        from backprop_tutor.programs.notebook_cells import code_cells

        return code_cells(source, shown)
    return [(str(file), source.decode("utf-8-sig", "replace"))]


class RunningProgram:
    """A program that has been started; `finish` waits for it. Use it in a `with` statement: whatever happens,
    the process and those that it has started end with it."""

    def __init__(self, file: Path, timeout: float, python: str = "") -> None:
        self.file, self.timeout = file.resolve(), timeout
        self._python = python or sys.executable
        parts = source_parts(self.file) if file.suffix.lower() == ".ipynb" else None
        if parts is None:
            read_bytes(self.file, 0)  # an error that says that it is not there
        self._folder = Path(tempfile.mkdtemp(prefix="backprop-tutor-"))
        job = {"file": str(self.file), "parts": parts, "timeout": timeout}
        (self._folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        self._started = monotonic()
        try:
            self._process = self._start()
        except (OSError, ValueError) as error:
            self._remove()
            raise UsageError(
                f"{clean(self._python)!r} cannot be started: {reason(error)}.",
                hint="Name a Python with --python, such as python3.",
            ) from None
        self._kept = [_KeptOutput(stream) for stream in (self._process.stdout, self._process.stderr)]
        # A wait with a time limit would sleep ever longer between two looks: up to 50 ms too long.
        self._waiting = threading.Thread(target=self._process.wait, daemon=True)
        self._waiting.start()

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {"MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8", **os.environ}  # no window waits
        return subprocess.Popen(
            [self._python, str(Path(__file__).with_name("child.py")), str(self._folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.file.parent,
            env=environment,
            start_new_session=os.name == "posix",
        )

    def __enter__(self) -> "RunningProgram":
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        self._remove()

    def finish(self, names: Sequence[str]) -> ProgramRun:
        """Wait until it has ended, or has to, and read the variables called `names` back."""
        with contextlib.suppress(OSError), self._process.stdin or contextlib.nullcontext() as stream:
            if stream:
                stream.write(json.dumps(list(names)).encode())
        left = self.timeout + GRACE - (monotonic() - self._started)
        self._waiting.join(max(left, 0.1))
        status = self._process.returncode
        self._end()
        output, errors = (kept.taken() for kept in self._kept)
        found = self._result()
        if found is None:
            ended: Ended = "timeout" if status is None else "lost"
            return ProgramRun(ended, {}, {}, None, output, errors, status or 0)
        reader = _Reader(self._folder)
        values = found["values"] if isinstance(found.get("values"), dict) else {}
        space = {str(name): reader.value(packed, str(name)) for name, packed in values.items()}
        ended = found["ended"] if found.get("ended") in ("done", "exit", "error", "timeout") else "lost"
        return ProgramRun(ended, space, reader.memory, _failure(found.get("error")), output, errors)

    def _result(self) -> dict[str, Any] | None:
        try:
            source = read_bytes(self._folder / "result.json", MAX_RESULT)
            found = json.loads(source) if len(source) <= MAX_RESULT else None
        except (AccessError, ValueError, RecursionError, MemoryError):
            return None
        return found if isinstance(found, dict) else None

    def _end(self) -> None:
        """End the process, and with it what it has started."""
        if os.name == "posix":
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()

    def _remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


class _KeptOutput:
    """Reads a stream to its end, and keeps little of it."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        self._head, self._tail, self._size = b"", b"", 0
        self._stream = stream
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._stream is not None
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(self._stream.fileno(), 65_536):
                self._size += len(chunk)
                room = KEPT - len(self._head)
                self._head += chunk[:room]
                self._tail = (self._tail + chunk[room:])[-KEPT:] if len(chunk) > room else self._tail

    def taken(self) -> ProgramOutput:
        self._thread.join(1.0)
        assert self._stream is not None
        if not self._thread.is_alive():
            self._stream.close()
        return ProgramOutput(self._head, self._tail, self._size)


class _Reader:
    """Puts together what the process wrote down. Nothing is unpickled, and nothing is believed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.memory: dict[str, int] = {}

    def value(self, packed: Any, variable: str, depth: int = 0) -> Any:
        from backprop_tutor.programs.given_array import NoArray, TooLarge  # with NumPy

        if not isinstance(packed, dict) or depth > MOST_NESTED:
            return NoArray("unknown")
        match packed:
            case {"kind": "blank"}:
                return None
            case {"kind": "number", "value": int() | float() as number, "type": kind}:
                return int(number) if kind == "int" and float(number).is_integer() else float(number)
            case {"kind": "list", "items": list() as items}:
                return [self.value(item, f"{variable}[{k}]", depth + 1) for k, item in enumerate(items)]
            case {"kind": "array", "file": str() as name}:
                if isinstance(memory := packed.get("memory"), int) and memory:
                    self.memory[variable] = memory
                return self._array(name, str(packed.get("dtype", "")))
            case {"kind": "large", "shape": list() as shape, "dtype": str() as dtype}:
                return TooLarge(tuple(size for size in shape if isinstance(size, int)), dtype)
            case {"kind": "text"}:
                return ""
            case _:
                return NoArray(str(packed.get("type", "unknown")))

    def _array(self, name: str, dtype: str) -> Any:
        import numpy as np

        from backprop_tutor.programs.given_array import NoArray

        try:
            with (self.folder / Path(name).name).open("rb") as stream:
                array = np.lib.format.read_array(stream, allow_pickle=False)
        except (OSError, ValueError, EOFError, MemoryError, SyntaxError):
            return NoArray(dtype)
        return array


def _failure(found: Any) -> Failure | None:
    if not isinstance(found, dict):
        return None
    frames = [frame for entry in found.get("frames") or () if (frame := _frame(entry))]
    syntax = found.get("syntax")
    at = None
    if isinstance(syntax, list) and len(syntax) == 4:
        at = Frame(clean(str(syntax[0])), _int(syntax[1]), "", clean(str(syntax[2]).rstrip("\n")))
    message = clean(str(found.get("message", "")), keep_newlines=True)
    missing = clean(str(found.get("missing") or ""))
    kind = clean(str(found.get("type", "")))
    return Failure(kind, message, tuple(frames), missing, bool(found.get("asks")), at)


def _frame(entry: Any) -> Frame | None:
    if not isinstance(entry, list) or len(entry) != 4:
        return None
    file, line, function, text = entry
    return Frame(clean(str(file)), _int(line), clean(str(function)), clean(str(text)))


def _int(value: Any) -> int:
    return value if isinstance(value, int) else 0

"""Runs a student's program as `python FILE` would, and then writes down what its variables hold.

This file is started in a process of its own, by any Python from 3.8 on, with nothing but the standard
library: `python child.py FOLDER`. FOLDER/job.json says what to run; standard input, which the program does
not get to see, says which variables are wanted; what was found goes to FOLDER/result.json and FOLDER/*.npy.
"""

import os
import sys

_HERE = sys.path[0]
if os.path.dirname(os.path.abspath(__file__)) == _HERE:
    del sys.path[0]  # nothing beside this file is to be imported by name

import contextlib  # noqa: E402
import importlib.machinery  # noqa: E402
import json  # noqa: E402
import linecache  # noqa: E402
import threading  # noqa: E402
import traceback  # noqa: E402
import types  # noqa: E402
from typing import Any, Dict, List, NoReturn  # noqa: E402, UP035

Packed = Dict[str, Any]  # noqa: UP006

MOST_ELEMENTS = 30_000_000  # of an array that is written down
MOST_NUMBERS = 2_000_000  # in lists
DEEPEST = 16
LONGEST = 2_000  # characters of a message
MOST_FRAMES = 200


class ProgramPart(importlib.machinery.SourceFileLoader):
    """A piece of the program: all of a file, or one cell of a notebook."""

    def __init__(self, label: str, source: Any) -> None:
        super().__init__("__main__", label)
        self.source = source

    def get_code(self, fullname: str) -> Any:
        return self.source_to_code(self.source, self.path)


class Program:
    """The program in the module `__main__`, and what became of it."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        with open(os.path.join(folder, "job.json"), encoding="utf-8") as stream:
            self.job = json.load(stream)
        self.names = os.dup(0)  # standard input, out of the program's reach
        empty = os.open(os.devnull, os.O_RDONLY)
        os.dup2(empty, 0)
        os.close(empty)
        self.module = types.ModuleType("__main__")
        self.told = threading.Lock()
        self.process = os.getpid()

    def run(self) -> None:
        file, parts = self.job["file"], self.job["parts"]
        sys.argv[:] = [file]
        sys.path.insert(0, os.path.dirname(file))
        self.module.__file__ = file
        self.module.__dict__["__builtins__"] = __builtins__
        sys.modules["__main__"] = self.module
        threading.Thread(target=self.watch, args=(threading.get_ident(),), daemon=True).start()
        self._let_it_leave()
        ended, error = "done", None
        try:
            if parts is None:
                with open(file, "rb") as stream:
                    parts = [(file, stream.read())]
            for label, source in parts:
                if label != file:
                    lines = source.splitlines(keepends=True)
                    linecache.cache[label] = (len(source), None, lines, label)
                part = ProgramPart(label, source)
                part.exec_module(self.module)
            for thread in threading.enumerate():
                if thread is not threading.current_thread() and not thread.daemon:
                    thread.join()
        except SystemExit:
            ended = "exit"
        except BaseException as error_:
            ended, error = "error", described(error_)
        self.tell(ended, error)

    def watch(self, main: int) -> None:
        """At the time limit, look at what is there and end it all."""
        if not threading.Event().wait(self.job["timeout"]):
            frame = sys._current_frames().get(main)
            frames = traceback.extract_stack(frame) if frame else []
            error = {"type": "timeout", "message": "", "frames": listed(frames), "syntax": None}
            self.tell("timeout", error, leave=True)

    def _let_it_leave(self) -> None:
        """`os._exit` ends a process at once: what the variables hold is written down before."""
        leave, process = os._exit, self.process

        def at_once(status: int) -> NoReturn:
            if os.getpid() == process:
                self.tell("exit", None)
            leave(status)

        os._exit = at_once
        self.leave = leave

    def tell(self, ended: str, error: Any, leave: bool = False) -> None:
        if not self.told.acquire(blocking=False):
            return
        try:
            result = {"ended": ended, "error": error, "values": self.values()}
            path = os.path.join(self.folder, "result.json")
            with open(path + ".part", "w", encoding="utf-8") as stream:
                json.dump(result, stream)
            os.replace(path + ".part", path)
            for output in (sys.stdout, sys.stderr):
                with contextlib.suppress(BaseException):
                    output.flush()
        finally:
            if leave:
                self.leave(0)

    def values(self) -> Packed:
        with os.fdopen(self.names, encoding="utf-8") as stream:
            wanted = json.loads(stream.read() or "[]")
        packer = Packer(self.folder)
        space = self.module.__dict__
        found = {}
        for name in wanted:
            if name in space:
                try:
                    found[name] = packer.packed(space[name])
                except BaseException as error:
                    found[name] = {"kind": "other", "type": type(error).__name__}
        return found


class Packer:
    """Writes values down: arrays as .npy files without pickles, everything else as JSON."""

    def __init__(self, folder: str) -> None:
        self.folder, self.files, self.numbers = folder, 0, 0
        self.numpy: Any = sys.modules.get("numpy")

    def packed(self, value: Any, depth: int = 0) -> Packed:
        if value is None or value is ...:
            return {"kind": "blank"}
        if isinstance(value, (str, bytes)):
            return {"kind": "text"}
        if type(value) in (bool, int, float):
            return {"kind": "number", "value": float(value), "type": type(value).__name__}
        if self.numpy is None:
            return self.without_numpy(value, depth)
        if hasattr(value, "detach"):
            value = value.detach().cpu()
            if "bfloat16" in str(getattr(value, "dtype", "")):
                return dict(self.array(self.numpy.asarray(value.float()), None), dtype="bfloat16")
            return self.array(self.numpy.asarray(value), value)
        if isinstance(value, self.numpy.ndarray):
            return self.array(self.numpy.asarray(value), value)
        if isinstance(value, (list, tuple)):
            return self.items(value, depth)
        return self.array(self.numpy.asarray(value), None, type(value).__name__)

    def items(self, value: Any, depth: int) -> Packed:
        """A list: one array where it can be one, else item by item, as are arrays that share their memory."""
        if len(value) < 1000 and all(isinstance(item, self.numpy.ndarray) for item in value):
            return self.one_by_one(value, depth)
        try:
            array = self.numpy.asarray(value)
            if array.dtype.kind in "biufc":
                return self.array(array, None)
        except Exception:
            pass
        return self.one_by_one(value, depth)

    def one_by_one(self, value: Any, depth: int) -> Packed:
        self.numbers += len(value)
        if depth > DEEPEST or self.numbers > MOST_NUMBERS:
            return {"kind": "other", "type": "a list of very many things"}
        return {"kind": "list", "items": [self.packed(item, depth + 1) for item in value]}

    def without_numpy(self, value: Any, depth: int) -> Packed:
        if isinstance(value, (list, tuple)):
            return self.one_by_one(value, depth)
        if hasattr(value, "__float__"):
            return {"kind": "number", "value": float(value), "type": type(value).__name__}
        return {"kind": "other", "type": type(value).__name__}

    def array(self, array: Any, value: Any, type_name: str = "") -> Packed:
        shape, dtype = [int(size) for size in array.shape], str(array.dtype)
        if array.size > MOST_ELEMENTS:
            return {"kind": "large", "shape": shape, "dtype": dtype}
        if array.dtype.kind not in "biufc":
            if array.dtype.kind in "OV" and array.ndim < 64 and not type_name:
                array = self.numpy.array(array, dtype=float)
            elif type_name and array.dtype.kind == "O":
                array = self.numpy.asarray(float(array.item()))
            else:
                return {"kind": "other", "type": type_name or dtype}
        self.files += 1
        name = f"{self.files}.npy"
        self.numpy.save(os.path.join(self.folder, name), array, allow_pickle=False)
        memory = 0
        if value is not None and array.size > 1:
            memory = int(array.__array_interface__["data"][0])
        return {"kind": "array", "file": name, "dtype": dtype, "memory": memory}


def described(error: BaseException) -> Packed:
    """An exception, with the places in the program that it went through."""
    found = traceback.TracebackException(type(error), error, error.__traceback__, lookup_lines=False)
    syntax = None
    if isinstance(error, SyntaxError):
        syntax = [str(error.filename), error.lineno or 0, (error.text or "")[:LONGEST], error.offset or 0]
    try:
        message = str(error)
    except BaseException:
        message = ""
    missing = getattr(error, "name", None) if isinstance(error, ImportError) else None
    return {
        "type": type(error).__name__,
        "message": message[:LONGEST],
        "frames": listed(found.stack),
        "syntax": syntax,
        "missing": missing if isinstance(error, ModuleNotFoundError) else None,
        "asks": isinstance(error, EOFError),
    }


def listed(frames: Any) -> List[Any]:  # noqa: UP006
    """File, line, function and text of each place, this file's own left out."""
    found = []
    for frame in list(frames)[-MOST_FRAMES:]:
        if frame.filename != __file__ and "importlib" not in frame.filename:
            text = linecache.getline(frame.filename, frame.lineno or 0).strip()
            found.append([frame.filename, frame.lineno or 0, frame.name, text[:LONGEST]])
    return found


if __name__ == "__main__":
    Program(sys.argv[1]).run()

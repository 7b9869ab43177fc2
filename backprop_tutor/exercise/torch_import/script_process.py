"""What runs in the process of a person's own script: the script, its function, then `torch_exercise`."""

import importlib.util
import json
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from backprop_tutor.errors import BackpropTutorError
from backprop_tutor.exercise.torch_import import torch_exercise

__all__ = ["ARRAYS", "ERROR", "EXERCISE"]

EXERCISE, ARRAYS, ERROR = "exercise.yaml", "arrays.npz", "error.json"
WANTED = "It returns (module, inputs, targets, loss), and may add an optimizer."
MAX_FRAMES = 6


class ScriptError(Exception):
    """The script failed, or has no such function."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.hint = hint


def main(script: str, function: str, folder: str, beside: str) -> None:
    home = Path(folder)
    try:
        text, large = torch_exercise(**_arguments(_called(script, function)), beside=beside)
    except ScriptError as error:
        _tell(home, "script", str(error), error.hint)
        return
    except BackpropTutorError as error:
        _tell(home, "module", error.what, error.hint)
        return
    if large:
        import numpy as np

        np.savez(home / ARRAYS, **large)
    (home / EXERCISE).write_text(text, encoding="utf-8")


def _called(script: str, function: str) -> Any:
    """What the function gives, after the script has run as the program that it is."""
    sys.argv = [script]
    sys.path[0] = str(Path(script).resolve().parent)
    spec = importlib.util.spec_from_file_location("__main__", script)
    if spec is None or spec.loader is None:
        raise ScriptError("it is no Python file.")
    program = importlib.util.module_from_spec(spec)
    sys.modules["__main__"] = program
    try:
        with suppress(SystemExit):  # it merely ends the script: what was defined before is there
            spec.loader.exec_module(program)
        found = getattr(program, function, None)
        if not callable(found):
            raise ScriptError(f"it has no function {function}.", WANTED)
        return found()
    except ScriptError:
        raise
    except (Exception, SystemExit) as error:
        raise ScriptError(_traced(error, script)) from None


def _traced(error: BaseException, script: str) -> str:
    """The traceback, shortened to the lines of the script."""
    own = [
        f
        for f in traceback.extract_tb(error.__traceback__)
        if Path(f.filename).resolve() == Path(script).resolve()
    ]
    lines = [f"line {frame.lineno}, in {frame.name}: {frame.line}" for frame in own[-MAX_FRAMES:]]
    said = traceback.format_exception_only(type(error), error)[-1].strip()
    return "\n".join(["it failed.", *lines, said])


def _arguments(found: Any) -> dict[str, Any]:
    if isinstance(found, dict):
        known = {"module", "inputs", "targets", "loss", "optimizer", "learning_rate"}
        if not {"module", "inputs", "targets", "loss"} <= found.keys() <= known:
            raise ScriptError("its function gives a dict with other keys than those of from_torch.", WANTED)
        return found
    if not isinstance(found, tuple) or len(found) not in (4, 5):
        raise ScriptError(f"its function gives {type(found).__name__}.", WANTED)
    return dict(zip(("module", "inputs", "targets", "loss", "optimizer"), found, strict=False))


def _tell(home: Path, kind: str, what: str, hint: str) -> None:
    (home / ERROR).write_text(json.dumps({"kind": kind, "what": what, "hint": hint}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

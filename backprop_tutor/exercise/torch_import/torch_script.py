"""`new FILE --from-torch SCRIPT:FUNCTION`: a person's own program, run in a process of its own."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from backprop_tutor.errors import AccessError, BackpropTutorError, UsageError
from backprop_tutor.exercise.torch_import.script_process import ARRAYS, ERROR, EXERCISE
from backprop_tutor.files import read_bytes
from backprop_tutor.language.clean import clean

__all__ = ["TorchFiles", "exercise_of_script"]

MAX_ARRAYS = 1 << 30


class TorchFiles(NamedTuple):
    """The YAML of an exercise, and what belongs into the .npz file beside it, if anything does."""

    text: str
    arrays: bytes


def exercise_of_script(
    source: str, beside: str, *, python: str = sys.executable, timeout: float = 300
) -> TorchFiles:
    """Run SCRIPT as `python SCRIPT` would, call its FUNCTION and read the module that it gives.

    `source` is SCRIPT:FUNCTION, `beside` the name of the .npz file, `timeout` in seconds. What the script
    prints goes to standard error. Raises UsageError, and AccessError where the script fails.
    """
    script, colon, function = source.rpartition(":")
    if not colon or not function.isidentifier():
        hint = "Write SCRIPT:FUNCTION, as in train.py:exercise."
        raise UsageError(f"{clean(source)} does not say which function of a script to call.", hint=hint)
    if not Path(script).is_file():
        raise AccessError("there is no such script.", where=clean(script))
    child = "backprop_tutor.exercise.torch_import.script_process"
    with tempfile.TemporaryDirectory() as folder:
        command = [python, "-m", child, script, function, folder, beside]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=sys.stderr, timeout=timeout, check=False
            )
        except subprocess.TimeoutExpired:
            what = f"it did not end within {timeout:g} seconds."
            raise AccessError(what, where=clean(script), hint="--timeout gives it more.") from None
        except OSError as error:
            raise AccessError(
                f"{clean(python)} cannot be run: {error.strerror}.", hint="See --python."
            ) from None
        home = Path(folder)
        if (home / ERROR).exists():
            raise _error(json.loads((home / ERROR).read_text(encoding="utf-8")), script)
        if done.returncode or not (home / EXERCISE).exists():
            raise AccessError(f"it ended with status {done.returncode}.", where=clean(script))
        arrays = read_bytes(home / ARRAYS, MAX_ARRAYS) if (home / ARRAYS).exists() else b""
        return TorchFiles((home / EXERCISE).read_text(encoding="utf-8"), arrays)


def _error(said: dict[str, str], script: str) -> BackpropTutorError:
    kind = AccessError if said["kind"] == "script" else UsageError
    return kind(clean(said["what"], keep_newlines=True), where=clean(script), hint=clean(said["hint"]))

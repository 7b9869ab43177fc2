"""`code --watch`: a program checked again at every save, on one screen."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from backprop_tutor.cli.error_report import report
from backprop_tutor.errors import BackpropTutorError
from backprop_tutor.files import read_bytes
from backprop_tutor.programs.program_check import CheckedProgram, check_archive, check_program
from backprop_tutor.programs.program_run import RunningProgram

if TYPE_CHECKING:
    from backprop_tutor.programs.array_check import ArrayChecker
    from backprop_tutor.programs.array_verdict import ArrayResult

__all__ = ["check_at_every_save"]

SOURCES = (".py", ".ipynb")
SETTLE = 150  # milliseconds in which an editor's writes are one save
ANEW = "\x1b[2J\x1b[H"


def check_at_every_save(
    checker: "ArrayChecker", file: Path, timeout: float, python: str, *, as_json: bool, plain: bool
) -> NoReturn:
    """Until Ctrl-C. Raises AccessError where the file is not there to begin with."""
    read_bytes(file, 0)
    before: ArrayResult | None = None
    for _ in _saves(file.resolve()):
        try:
            checked = _checked(checker, file, timeout, python)
        except BackpropTutorError as error:  # what was saved is no notebook, say
            report(error)
            continue
        _show(checked, before, timeout, as_json=as_json, plain=plain)
        before = checked.result
    raise KeyboardInterrupt


def _checked(checker: "ArrayChecker", file: Path, timeout: float, python: str) -> CheckedProgram:
    if file.suffix.lower() == ".npz":
        return check_archive(checker, file)
    with RunningProgram(file, timeout, python) as program:
        return check_program(checker, program)


def _show(
    checked: CheckedProgram, before: "ArrayResult | None", timeout: float, *, as_json: bool, plain: bool
) -> None:
    if as_json:
        import json

        print(json.dumps(checked.result.document(), ensure_ascii=False), flush=True)
        return
    from backprop_tutor.cli.showing import show
    from backprop_tutor.language import clean
    from backprop_tutor.render.screen_style import style_for
    from backprop_tutor.render.subjects.array_marks import failure_lines, progress_blocks

    is_screen = sys.stdout.isatty()
    print(ANEW if is_screen else "", end="")
    title = f"{clean(checked.file.name)}: {checked.result.exercise}"
    blocks = progress_blocks(title, checked.result, before, failure_lines(checked, timeout))
    show(blocks, style_for(sys.stdout.encoding), plain=plain or not is_screen)
    print("Save the file to check it again; Ctrl-C ends.", flush=True)


def _saves(file: Path) -> Iterator[None]:
    """Once now, and again after every save of `file` or of a program beside it."""
    from watchfiles import watch

    def is_source(_: object, path: str) -> bool:
        return path.endswith(SOURCES) or Path(path) == file

    seen = _digests(file)
    yield
    for _ in watch(file.parent, watch_filter=is_source, debounce=SETTLE, recursive=False):
        now = _digests(file)
        if now != seen and file in now:  # an editor may have taken or emptied it for a moment
            seen = now
            yield


def _digests(file: Path) -> dict[Path, bytes]:
    """What stands in the program and in those beside it: what is written again unchanged is no save."""
    found = {}
    for path in {file, *(p for p in file.parent.iterdir() if p.suffix in SOURCES)}:
        with suppress(OSError):
            if source := path.read_bytes():
                found[path] = sha256(source).digest()
    return found

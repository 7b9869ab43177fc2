"""`code`: a program to fill in, and what is wrong with one."""

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from backprop_tutor.cli.options import (
    AsciiOption,
    JsonOption,
    MaxElementsOption,
    OptionalExerciseArgument,
    PlainOption,
)

if TYPE_CHECKING:
    from backprop_tutor.programs.array_check import ArrayChecker
    from backprop_tutor.programs.program_check import CheckedProgram
    from backprop_tutor.walkthrough import Solution

__all__ = ["code"]


def _complete_layer(incomplete: str) -> list[str]:
    from backprop_tutor.programs.layer_tasks import layer_names

    return [name for name in layer_names() if name.startswith(incomplete)]


def code(
    exercise: OptionalExerciseArgument = None,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="Your program: .py, .ipynb, or .npz with arrays of it."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write to this file.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    layer: Annotated[
        str | None,
        typer.Option(
            "--layer",
            metavar="NAME",
            autocompletion=_complete_layer,
            help="The functions of a layer or loss instead of an exercise: affine, relu, batch_norm, conv, "
            "lstm, attention, softmax_loss, ….",
        ),
    ] = None,
    notebook: Annotated[bool, typer.Option("--notebook", help="A notebook, not a Python file.")] = False,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, help="The seconds that your program may take.")
    ] = 60.0,
    python: Annotated[
        str, typer.Option("--python", metavar="PYTHON", help="The Python that runs it, if not this one.")
    ] = "",
    watch: Annotated[
        bool, typer.Option("--watch", help="Check again at every save of your program; Ctrl-C ends it.")
    ] = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
    ascii_only: AsciiOption = False,
    max_elements: MaxElementsOption = 2_000_000,
) -> None:
    """Print a NumPy program to fill in; with FILE, run yours and say what is wrong with each array.

    FILE runs as `python FILE` would, on this machine and with your rights, in a process of its own.

    Example: backprop-tutor code exercise3 --out mine.py, then backprop-tutor code exercise3 mine.py
    """
    if layer and exercise:  # with a layer, the first word is the program
        file, exercise = Path(exercise), None
    task = _Task(exercise, layer, max_elements)
    if file is None:
        _write(task, out, force, notebook)
        return
    if watch:
        from backprop_tutor.cli.code_watch import check_at_every_save

        check_at_every_save(_checker(task), file, timeout, python, as_json=as_json, plain=plain)
    checked = _check(task, file, timeout, python)
    if as_json:
        import json

        print(json.dumps(checked.result.document(), ensure_ascii=False))
    else:
        _show(checked, plain)
    _report(checked, timeout)
    if checked.exit_status:
        raise typer.Exit(checked.exit_status)


class _Task(NamedTuple):
    """What the program is for: an exercise by its name or path, or a layer."""

    exercise: str | None
    layer: str | None
    max_elements: int

    def solution(self) -> "Solution":
        from backprop_tutor import load, solve

        if self.layer:
            from backprop_tutor.programs.layer_tasks import layer_exercise

            return solve(layer_exercise(self.layer))
        if not self.exercise:
            from backprop_tutor.errors import UsageError

            raise UsageError("no exercise is named.", hint="Name one, such as exercise3, or a --layer.")
        return solve(load(self.exercise, max_elements=self.max_elements))

    @property
    def words(self) -> list[str]:
        """How it is called from any folder."""
        if self.layer:
            return ["--layer", self.layer]
        name = self.exercise or ""
        return [str(Path(name).resolve()) if Path(name).is_file() else name]


def _write(task: _Task, out: Path | None, force: bool, notebook: bool) -> None:
    """Print the skeleton, or put it into a file."""
    from shlex import join

    from backprop_tutor.files import write_file
    from backprop_tutor.language import clean
    from backprop_tutor.render.code.layer_skeleton import layer_skeleton
    from backprop_tutor.render.code.skeleton import as_notebook, as_python, skeleton

    notebook = notebook or (out is not None and out.suffix.lower() == ".ipynb")
    shown = str(out) if out else ("FILE.ipynb" if notebook else "FILE.py")
    command = clean(join(["backprop-tutor", "code", *task.words, shown]))
    parts = (layer_skeleton if task.layer else skeleton)(task.solution())
    text = (as_notebook if notebook else as_python)(parts, command)
    if out is None:
        print(text, end="")
        return
    write_file(out, text, force=force)
    print(f"Wrote {clean(str(out))}. Fill it in, and check it with: {command}")


def _check(task: _Task, file: Path, timeout: float, python: str) -> "CheckedProgram":
    """Run the program while the exercise is read and solved: each takes about as long as the other."""
    if file.suffix.lower() == ".npz":
        from backprop_tutor.programs.program_check import check_archive

        checker = _checker(task)
        return _kept(check_archive(checker, file), checker)
    from backprop_tutor.programs.program_run import RunningProgram

    with RunningProgram(file, timeout, python) as program:
        checker = _checker(task)
        _load_what_follows()
        from backprop_tutor.programs.program_check import check_program

        return _kept(check_program(checker, program), checker)


def _load_what_follows() -> None:
    """What is needed once the program has ended is loaded while it runs, on the other core."""
    for module in ("tutor.evidence", "render.subjects.array_marks", "cli.showing"):
        import_module(f"backprop_tutor.{module}")


def _kept(checked: "CheckedProgram", checker: "ArrayChecker") -> "CheckedProgram":
    """What it says of the student is kept, once for as long as it stays the same."""
    from backprop_tutor.tutor.evidence import Answered, record_all

    record_all(
        checker.solution.exercise,
        [
            Answered(array.quantity, array.verdict, array.misconceptions, certain=not array.ambiguous)
            for array in checked.result.verdicts
        ],
        place="code",
    )
    return checked


def _checker(task: _Task) -> "ArrayChecker":
    solution = task.solution()
    from backprop_tutor.programs.array_check import ArrayChecker

    return ArrayChecker(solution)


def _show(checked: "CheckedProgram", plain: bool) -> None:
    from backprop_tutor.cli.showing import show
    from backprop_tutor.language import clean
    from backprop_tutor.render.screen_style import style_for
    from backprop_tutor.render.subjects.array_marks import array_blocks, output_lines

    if checked.run:
        for line in output_lines(checked.run):
            print(line)
    title = f"{clean(checked.file.name)}: {checked.result.exercise}"
    plain = plain or not sys.stdout.isatty()  # a log reads better, and Rich takes 60 ms
    show(array_blocks(title, checked.result), style_for(sys.stdout.encoding), plain=plain)


def _report(checked: "CheckedProgram", timeout: float) -> None:
    """Say on standard error why the program failed."""
    from backprop_tutor.render.subjects.array_marks import failure_lines

    sys.stdout.flush()
    for line in failure_lines(checked, timeout):
        print(line, file=sys.stderr)

"""`new`: a commented exercise or lesson to start from, or the exercise of a PyTorch module."""

import sys
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["new"]


def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The exercise file to write.")],
    from_torch: Annotated[
        str | None,
        typer.Option(
            "--from-torch",
            metavar="SCRIPT:FUNCTION",
            help="Run your own SCRIPT as python would, and write the exercise of what its FUNCTION returns: "
            "a PyTorch (module, inputs, targets, loss), and an optimizer if you like.",
        ),
    ] = None,
    python: Annotated[str, typer.Option("--python", help="The Python that runs SCRIPT.")] = sys.executable,
    timeout: Annotated[float, typer.Option("--timeout", min=1, help="Seconds that SCRIPT may take.")] = 300,
    lesson: Annotated[bool, typer.Option("--lesson", help="A lesson about an exercise instead.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Write a commented exercise to start from, or a lesson, or the exercise of a PyTorch module.

    Example: backprop-tutor new my-exercise.yaml
    """
    from shlex import quote

    from backprop_tutor.course.lesson_template import LESSON_STARTER
    from backprop_tutor.errors import UsageError
    from backprop_tutor.exercise.template import STARTER
    from backprop_tutor.files import refuse_existing, write_file
    from backprop_tutor.language import clean

    if lesson and from_torch is not None:
        raise UsageError("--lesson and --from-torch write different files.", hint="Give one of them.")
    text = LESSON_STARTER if lesson else STARTER
    if from_torch is not None:
        from backprop_tutor.exercise.torch_import.torch_script import exercise_of_script

        arrays = file.with_suffix(".npz")
        if not force:
            refuse_existing(file)
        text, large = exercise_of_script(from_torch, arrays.name, python=python, timeout=timeout)
        if large:
            write_file(arrays, large, force=force)
            print(f"Wrote {clean(str(arrays))}.")
    write_file(file, text, force=force)
    command = "learn" if lesson else "solve"
    print(f"Wrote {clean(str(file))}. Try: backprop-tutor {command} {clean(quote(str(file)))}")

"""`new`: a commented exercise to start from."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["new"]


def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The exercise file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Write a commented exercise to start from.

    Example: backprop-tutor new my-exercise.yaml
    """
    from shlex import quote

    from backprop_tutor.exercise.template import STARTER
    from backprop_tutor.files import write_file
    from backprop_tutor.language import clean

    write_file(file, STARTER, force=force)
    print(f"Wrote {clean(str(file))}. Try: backprop-tutor solve {clean(quote(str(file)))}")

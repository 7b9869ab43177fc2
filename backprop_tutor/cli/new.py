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
    from backprop_tutor.errors import AccessError
    from backprop_tutor.exercise.template import STARTER
    from backprop_tutor.language import clean

    shown = clean(str(file))
    try:
        with file.open("w" if force else "x", encoding="utf-8") as stream:
            stream.write(STARTER)
    except FileExistsError:
        raise AccessError(
            "this file exists already.", where=shown, hint="Add --force to overwrite it."
        ) from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "not a file name").lower()
        raise AccessError(f"it cannot be written: {reason}.", where=shown) from None
    print(f"Wrote {shown}. Try: backprop-tutor solve {shown}")

"""Help on a terminal: options in panels by what they are for, in the program's own colours.

Piped, help stays plain: Rich's panels cost 60 ms, and nobody reads boxes through a pipe.
"""

import os
import sys
from collections.abc import Callable, Iterable
from typing import Any, get_args, get_type_hints

__all__ = ["asks_on_a_terminal", "dress"]

PANELS = {
    "What is asked": (
        *("--only", "--quantity", "--ask", "--factors", "--restart", "--from", "--rule", "--unroll"),
        *("--train", "--reveal", "--follow-through", "--count", "--seed", "--reset", "--notations", "--all"),
        *("--lesson", "--skill", "--skills", "--minutes", "--layer", "--watch"),
    ),
    "How it looks": (
        *("--form", "--precision", "--blank", "--notation", "--plain", "--ascii", "--large", "--auto"),
        *("--with-derivations", "--to", "--format"),
    ),
    "Files": (
        *(
            "--out",
            "--force",
            "--html",
            "--roster",
            "--column",
            "--no-versions",
            "--layout",
            "--student-from",
            "--answers",
        ),
        *("--check", "--yes", "--from-torch", "--notebook", "--feedback", "--gradebook", "--points"),
        "--assignment",
    ),
    "For machines": (
        *("--json", "--latex", "--gradescope", "--list", "--jobs", "--timeout", "--python", "--max-elements"),
        *("--engine", "--scheduler"),
    ),
}


def asks_on_a_terminal(words: list[str]) -> bool:
    """Whether the command line `words` ask for help that a person will read on a terminal."""
    asks = not words or not {"-h", "--help"}.isdisjoint(words)
    return asks and sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def dress(commands: Iterable[Callable[..., Any]]) -> None:
    """Put the options of `commands` into their panels, and typer's help into the colours of the theme."""
    from typer import rich_utils
    from typer.models import OptionInfo

    from backprop_tutor.render.theme import COLOURS

    panels = {option: panel for panel, options in PANELS.items() for option in options}
    for command in commands:
        for hint in get_type_hints(command, include_extras=True).values():
            for info in get_args(hint)[1:]:
                if isinstance(info, OptionInfo):
                    names = (info.default, *(info.param_decls or ()))  # in Annotated the first is the default
                    info.rich_help_panel = next((panels[name] for name in names if name in panels), None)
    looks = {
        "OPTION": f"bold {COLOURS['blue']}",
        "SWITCH": f"bold {COLOURS['green']}",
        "NEGATIVE_OPTION": f"bold {COLOURS['magenta']}",
        "NEGATIVE_SWITCH": f"bold {COLOURS['red']}",
        "TYPES": COLOURS["violet"],
        "USAGE": COLOURS["violet"],
        "HELPTEXT": "",
        "OPTION_DEFAULT": COLOURS["grey"],
        "OPTION_ENVVAR": COLOURS["grey"],
        "REQUIRED_LONG": COLOURS["red"],
        "OPTIONS_PANEL_BORDER": COLOURS["grey"],
        "COMMANDS_PANEL_BORDER": COLOURS["grey"],
        "COMMANDS_TABLE_FIRST_COLUMN": f"bold {COLOURS['blue']}",
    }
    for name, look in looks.items():
        setattr(rich_utils, f"STYLE_{name}", look)

"""The program: its commands, and what happens when one fails."""

import sys
from typing import Annotated, Any

import typer

from backprop_tutor.cli.check import check
from backprop_tutor.cli.demo import demo
from backprop_tutor.cli.explain import explain
from backprop_tutor.cli.export import export
from backprop_tutor.cli.grade import grade
from backprop_tutor.cli.help import asks_on_a_terminal, dress
from backprop_tutor.cli.list import list_exercises
from backprop_tutor.cli.new import new
from backprop_tutor.cli.progress import progress
from backprop_tutor.cli.run import run as run_exercise
from backprop_tutor.cli.schema import schema
from backprop_tutor.cli.sheet import sheet
from backprop_tutor.cli.solve import solve
from backprop_tutor.cli.streams import Status, delivered, prepare, refused
from backprop_tutor.cli.validate import validate
from backprop_tutor.cli.variants import variants
from backprop_tutor.errors import BackpropTutorError, ProofError

__all__ = ["app", "run"]

_HELPS = asks_on_a_terminal(sys.argv[1:])
app = typer.Typer(
    name="backprop-tutor",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich" if _HELPS else None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from backprop_tutor.version import __version__

        typer.echo(f"backprop-tutor {__version__}")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Backpropagation, step by step: solve an exercise, explain it, and check your own answers.

    Begin with: backprop-tutor run exercise1
    """


_COMMANDS: tuple[tuple[str, Any], ...] = (
    ("list", list_exercises),
    ("run", run_exercise),
    ("progress", progress),
    ("solve", solve),
    ("explain", explain),
    ("demo", demo),
    ("sheet", sheet),
    ("check", check),
    ("grade", grade),
    ("variants", variants),
    ("export", export),
    ("new", new),
    ("validate", validate),
    ("schema", schema),
)
for _name, _command in _COMMANDS:
    app.command(_name)(_command)
if _HELPS:
    dress(command for _, command in _COMMANDS)


def run() -> None:
    """Run the program; an error that users can meet becomes a message and its exit status."""
    prepare()
    output = sys.stdout
    try:
        status = _status()
    except OSError as error:  # the disk is full, say, that standard output goes to
        status = refused(error)
    sys.exit(delivered(output, status))


def _status() -> Status:
    try:
        app()
    except SystemExit as end:
        return end.code
    except BackpropTutorError as error:
        from backprop_tutor.cli.report import report

        report(error)
        return error.exit_status
    except RecursionError:
        print("backprop-tutor: this is nested too deeply to work on.", file=sys.stderr)
        return ProofError.exit_status  # the exercise is not at fault, and no answer is wrong
    return None

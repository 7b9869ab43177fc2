"""The program: its commands, and what happens when one fails."""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Annotated

import typer

from backprop_tutor.cli.help import asks_on_a_terminal, dress
from backprop_tutor.cli.streams import Status, delivered, prepare, refused
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

    Begin with: backprop-tutor learn
    """


_NAMES = (  # in the order of the help; each module gives out its command and nothing else
    *("learn", "list", "run", "practice", "progress", "solve", "explain", "demo", "sheet", "check", "code"),
    *("grade", "variants", "export", "new", "validate", "schema"),
)


def _command(name: str) -> Callable[..., None]:
    module = import_module(f"backprop_tutor.cli.{name}")
    command: Callable[..., None] = getattr(module, *module.__all__)
    return app.command(name)(command)


def _commands(words: Sequence[str]) -> list[Callable[..., None]]:
    """The command that the command line `words` begin with, since all of them take 10 ms; else all."""
    return [_command(name) for name in (words[:1] if {*words[:1]} & {*_NAMES} else _NAMES)]


_added = _commands(sys.argv[1:])
if _HELPS:
    dress(_added)


def run() -> Status:
    """Run the program; an error that users can meet becomes a message and its exit status, which is given."""
    prepare()
    output = sys.stdout
    try:
        status = _status()
    except OSError as error:  # the disk is full, say, that standard output goes to
        status = refused(error)
    return delivered(output, status)


def _status() -> Status:
    try:
        app()
    except SystemExit as end:
        return end.code
    except BackpropTutorError as error:
        from backprop_tutor.cli.error_report import report

        report(error)
        return error.exit_status
    except RecursionError:
        print("backprop-tutor: this is nested too deeply to work on.", file=sys.stderr)
        return ProofError.exit_status  # the exercise is not at fault, and no answer is wrong
    return None

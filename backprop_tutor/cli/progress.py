"""`progress`: what is done, how it went, and what to do next."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from backprop_tutor.cli.options import JsonOption, PlainOption

if TYPE_CHECKING:
    from backprop_tutor.tutor.store import Store

__all__ = ["progress"]


def progress(
    exercise: Annotated[
        str | None, typer.Argument(metavar="[EXERCISE]", help="Only this exercise; default: all.")
    ] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Delete saved progress; asks first.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --reset: do not ask.")] = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Show what is done, how it went by topic and misconception, and what to do next.

    Example: backprop-tutor progress
    """
    from backprop_tutor.cli.showing import show
    from backprop_tutor.exercise.catalogue import entries
    from backprop_tutor.language import clean
    from backprop_tutor.render.screen_style import plain_style
    from backprop_tutor.render.subjects.progress import progress_blocks, progress_json
    from backprop_tutor.tutor.progress import ProgressReport
    from backprop_tutor.tutor.store import Store, key_of, state_folder

    store = Store(state_folder())
    key = key_of(exercise) if exercise else None
    if reset:
        _reset(store, key, exercise or "", sure=yes)
        return
    report = ProgressReport.of(list(store.sessions(key)), entries())
    for note in store.notes:
        print(clean(note), file=sys.stderr)
    if as_json:
        print(progress_json(report))
    else:
        show(progress_blocks(report), plain_style(sys.stdout.encoding), plain=plain)


def _reset(store: "Store", key: str | None, name: str, *, sure: bool) -> None:
    from backprop_tutor.cli.conversation import confirmed
    from backprop_tutor.errors import UsageError

    of = f" of {name}" if name else ""
    count = sum(1 for _ in store.sessions(key))
    if not count:
        print(f"There is no saved progress{of}.")
        return
    sessions = f"{count} saved session{'s' if count > 1 else ''}{of}"
    if not sure:
        if not sys.stdin.isatty():
            raise UsageError("nobody is there to be asked.", hint="Add --yes to delete without asking.")
        if not confirmed(f"Delete {sessions}? This cannot be undone. [y/N] "):
            print("Nothing was deleted.")
            return
    store.reset(key)
    print(f"Deleted {sessions}.")

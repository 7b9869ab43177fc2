"""`progress`: what is done, how it went, and what to do next."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from backprop_tutor.cli.options import AsciiOption, JsonOption, PlainOption

if TYPE_CHECKING:
    from backprop_tutor.tutor.evidence import EvidenceLog
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
    ascii_only: AsciiOption = False,
) -> None:
    """Show what is done, what you can do, the slips you met, and what to do next.

    Each skill has how often it went right at once and without hints, how likely you know it now, and the
    day when `practice` brings it back. Answers in every command count.

    Example: backprop-tutor progress
    """
    from datetime import UTC, datetime

    from backprop_tutor.cli.showing import show
    from backprop_tutor.course.course import shipped_course
    from backprop_tutor.exercise.catalogue import entries
    from backprop_tutor.language import clean
    from backprop_tutor.render.screen_style import plain_style
    from backprop_tutor.render.subjects.progress import progress_blocks, progress_json
    from backprop_tutor.tutor.evidence import EvidenceLog
    from backprop_tutor.tutor.first_sessions import all_evidence
    from backprop_tutor.tutor.learner_model import Learner
    from backprop_tutor.tutor.progress import ProgressReport
    from backprop_tutor.tutor.store import Store, key_of, state_folder

    store = Store(state_folder())
    log = EvidenceLog(store.folder)
    key = key_of(exercise) if exercise else None
    if reset:
        _reset(store, log, key, exercise or "", sure=yes)
        return
    now = datetime.now(UTC)
    evidence = [entry for entry in all_evidence(store, log) if key in (None, entry.exercise)]
    report = ProgressReport.of(list(store.sessions(key)), evidence, shipped_course().ordered(entries()))
    learner = Learner(evidence)
    for note in dict.fromkeys((*store.notes, *log.notes)):
        print(clean(note), file=sys.stderr)
    if as_json:
        print(progress_json(report, learner, now))
    else:
        show(progress_blocks(report, learner, now), plain_style(sys.stdout.encoding), plain=plain)


def _reset(store: "Store", log: "EvidenceLog", key: str | None, name: str, *, sure: bool) -> None:
    from backprop_tutor.cli.line_reading import confirmed
    from backprop_tutor.errors import UsageError
    from backprop_tutor.language.counted import many

    of = f" of {name}" if name else ""
    count = sum(1 for _ in store.sessions(key))
    answers = sum(key in (None, entry.exercise) for entry in log.entries())
    if not count and not answers:
        print(f"There is no saved progress{of}.")
        return
    sessions = f"{many(count, 'saved session')} and {many(answers, 'answer')}{of}"
    if not sure:
        if not sys.stdin.isatty():
            raise UsageError("nobody is there to be asked.", hint="Add --yes to delete without asking.")
        if not confirmed(f"Delete {sessions}? This cannot be undone. [y/N] "):
            print("Nothing was deleted.")
            return
    store.reset(key)
    log.reset(key)
    print(f"Deleted {sessions}.")

"""A checked program as blocks: every array with its verdict and what happened, and why the program failed."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import get_args

from backprop_tutor.grading.verdict import Judgement
from backprop_tutor.language.clean import clean
from backprop_tutor.programs.array_verdict import ArrayResult, ArrayVerdict
from backprop_tutor.programs.array_wording import BLANK
from backprop_tutor.programs.program_check import CheckedProgram
from backprop_tutor.programs.program_run import Failure, Frame, ProgramRun
from backprop_tutor.render.blocks import Block, Cell, Column, Facts, Heading, Prose, Row, Table, Words, cell

__all__ = ["array_blocks", "failure_lines", "output_lines", "progress_blocks"]

GLYPHS = {"correct": "✓", "follow-through": "✓", "wrong": "✗", "undecided": "?", "invalid": "!", "blank": "·"}
ORDER = get_args(Judgement)
MOST_OUTPUT = 12  # lines of what a program printed
MOST_PLACES = 5  # lines of a traceback


def array_blocks(title: str, result: ArrayResult) -> Iterator[Block]:
    """The report on the arrays of one program."""
    yield Heading((Words(title),))
    columns = (
        Column(cell("quantity"), "asked"),
        Column(cell("verdict"), least=16),
        Column(cell("what happened"), least=26),
    )
    given = (verdict for verdict in result.verdicts if verdict.verdict != "blank")
    rows = [_row(list(alike)) for _, alike in groupby(given, _what_is_said)]
    if blank := [verdict for verdict in result.verdicts if verdict.verdict == "blank"]:
        rows.append(_blank_row(blank))
    yield Table(columns, tuple(rows), caption=(Words(_score(result)),))


def progress_blocks(
    title: str, result: ArrayResult, before: ArrayResult | None, failed: list[str]
) -> Iterator[Block]:
    """One screen about a program that is being written: the first fault, then what has become right."""
    yield Heading((Words(title),))
    yield from (Prose((Words(line),), "wrong") for line in failed)
    first = next((v for v in result.verdicts if v.verdict in ("wrong", "invalid")), None)
    if first:
        yield Prose(
            (Words(f"{GLYPHS[first.verdict]} {first.quantity}: ", first.verdict), Words(first.message))
        )
    elif result.all_right:
        yield Prose((Words(f"{GLYPHS['correct']} Every array is right.", "correct"),))
    for said, names in _changes(result, before):
        yield Prose((Words(f"{said} {', '.join(names)}."),), "note")
    counted = (Words(f"{GLYPHS[v.verdict]} {v.variable}", v.verdict) for v in result.verdicts)
    yield Facts(tuple((word,) for word in counted))
    yield Prose((Words(_score(result)),))


def _changes(result: ArrayResult, before: ArrayResult | None) -> Iterator[tuple[str, list[str]]]:
    """What became right since the last save, and what no longer is."""
    was = {v.quantity: v.verdict for v in before.verdicts} if before else {}
    right = [v.variable for v in result.verdicts if v.verdict == "correct" != was.get(v.quantity, "correct")]
    no_longer = [v.variable for v in result.verdicts if v.verdict != "correct" == was.get(v.quantity)]
    if right:
        yield "Right since the last save:", right
    if no_longer:
        yield "No longer right:", no_longer


def _blank_row(blank: list[ArrayVerdict]) -> Row:
    """What is not set yet, in one row: of a program just begun that is nearly all."""
    names = ", ".join(verdict.variable for verdict in blank if verdict.message == BLANK)
    told = [verdict.message for verdict in blank if verdict.message != BLANK]
    judged = Words(f"{GLYPHS['blank']} blank", "blank")
    said = cell(" ".join([*([f"Not set yet: {names}."] if names else []), *told]))
    return Row((cell("the rest"), cell(judged), said), said)


def _what_is_said(verdict: ArrayVerdict) -> tuple[str, str]:
    """The same for neighbours that are right, or follow from one slip: one row has them all."""
    return verdict.verdict, verdict.message if verdict.passed else verdict.quantity


def _row(alike: list[ArrayVerdict]) -> Row:
    verdict, names = alike[0], ", ".join(v.quantity for v in alike)
    judged = Words(f"{GLYPHS[verdict.verdict]} {verdict.verdict}", verdict.verdict)
    is_silent = verdict.verdict == "correct"
    happened: Cell = cell(verdict.message) if not is_silent else ()
    said = f"{names}: {verdict.verdict}. {'' if is_silent else verdict.message}".strip()
    return Row((cell(names), cell(judged), happened), cell(said))


def _score(result: ArrayResult) -> str:
    counts = {j: sum(verdict.verdict == j for verdict in result.verdicts) for j in ORDER}
    counted = ", ".join(f"{count} {judgement}" for judgement, count in counts.items() if count)
    return f"Score: {result.score:g} of {result.out_of:g} ({counted})."


def output_lines(run: ProgramRun) -> list[str]:
    """The end of what the program printed, on its standard output and its standard error."""
    lines = []
    for what, output in (("printed", run.output), ("wrote to standard error", run.errors)):
        text = output.text.rstrip("\n")
        if text:
            every = text.split("\n")
            kept = every[-MOST_OUTPUT:]
            left = "" if len(kept) == len(every) else f", {output.size:,} bytes; the end of it"
            lines += [f"The program {what}{left}:", *(f"    {line}" for line in kept), ""]
    return lines


def failure_lines(checked: CheckedProgram, timeout: float) -> list[str]:
    """Why a program failed, with the places in its own files; what was set before it did was judged."""
    run, file = checked.run, checked.file
    if run is None or not run.failed:
        return []
    name, failure = clean(file.name), run.failure
    if run.ended == "timeout":
        places = _places(failure, file) if failure else []
        return [
            f"{name} did not end within {timeout:g} seconds, and was stopped. "
            "What it had set by then was judged.",
            *places,
            "Look for a loop that never ends, or give it longer with --timeout.",
        ]
    if run.ended == "lost" or failure is None:
        how = f"signal {-run.status}" if run.status < 0 else f"exit status {run.status}"
        return [f"{name} broke off ({how}) before its variables could be read."]
    return [*_explained(name, failure), *_places(failure, file), *_last(failure)]


def _explained(name: str, failure: Failure) -> list[str]:
    if failure.missing:
        return [
            f"{name} imports {failure.missing}, which this Python does not have. Install it, or name a "
            "Python that has it with --python."
        ]
    if failure.asks:
        return [f"{name} asks for input, and nobody can type here. Write the value into the file."]
    if failure.at:
        return [f"{name} is not Python that can be read:"]
    return [f"{name} stopped with an error. What it had set before was judged."]


def _places(failure: Failure, file: Path) -> list[str]:
    """The places in the program's own files, the last ones; of a syntax error, that of the error."""
    if failure.at:
        return [f"    {_place(failure.at, file)}", f"        {failure.at.text.strip()}"]
    own = [frame for frame in failure.frames if _is_own(frame, file)] or list(failure.frames[-1:])
    lines = []
    for frame in own[-MOST_PLACES:]:
        where = "" if frame.function in ("<module>", "") else f", in {frame.function}"
        lines += [f"    {_place(frame, file)}{where}", *([f"        {frame.text}"] if frame.text else [])]
    return lines


def _place(frame: Frame, file: Path) -> str:
    label = frame.file if frame.file.startswith("cell ") else clean(Path(frame.file).name)
    return f"{label}, line {frame.line}"


def _is_own(frame: Frame, file: Path) -> bool:
    if frame.file.startswith("cell "):
        return True
    path = Path(frame.file)
    return path.is_relative_to(file.parent) and "site-packages" not in path.parts


def _last(failure: Failure) -> list[str]:
    said = failure.message.strip().split("\n")[0]
    return [f"{failure.type}: {said}" if said else failure.type]

"""A program checked: run, read back, its arrays judged, the lines named where they are assigned.

All that `code` says of a file comes out here, as a `CheckedProgram`.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from backprop_tutor.errors import AccessError
from backprop_tutor.programs.array_check import ArrayChecker
from backprop_tutor.programs.array_verdict import ArrayResult, ArrayVerdict
from backprop_tutor.programs.assignments import Assignments
from backprop_tutor.programs.given_array import NoArray
from backprop_tutor.programs.program_run import ProgramRun, RunningProgram, source_parts

__all__ = ["CheckedProgram", "check_archive", "check_program"]

MOST_BYTES = 1 << 30  # of one array in a .npz file


@dataclass(frozen=True, slots=True)
class CheckedProgram:
    """What is said of a program's arrays, and how it ran; `run` is None where nothing had to."""

    file: Path
    result: ArrayResult
    run: ProgramRun | None = None

    @property
    def exit_status(self) -> int:
        """As `check` ends, and 4 where the program failed."""
        if self.run and self.run.failed:
            return AccessError.exit_status
        return 0 if self.result.all_right else 1


def check_program(checker: ArrayChecker, program: RunningProgram) -> CheckedProgram:
    """Wait for the program and judge what it left, also where it failed halfway."""
    run = program.finish(checker.variables.names())
    try:
        assigned = Assignments(source_parts(program.file))
    except AccessError:  # it has removed itself
        assigned = Assignments(())
    result = checker.check(run.space, run.memory, assigned.changes)
    named = tuple(_with_line(verdict, assigned) for verdict in result.verdicts)
    return CheckedProgram(program.file, replace(result, verdicts=named), run)


def _with_line(verdict: ArrayVerdict, assigned: Assignments) -> ArrayVerdict:
    """A wrong array's message begins with where its variable is assigned."""
    line = assigned.line_of(verdict.variable)
    if verdict.verdict not in ("wrong", "invalid") or not line:
        return verdict
    return replace(verdict, line=line, message=f"{line[0].upper()}{line[1:]}: {verdict.message}")


def check_archive(checker: ArrayChecker, file: Path) -> CheckedProgram:
    """The arrays of a .npz file, by variable or by quantity. Nothing is unpickled. Raises AccessError."""
    import zipfile

    import numpy as np

    wanted = {*checker.variables.names(), *checker.solution.ledger.needs}
    space: dict[str, object] = {}
    try:
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                name = member.filename.removesuffix(".npy")
                if name in wanted and member.file_size <= MOST_BYTES:
                    with archive.open(member) as stream:
                        space[name] = _array_of(stream, np)
    except OSError as error:
        from backprop_tutor.files import access_error

        raise access_error(error, file, "read") from None
    except (zipfile.BadZipFile, EOFError, RuntimeError, ValueError):
        from backprop_tutor.language.clean import clean

        raise AccessError("this is not a .npz file that can be read.", where=clean(str(file))) from None
    return CheckedProgram(file, checker.check(space))


def _array_of(stream: object, np: object) -> object:
    try:
        return np.lib.format.read_array(stream, allow_pickle=False)  # type: ignore[attr-defined]
    except ValueError:  # objects, which only a pickle can hold
        return NoArray("object")

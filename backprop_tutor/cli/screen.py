"""The console that commands print on, and the progress bar beside it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console, ConsoleDimensions

from backprop_tutor.cli.streams import LEAST_COLUMNS, READER_GONE

__all__ = ["progress_bar", "screen"]

PATIENCE = 1.0  # seconds of work before a progress bar appears


class _Screen(Console):
    @property
    def size(self) -> ConsoleDimensions:
        width, height = super().size
        return ConsoleDimensions(max(width, LEAST_COLUMNS), height)

    @size.setter
    def size(self, size: tuple[int, int]) -> None:
        self._width, self._height = size

    def on_broken_pipe(self) -> None:
        raise SystemExit(READER_GONE)  # Rich's own 1 would mean a wrong answer


def screen(*, stderr: bool = False) -> Console:
    """A console that treats every text as plain text."""
    return _Screen(stderr=stderr, markup=False, emoji=False, highlight=False, soft_wrap=False)


@contextmanager
def progress_bar(label: str, *, rate: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A function `advance(done, total)` that draws a bar on stderr once the work has taken a second.

    It draws on a terminal only. With `rate` it also says how many are done, how many a second.
    """
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.progress import MofNCompleteColumn, Progress, ProgressColumn, Task
    from rich.text import Text

    class SpeedColumn(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed or 0:,.0f} a second")

    started = monotonic()
    columns = (*Progress.get_default_columns(), *((MofNCompleteColumn(), SpeedColumn()) if rate else ()))
    with Progress(*columns, console=screen(stderr=True), transient=True, disable=False) as progress:
        task = progress.add_task(label, total=None, visible=False)

        def advance(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, visible=monotonic() - started > PATIENCE)

        yield advance

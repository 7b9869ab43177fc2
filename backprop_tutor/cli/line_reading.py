"""One line from a person: edited, completed and recalled where the system has readline, and asked for again
after the program was stopped or its window has changed."""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from backprop_tutor.cli.suspension import typing_modes

__all__ = ["LineReader", "confirmed", "typed_line"]

DELIMITERS = " \t\n+-*^=();,"  # what ends a name: not the brackets, strokes and commas inside it


class LineReader:
    """Reads lines. `redraw` paints what stands above the prompt; Tab completes one of `words()`."""

    def __init__(
        self, redraw: Callable[[], None] = lambda: None, words: Callable[[], Sequence[str]] = tuple
    ) -> None:
        self.redraw, self.words = redraw, words
        self._readline: Any = None

    def __call__(self, prompt: str) -> str:
        """Raises EOFError, KeyboardInterrupt."""
        with suppress(ImportError):
            self._completing()
        try:
            with typing_modes(prompt, self.redraw), self._reading(prompt):
                return input(prompt)
        except UnicodeDecodeError:
            return "\N{REPLACEMENT CHARACTER}"  # refused as an answer, with a reason
        except ValueError as error:  # standard input was closed under us
            raise EOFError from error

    def complete(self, text: str, number: int) -> str | None:
        """The completion of `text` with this number, None after the last."""
        found = [word for word in self.words() if word.startswith(text)]
        return found[number] if number < len(found) else None

    def _completing(self) -> None:
        if self._readline is None:
            with self._window_first():
                import readline  # importing it is what switches line editing on
            self._readline = readline
            readline.set_completer_delims(DELIMITERS)
            is_libedit = "libedit" in (readline.__doc__ or "")
            readline.parse_and_bind("bind ^I rl_complete" if is_libedit else "tab: complete")
        self._readline.set_completer(self.complete)

    @contextmanager
    def _window_first(self) -> Iterator[None]:
        """Let readline find a handler for windows that change: it calls that, and its own."""
        if hasattr(signal, "SIGWINCH") and signal.getsignal(signal.SIGWINCH) is signal.SIG_DFL:
            signal.signal(signal.SIGWINCH, LineReader._changed)
        yield

    _now: "tuple[LineReader, str] | None" = None  # who reads, after which prompt: one handler serves them all

    @staticmethod
    def _changed(number: int, frame: Any) -> None:
        if LineReader._now:
            reader, prompt = LineReader._now
            reader.redraw()
            typed = reader._readline.get_line_buffer() if reader._readline else ""
            print(f"{prompt}{typed}", end="", flush=True)

    @contextmanager
    def _reading(self, prompt: str) -> Iterator[None]:
        """While inside, a window that changes is painted anew."""
        LineReader._now = self, prompt
        try:
            yield
        finally:
            LineReader._now = None


def typed_line(prompt: str) -> str:
    """A line from a person, with line editing where the system has it. Raises EOFError."""
    return LineReader()(prompt)


def confirmed(question: str) -> bool:
    """Whether a person says yes."""
    try:
        return typed_line(question).strip().casefold() in ("y", "yes")
    except (EOFError, KeyboardInterrupt):
        print()
        return False

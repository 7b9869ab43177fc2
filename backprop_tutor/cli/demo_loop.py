"""The demonstration on a terminal: keys in, screens out, and the terminal as it was at the end."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

from rich.console import Console, ConsoleDimensions
from rich.control import Control
from rich.screen import Screen
from rich.text import Text

from backprop_tutor.cli.keys import Keys
from backprop_tutor.cli.screen import screen as make_console
from backprop_tutor.cli.suspension import stopping
from backprop_tutor.errors import BackpropTutorError
from backprop_tutor.language import NOTATIONS
from backprop_tutor.render.screens.show import Show
from backprop_tutor.render.screens.terminal_demo import DemoScreen
from backprop_tutor.walkthrough import lettering_of

__all__ = ["Demo"]

TICK = 0.1  # seconds between two looks at the size of the window


class Demo:
    """Runs a show until `q`."""

    def __init__(self, show: Show, painter: DemoScreen, console: Console | None = None) -> None:
        self.show, self.painter = show, painter
        self.console = console or make_console()
        self.why: list[Text] = []
        self.footer = ""
        self.notation = show.lettering.notation.name if show.lettering.notation else ""
        self.actions: dict[str, Callable[[], None]] = {
            **dict.fromkeys((" ", "right", "enter"), show.forward),
            **dict.fromkeys(("left", "backspace"), show.back),
            "up": show.coarser,
            "down": show.finer,
            "h": show.ask,
            "e": self._explain,
            "p": painter.turn,
            "n": self._notation,
            "+": lambda: self._digits(+1),
            "=": lambda: self._digits(+1),
            "-": lambda: self._digits(-1),
            "home": lambda: self._begin(),
            "end": show.finish,
        }

    def run(self, auto: float | None = None) -> None:
        """Until `q`; with `auto` seconds between steps it goes on by itself until a key is pressed."""
        with _ending_on_signals(), Keys() as keys, self.console.screen(hide_cursor=True), self._stops(keys):
            self._draw()
            due = time.monotonic() + auto if auto else None
            size = self._size()
            while True:
                key = keys.read(min(TICK, max(due - time.monotonic(), 0.0)) if due else TICK)
                if key in ("q", "Q") or (key == "escape" and not self.why):
                    return
                if key == "g":
                    due = None
                    self._go(keys)
                elif key is not None:
                    due = None
                    self._press(key)
                elif due and time.monotonic() >= due:
                    if self.show.ended:
                        return
                    self.show.forward()
                    due = time.monotonic() + (auto or 0)
                    self._draw()
                if self._size() != size:
                    size = self._size()
                    self._draw()

    def _stops(self, keys: Keys) -> AbstractContextManager[None]:
        """Give the terminal back while the program is stopped, and draw anew once it goes on."""

        def leave() -> None:
            self.console.set_alt_screen(False)
            self.console.show_cursor(True)
            keys.release()

        def again() -> None:
            keys.hold()
            self.console.set_alt_screen(True)
            self.console.show_cursor(False)
            self._draw()

        return stopping(leave, again)

    def _size(self) -> ConsoleDimensions:
        """The window's size now; COLUMNS in the environment would hide that it has changed."""
        try:
            size = ConsoleDimensions(*os.get_terminal_size(sys.stdout.fileno()))
        except (OSError, ValueError):
            size = self.console.size
        return size if size.width and size.height else ConsoleDimensions(80, 24)

    def _press(self, key: str) -> None:
        if self.why:
            self._turn(key)
        else:
            self.footer = ""
            action = self.actions.get(key)
            if action:
                action()
        self._draw()

    def _turn(self, key: str) -> None:
        """The next page of an explanation that is longer than the screen, or back to the step."""
        room = self.painter.room(self._size().height)
        self.why = self.why[room:] if key in (" ", "down", "right") else []
        self.footer = self._pages() if self.why else ""

    def _pages(self) -> str:
        is_last = len(self.why) <= self.painter.room(self._size().height)
        return "Any key goes back." if is_last else "Space shows more, any other key goes back."

    def _draw(self, footer: str = "") -> None:
        self.console.size = self._size()
        width, height = self.console.size
        painted = self.painter.paint(width, height, footer or self.footer, why=self.why)
        self.console.control(Control.home())
        self.console.print(Screen(painted, application_mode=True), end="")

    def _explain(self) -> None:
        step = self.show.current
        if step is None:
            return
        self.why = self.painter.why(step)
        self.footer = self._pages()

    def _notation(self) -> None:
        """The next notation; names that the author chose stay as they are."""
        names = [*NOTATIONS]
        self.notation = names[(names.index(self.notation) + 1) % len(names) if self.notation else 0]
        self.painter.reletter(lettering_of(self.show.solution.exercise, self.notation))
        self.footer = f"notation: {self.notation}"

    def _digits(self, by: int) -> None:
        self.show.precision = min(max(self.show.precision + by, 1), 17)
        self.footer = f"{self.show.precision} significant digits"

    def _begin(self) -> None:
        self.show.step, self.show.row, self.show.hidden = -1, None, False

    def _go(self, keys: Keys) -> None:
        """Ask for a quantity on the last line."""
        typed, message = "", ""
        while True:
            self._draw(f"{message}Go to: {typed}_")
            key = keys.read(60.0)
            message = ""
            if key in (None, "escape"):
                break
            if key == "enter":
                try:
                    self.show.go(typed)
                    break
                except BackpropTutorError as error:
                    typed, message = "", f"{error} "
            elif key == "backspace":
                typed = typed[:-1]
            elif key and len(key) == 1 and key.isprintable():
                typed += key
        self._draw()


@contextmanager
def _ending_on_signals() -> Iterator[None]:
    """Let a request to end raise SystemExit, so that the terminal is put back on the way out."""

    def end(number: int, frame: Any) -> None:
        sys.exit(128 + number)

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), end) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            with suppress(ValueError, TypeError):
                signal.signal(getattr(signal, name), handler)

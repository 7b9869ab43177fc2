"""Ctrl-Z and `fg`: the terminal is as the shell wants it while the program is stopped, and comes back."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

__all__ = ["stopping", "typing_modes"]


@contextmanager
def stopping(leave: Callable[[], None], again: Callable[[], None]) -> Iterator[None]:
    """While inside: `leave` before the program is stopped from its terminal, `again` once it goes on."""
    name = getattr(signal, "SIGTSTP", None)
    if name is None or signal.getsignal(name) is not signal.SIG_DFL:  # Windows, or a shell without jobs
        yield
        return

    def stop(number: int, frame: Any) -> None:
        leave()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)  # it goes on here
        signal.signal(number, stop)
        again()

    signal.signal(name, stop)
    try:
        yield
    finally:
        signal.signal(name, signal.SIG_DFL)


@contextmanager
def typing_modes(prompt: str, redraw: Callable[[], None] = lambda: None) -> Iterator[None]:
    """While a line is typed after `prompt`: readline's modes of the terminal are put away and set again, with
    what `redraw` paints above and with what was typed so far."""
    try:
        import termios

        modes = [termios.tcgetattr(sys.stdin)]
    except (ImportError, OSError, ValueError, termios.error):
        yield
        return

    def exchange() -> None:
        with suppress(termios.error):
            now = termios.tcgetattr(sys.stdin)
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, modes.pop())
            modes.append(now)

    def again() -> None:
        exchange()
        redraw()
        readline = sys.modules.get("readline")
        typed = readline.get_line_buffer() if readline else ""
        print(f"{prompt}{typed}", end="", flush=True)

    with stopping(exchange, again):
        yield

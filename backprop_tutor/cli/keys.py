"""Single keys from the terminal, by name, on POSIX and on Windows."""

import os
import sys
import time
from types import TracebackType
from typing import Any, Self

__all__ = ["Keys"]

_ESCAPES = {
    **dict.fromkeys(("\x1b[C", "\x1bOC", "\x1b[6~"), "right"),
    **dict.fromkeys(("\x1b[D", "\x1bOD", "\x1b[5~"), "left"),
    **dict.fromkeys(("\x1b[A", "\x1bOA"), "up"),
    **dict.fromkeys(("\x1b[B", "\x1bOB"), "down"),
    **dict.fromkeys(("\x1b[H", "\x1bOH", "\x1b[1~"), "home"),
    **dict.fromkeys(("\x1b[F", "\x1bOF", "\x1b[4~"), "end"),
}
_PLAIN = {
    "\r": "enter",
    "\n": "enter",
    "\x7f": "backspace",
    "\x08": "backspace",
    "\x04": "q",
    "\x1b": "escape",
}
_WINDOWS = {
    "M": "right",
    "K": "left",
    "H": "up",
    "P": "down",
    "G": "home",
    "O": "end",
    "Q": "right",
    "I": "left",
}


class Keys:
    """Reads keys while it is entered; on leaving, whatever happens, the terminal is as it was."""

    def __enter__(self) -> Self:
        self._saved: Any = None
        self._waiting = b""
        self.hold()
        return self

    def hold(self) -> None:
        """Take the terminal: keys come one by one, and are not shown."""
        if sys.platform != "win32":
            import termios
            import tty

            self._descriptor = sys.stdin.fileno()
            self._saved = termios.tcgetattr(self._descriptor)
            tty.setcbreak(self._descriptor)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def release(self) -> None:
        """Put the terminal back."""
        if sys.platform != "win32":
            import termios

            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._saved)

    def read(self, seconds: float) -> str | None:
        """The next key: a character, or a name such as `right`; None when `seconds` have passed."""
        return self._windows(seconds) if sys.platform == "win32" else self._posix(seconds)

    def _posix(self, seconds: float) -> str | None:
        if not self._waiting and not self._fill(seconds):
            return None
        if self._waiting[:1] == b"\x1b":
            if len(self._waiting) == 1:
                self._fill(0.05)  # the rest of an arrow key comes at once, or it was the key Esc
            for length in (4, 3):
                name = _ESCAPES.get(self._waiting[:length].decode("latin-1"))
                if name:
                    self._waiting = self._waiting[length:]
                    return name
            rest, self._waiting = self._waiting, b""
            return "escape" if rest == b"\x1b" else "unknown"
        return self._character()

    def _character(self) -> str:
        """The first whole UTF-8 character of what is waiting."""
        for length in range(1, 5):
            try:
                character = self._waiting[:length].decode()
            except UnicodeDecodeError:
                continue
            self._waiting = self._waiting[length:]
            return _PLAIN.get(character, character)
        self._waiting = self._waiting[1:]
        return "unknown"

    def _fill(self, seconds: float) -> bool:
        import select

        ready, _, _ = select.select([self._descriptor], [], [], seconds)
        if not ready:
            return False
        read = os.read(self._descriptor, 1024)
        self._waiting += read or b"q"  # the terminal is gone
        return True

    def _windows(self, seconds: float) -> str | None:
        import msvcrt

        console: Any = msvcrt
        end = time.monotonic() + seconds
        while not console.kbhit():
            if time.monotonic() >= end:
                return None
            time.sleep(0.01)
        character = str(console.getwch())
        if character in "\x00\xe0":
            return _WINDOWS.get(console.getwch(), "unknown")
        if character == "\x03":
            raise KeyboardInterrupt
        return _PLAIN.get(character, character)

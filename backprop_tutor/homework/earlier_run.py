"""The lines of an earlier run, found while going through the sheets in the same order."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO

__all__ = ["Earlier"]


class Earlier:
    """The finished file of an earlier run, and the part that an interrupted one left.

    Both are in the order of the sheets, so each is read once and only a line of it is held.
    """

    def __init__(self, final: Path, part: Path) -> None:
        self.part = part
        self.left = part.with_name(f"{part.name}.left")
        self.final = final

    def __enter__(self) -> "Earlier":
        if _size(self.part) > _size(self.left):  # else this one was cut off sooner than the one before
            os.replace(self.part, self.left)
        self.streams: list[IO[str]] = []
        self.files = [_Lines(self._open(path)) for path in (self.left, self.final) if path.exists()]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in self.streams:
            stream.close()
        if kind is None:
            self.left.unlink(missing_ok=True)

    def line(self, student: str, sheet: str, digest: str) -> str | None:
        """The earlier line of a sheet, if it came from the same content; sheets are asked for in the order of
        the students, and of the names of each one's sheets."""
        found = [file.line((student, sheet), digest) for file in self.files]
        return next((line for line in found if line), None)

    def _open(self, path: Path) -> IO[str]:
        stream = path.open(encoding="utf-8", errors="replace", newline="\n")
        self.streams.append(stream)
        return stream


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else -1


class _Lines:
    def __init__(self, stream: IO[str]) -> None:
        self.source = self._read(stream)
        self.next = next(self.source, None)

    def line(self, place: tuple[str, str], digest: str) -> str | None:
        while self.next is not None and self.next[0] < place:
            self.next = next(self.source, None)
        if self.next is None or self.next[:2] != (place, digest):
            return None
        return self.next[2]

    @staticmethod
    def _read(stream: IO[str]) -> Iterator[tuple[tuple[str, str], str, str]]:
        for text in stream:
            try:
                line = json.loads(text)
                place = str(line["student"]), str(line["sheet"])
                yield place, str(line["digest"]), text.rstrip("\n")
            except (ValueError, KeyError, TypeError, RecursionError):
                continue  # a sheet that was not read, or the half line of a kill

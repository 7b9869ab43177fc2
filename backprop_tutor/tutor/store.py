"""Saved sessions: one file a session, so that two terminals never write to the same one.

A file is replaced whole, after everything in it has reached the disk: a kill at any moment leaves the
file as it was after the last answer. One that cannot be read is set aside under another name.
"""

import json
import os
import time
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from backprop_tutor.errors import AccessError
from backprop_tutor.exercise.catalogue import find, shipped_folder
from backprop_tutor.files import reason, replace_file
from backprop_tutor.tutor.state import QuestionRecord, Try

if TYPE_CHECKING:
    from backprop_tutor.exercise.model import Exercise

__all__ = ["Saved", "Store", "exercise_key", "key_of", "key_of_exercise", "state_folder"]

FORMAT = 1
VARIABLE = "BACKPROP_TUTOR_STATE"


class Saved(NamedTuple):
    """One session. `records` are by the question's target, `at` is the target of the one that is on.

    `fingerprint` tells whether what is computed or asked has changed since. `ask` and `factors` are the
    options that chose the questions. `over`: nothing is left to go on with; `complete`: and it asked all
    that the exercise does. `replayed` sessions came from a file or a pipe: they count, and are not gone on
    with. The answers of `logged` ones are evidence from when they were given.
    """

    exercise: str
    title: str
    fingerprint: str
    records: dict[str, QuestionRecord]
    at: str = ""
    seconds: float = 0.0
    started: float = 0.0
    saved: float = 0.0
    complete: bool = False
    over: bool = False
    replayed: bool = False
    ask: tuple[str, ...] = ()
    factors: bool = False
    topics: tuple[str, ...] = ()
    logged: bool = False
    path: Path | None = None  # where it lies, None before it is saved


class Store:
    """The sessions in `folder`; `notes` gathers what had to be set aside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes: list[str] = []

    def save(self, session: Saved, key: str) -> Saved:
        """Write `session`, into a file of its own at first. Raises AccessError."""
        stamped = session._replace(saved=time.time())
        path = session.path
        try:
            if path is None:
                (self.folder / key).mkdir(parents=True, exist_ok=True)
                name = f"{time.strftime('%Y%m%d-%H%M%S')}-{os.urandom(4).hex()}.json"
                path = self.folder / key / name
            replace_file(path, json.dumps(_document(stamped)), lasting=True)
        except OSError as error:
            what = f"progress cannot be saved: {reason(error)}."
            raise AccessError(what, where=str(path or self.folder)) from None
        return stamped._replace(path=path)

    def sessions(self, key: str | None = None) -> Iterator[Saved]:
        """Every session that can be read, of one exercise or of all, oldest first."""
        folders = [self.folder / key] if key else sorted(_inside(self.folder))
        for folder in folders:
            for path in sorted(_inside(folder)):
                if path.suffix == ".json" and (session := self._read(path)):
                    yield session

    def latest(self, key: str, stamp: str, targets: Collection[str] | None = None) -> Saved | None:
        """The unfinished session to go on with, if its exercise is still the same; with `targets`, one
        that asks just these. The answers of any other selection are left to it."""
        found = [s for s in self.sessions(key) if not s.over and not s.replayed]
        current = [s for s in found if s.fingerprint == stamp]
        if found and not current:
            self.notes.append("The exercise has changed since it was saved: this session begins anew.")
        if targets is not None:
            current = [s for s in current if s.records.keys() == set(targets)]
        return max(current, key=lambda s: s.saved, default=None)

    def remove(self, session: Saved) -> None:
        """Delete a session that another one has taken over, unless somebody saved into it since."""
        if session.path is not None and self._read(session.path) == session:
            session.path.unlink(missing_ok=True)

    def reset(self, key: str | None = None) -> int:
        """Delete every session, of one exercise or of all; how many there were. Raises AccessError."""
        found = [s for s in self.sessions(key) if s.path]
        try:
            for session in found:
                assert session.path
                session.path.unlink(missing_ok=True)
        except OSError as error:
            what = f"progress cannot be deleted: {reason(error)}."
            raise AccessError(what, where=str(self.folder)) from None
        return len(found)

    def _read(self, path: Path) -> Saved | None:
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(document, dict) or not isinstance(document.get("format"), int):
                raise ValueError
            if document["format"] > FORMAT:
                self._set_aside(path, "newer", "was written by a newer version")
                return None
            return _session(document)._replace(path=path)
        except FileNotFoundError:
            return None
        except OSError as error:
            self.notes.append(f"{path} cannot be read: {reason(error)}.")
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self._set_aside(path, "damaged", "is damaged")
        return None

    def _set_aside(self, path: Path, ending: str, what: str) -> None:
        aside = path.with_name(f"{path.name}.{ending}")
        try:
            os.replace(path, aside)
        except OSError:
            aside = path
        self.notes.append(f"A saved session {what} and was set aside: {aside}")


def state_folder() -> Path:
    """Where progress is kept: $BACKPROP_TUTOR_STATE, or the user's folder for such things."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_state_dir

    return Path(user_state_dir("backprop-tutor", appauthor=False))


def exercise_key(name: str, path: Path | None, *, shipped: bool) -> str:
    """The folder of an exercise's sessions: a shipped name, or a file's with a mark of where it lies."""
    safe = "".join(c if c.isalnum() or c in "-_" else "_" for c in name)[:60] or "exercise"
    if shipped or path is None:
        return safe
    return f"{safe}-{_digest(str(path.resolve()).encode(errors='surrogateescape'))}"


def key_of(exercise: str) -> str:
    """The same for what a command calls the exercise. Raises AccessError."""
    path = find(exercise)
    return exercise_key(path.stem, path, shipped=path.parent == shipped_folder())


def key_of_exercise(exercise: "Exercise") -> str:
    """The same for a loaded exercise."""
    path = exercise.path
    return exercise_key(exercise.name, path, shipped=path is not None and path.parent == shipped_folder())


def _digest(data: bytes) -> str:
    """Tells files apart; nothing here is secret, and `hashlib` takes 3 ms to import."""
    return f"{zlib.crc32(data):08x}{zlib.adler32(data):08x}"


def _inside(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _document(session: Saved) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "exercise": session.exercise,
        "title": session.title,
        "fingerprint": session.fingerprint,
        "at": session.at,
        "seconds": round(session.seconds, 1),
        "started": session.started,
        "saved": session.saved,
        "complete": session.complete,
        "over": session.over,
        "replayed": session.replayed,
        "ask": list(session.ask),
        "factors": session.factors,
        "topics": list(session.topics),
        "logged": session.logged,
        "questions": [
            {
                "target": target,
                "status": record.status,
                "hints": record.hints,
                "tries": [[t.text, t.verdict, list(t.misconceptions), t.ambiguous] for t in record.tries],
            }
            for target, record in session.records.items()
        ],
    }


def _session(document: dict[str, Any]) -> Saved:
    """Raises ValueError, TypeError or KeyError for a document of another shape."""
    records = {}
    for entry in document["questions"]:
        tries = tuple(
            Try(str(text), str(verdict), tuple(map(str, names)), bool(*ambiguous))
            for text, verdict, names, *ambiguous in entry["tries"]
        )
        status = entry["status"]
        if status not in ("open", "right", "shown", "skipped", "wrong"):
            raise ValueError(status)
        records[str(entry["target"])] = QuestionRecord(status, tries, int(entry["hints"]))
    return Saved(
        str(document["exercise"]),
        str(document["title"]),
        str(document["fingerprint"]),
        records,
        str(document["at"]),
        float(document["seconds"]),
        float(document["started"]),
        float(document["saved"]),
        bool(document["complete"]),
        bool(document["over"]),
        bool(document["replayed"]),
        tuple(map(str, document["ask"])),
        bool(document["factors"]),
        tuple(map(str, document["topics"])),
        bool(document.get("logged")),
    )

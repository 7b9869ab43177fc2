"""Who handed in what: the files of a class, each with its student, in the order in which they are marked."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath
from unicodedata import normalize

from backprop_tutor.errors import UsageError
from backprop_tutor.exercise.decode import MAX_BYTES
from backprop_tutor.homework.companions import Archive
from backprop_tutor.homework.layouts import PLAIN, PlatformLayout, Sender, guess_layout, layout_named
from backprop_tutor.homework.plain_names import by_convention
from backprop_tutor.homework.publish import file_stem
from backprop_tutor.homework.roster import Roster
from backprop_tutor.homework.submissions import Refusal, Submissions
from backprop_tutor.language import clean

__all__ = ["HandIn", "HandIns", "Matching", "version_said"]

MAX_NAME = 200
MAX_PATH = 1_000
NOT_ON_ROSTER = "the student is not on the roster"

_VARIANT = re.compile(r"(?:variant|version)\W{1,8}(v[0-9a-f]{10})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HandIn:
    """One file, and its `student`: an id of the roster where there is one, else what they are `called` by
    the platform. `sender` is what its path says. Where only the version that the sheet names says whose it
    is, it is matched `by_version`. `problem` is why it is nobody's.
    """

    file: str
    student: str
    called: str
    sender: Sender
    by_version: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class HandIns:
    """All files, those of a student side by side; `beside` counts the ones that a platform put there."""

    layout: PlatformLayout
    sheets: list[HandIn]
    beside: int = 0


class Matching:
    """Matches files of an `exercise` with students: by a `layout`, called by its name or guessed; by a
    `pattern` of one's own, with `{student}` and stars, for the end of the path; and by the spellings of a
    `roster` and the id of each student's version."""

    def __init__(
        self,
        exercise: str,
        layout: str = "",
        pattern: str | None = None,
        roster: Roster | None = None,
        versions: Mapping[str, str] | None = None,
    ) -> None:
        self.exercise = exercise
        self.layout = layout_named(layout) if layout else PLAIN if pattern else None
        self.by_pattern = _by_pattern(pattern) if pattern else None
        self.roster = roster
        self.owners = {version: student for student, version in (versions or {}).items()}
        self.stems = {
            _folded(stem): student
            for student in (roster.students if roster else ())
            for name in (student, f"{exercise}-{student}")
            for stem in (file_stem(name), f"{file_stem(name)}-sheet")
        }

    def hand_ins(self, source: Submissions) -> HandIns:
        """What is in `source`. Raises UsageError for a layout that does not fit it."""
        names = {_slashes(name): name for name in source.names()}

        def read(path: str, limit: int) -> bytes:
            content = source.read(names[path], limit)
            return b"" if isinstance(content, Refusal) else content

        archive = Archive(list(names), read, self.exercise)
        layout = self.layout or guess_layout(archive)
        found = self._found(archive, layout)
        called = _labels(one for _, one in found)
        handed = [
            self._handed(names[path], one, called(one) or clean(path), partial(read, path, MAX_BYTES), layout)
            for path, one in found
        ]
        handed = self._under_their_names(list(self._one_account_each(handed, layout)), layout)
        handed = sorted(_without_claims(handed), key=lambda one: (one.student, clean(one.file)))
        return HandIns(layout, handed, len(names) - len({path for path, _ in found}))

    def hand_in(self, file: str) -> HandIn:
        """What one path says by itself, whatever else was handed in."""
        path = _slashes(file)
        archive = Archive([path], lambda path, limit: b"", self.exercise)
        layout = self.layout or guess_layout(archive, archive_wide=False)
        plain = self.by_pattern or by_convention(archive)
        one = next(iter(layout.finder(archive)(path)), plain(path))
        return self._handed(file, one, _labels([one])(one) or clean(file), lambda: b"", layout)

    def _found(self, archive: Archive, layout: PlatformLayout) -> list[tuple[str, Sender]]:
        """Whose each file is, without those that a platform put beside them; but where such a file is all
        that there is of a student, as with Blackboard's texts, it stands for what they did not hand in."""
        find = layout.finder(archive)
        plain = self.by_pattern or by_convention(archive)
        found: list[tuple[str, Sender]] = []
        beside: list[tuple[str, Sender]] = []
        fits = layout is PLAIN or layout is not self.layout or not archive.names
        for path in archive.names:
            senders = find(path)
            fits = fits or bool(senders)
            if layout.is_beside(path):
                beside += [(path, one) for one in senders]
            else:
                found += [(path, one) for one in senders or [plain(path)]]
        if not fits:
            what = f"no file is named as in {layout.title}: the first is {clean(archive.names[0])[:100]}."
            raise UsageError(what, hint="Without --layout it is guessed.")
        people = {one[:2] for _, one in found} if beside else set()
        return found + [(path, one) for path, one in beside if one[:2] not in people]

    def _handed(
        self, file: str, found: Sender, called: str, read: Callable[[], bytes], layout: PlatformLayout
    ) -> HandIn:
        called = called[:MAX_NAME]
        if self.roster is None:
            return HandIn(file, called, called, found)
        if found.by_place:
            path = PurePosixPath(_slashes(file))
            students = self._known(called, path.stem, *reversed(path.parts[:-1]))
        else:
            students = self._known_by_platform(found, called, layout)
        if len(students) > 1:
            signs = "the names of the file and its folder" if found.by_place else "the number and the name"
            why = f"{signs} are those of {students[0]} and of {students[1]}"
            return HandIn(file, called, called, found, problem=why)
        if students:
            return HandIn(file, students[0], called, found)
        owner = self.owners.get(version_said(read()), "")
        name = found.name or called
        several = f"the roster has several of the name {name}" if self.roster.namesakes(name) else ""
        problem = "" if owner else several or NOT_ON_ROSTER
        return HandIn(file, owner or called, called, found, by_version=bool(owner), problem=problem)

    def _known(self, *names: str) -> list[str]:
        """The students who are called so, or after whom a file of a version is."""
        assert self.roster is not None
        found = (self.stems.get(_folded(name)) or self.roster.student_called(name) for name in names)
        return list(dict.fromkeys(filter(None, found)))

    def _known_by_platform(self, found: Sender, called: str, layout: PlatformLayout) -> list[str]:
        """By the name that the platform gives, and by the number, if it is known outside of it."""
        assert self.roster is not None
        by_number = self._number(found, layout)
        by_name = self._known(f"{found.name} {found.id}")[:1] or self._known(found.name or called)
        return list(dict.fromkeys(filter(None, (by_number, *by_name))))

    def _number(self, found: Sender, layout: PlatformLayout) -> str:
        """The student whose number it is, where it may be known outside of the platform."""
        assert self.roster is not None
        if layout.numbers == "people":
            return next(iter(self._known(found.id)), "")
        known = found.id and layout.numbers == "accounts"
        return self.roster.account(found.id, found.name) if known else ""

    def _one_account_each(self, handed: Sequence[HandIn], layout: PlatformLayout) -> Iterator[HandIn]:
        """Two accounts are two people: where one name of the roster is that of both, it is the one whose
        number is there, too, or nobody."""
        accounts: dict[str, set[str]] = defaultdict(set)
        for one in handed if self.roster else ():
            if one.sender.id and not (one.problem or one.by_version or one.sender.by_place):
                accounts[one.student].add(one.sender.id)
        for one in handed:
            several = accounts.get(one.student, set()) if one.sender.id else set()
            if len(several) > 1 and self._number(one.sender, layout) != one.student:
                why = (
                    f"{len(several)} accounts have the name of {one.student}: it is not known whose is whose"
                )
                yield replace(one, student=_with_number(one), problem=why)
            else:
                yield one

    def _under_their_names(self, handed: Sequence[HandIn], layout: PlatformLayout) -> list[HandIn]:
        """A version says whose a file is only where the platform does not call its sender by another name.
        In blind marking most have one name, and elsewhere it may be that of a login."""
        accounts: dict[str, set[str]] = defaultdict(set)
        for one in handed:
            accounts[one.sender.name].add(one.sender.id)

        def is_of_another(one: HandIn) -> bool:
            name = one.sender.name
            told = one.by_version and not one.sender.by_place and name and layout.numbers != "people"
            blind = "participant" in name.casefold() or 2 * len(accounts[name]) > max(len(handed), 2)
            return bool(told and not blind and self.roster and not self.roster.could_be(one.student, name))

        def refused(one: HandIn) -> HandIn:
            why = f"it is the version of {one.student}, who has another name"
            return replace(one, student=one.called, by_version=False, problem=why)

        return [refused(one) if is_of_another(one) else one for one in handed]


def _with_number(one: HandIn) -> str:
    number = f"({one.sender.id})"
    return one.called if one.called.endswith(number) else f"{one.called} {number}"


def version_said(content: bytes) -> str:
    """The id of the version that a sheet says it is of, in whatever form it is written."""
    code = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    said = _VARIANT.search(content.decode(code, "replace"))
    return said[1].lower() if said else ""


def _without_claims(handed: Sequence[HandIn]) -> Iterator[HandIn]:
    """A version is its owner's: who else handed it in is told so, also where it is not known who that is."""
    if not any(one.by_version for one in handed):
        yield from handed
        return
    groups: dict[str, list[HandIn]] = defaultdict(list)
    for one in handed:
        groups[one.student].append(one)
    for student, group in groups.items():
        theirs = any(not one.by_version and not one.problem for one in group)
        claims = dict.fromkeys(one.called for one in group if one.by_version)
        for one in group:
            if one.by_version and theirs:
                why = f"it is the version of {student}, who handed in a sheet of their own"
                yield replace(one, student=one.called, by_version=False, problem=why)
            elif one.by_version and len(claims) > 1:
                why = f"it is the version of {student}, which {' and '.join(list(claims)[:3])} handed in"
                yield replace(one, student=one.called, by_version=False, problem=why)
            else:
                yield one


def _labels(found: Iterable[Sender]) -> Callable[[Sender], str]:
    """What each is called: by the name, and by the number too where the name alone is not theirs alone."""
    first: dict[str, str] = {}  # a number of each name
    shared = {name for one in found if first.setdefault(name := _folded(one.name), one.id) != one.id}

    def label(one: Sender) -> str:
        name, number = (normalize("NFC", clean(text).strip()) for text in one[:2])
        if not name or not number:
            return name or number
        if _folded(name) == "participant":
            return f"{name} {number}"  # as Moodle's list of a class says it
        return name if _folded(one.name) not in shared else f"{name} ({number})"

    return label


def _slashes(path: str) -> str:
    return path[-MAX_PATH:].replace("\\", "/")  # some zip files hold Windows paths


def _folded(name: str) -> str:
    """Equal for names that differ in capitals, or in how a Mac composes their letters."""
    return normalize("NFC", name).casefold()


def _by_pattern(pattern: str) -> Callable[[str], Sender]:
    if pattern.count("{student}") != 1:
        hint = "Write {student} once, and * for anything, as in '{student}_*.yaml'."
        raise UsageError(f"{clean(pattern)!r} does not say where the student stands.", hint=hint)
    parts = re.split(r"(\{student\}|\*)", pattern)
    written = {"{student}": "([^/]+?)", "*": "[^/]*"}
    regex = re.compile("(?:.*/)?" + "".join(written.get(part, re.escape(part)) for part in parts), re.DOTALL)

    def find(path: str) -> Sender:
        found = regex.fullmatch(path)
        return Sender(found[1] if found else "")

    return find

"""How learning platforms name the files of a class: one entry a layout, which `--layout` chooses by name."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from backprop_tutor.errors import UsageError
from backprop_tutor.homework.companions import Archive, Person, people_of_blackboard, people_of_gradescope

__all__ = [
    "COPY",
    "LAYOUTS",
    "PLAIN",
    "PLAIN_NAMES",
    "PlatformLayout",
    "Sender",
    "guess_layout",
    "layout_named",
]

PLAIN_NAMES = {"sheet", "answers", "answer", "submission", "homework", "solution"}
SAMPLE = 2_000  # names by which a layout is guessed
COPY = re.compile(r"(?:-\d+| \(\d+\)|_\d)?(?:\.\w+)?$")  # answers-1.yaml is answers.yaml, handed in again
MANY = 3  # folders whose names begin alike are repositories, not students

_DATES = ("%b %d, %Y %I%M %p", "%B %d, %Y %I%M %p", "%d %b, %Y %I%M %p", "%d %B, %Y %I%M %p", "%d %B %Y %H%M",
          "%d %b %Y %H%M", "%b %d, %Y %H%M", "%Y-%m-%d %H%M")  # fmt: skip


class Sender(NamedTuple):
    """Who handed a file in. A later `turn` replaces an earlier one of the same `piece`. `by_place`: only
    the name of the file or of its folder says so."""

    name: str = ""
    id: str = ""
    turn: str = ""
    piece: str = ""
    by_place: bool = False


@dataclass(frozen=True)
class PlatformLayout:
    """`pattern` matches the whole path of what was handed in, its groups being those of a Sender (and `key`
    for what `people` has more of, `file` where only copies of a file replace it); where it depends on the
    archive it is a function, which gives nothing for an archive that does not look so. `beside` matches
    what the platform itself puts there. `numbers` says whose the ids are: those of people, known outside
    of the platform; of the accounts in the platform's own lists; or of this one download."""

    name: str
    title: str
    pattern: str | Callable[[Archive], str]
    beside: str = r"(?!)"
    people: Callable[[Archive], Mapping[str, Sequence[Person]]] = lambda archive: {}
    numbers: Literal["people", "accounts", "download"] = "people"

    def finder(self, archive: Archive) -> Callable[[str], list[Sender]]:
        """Whose a path is; nobody's where it is not named so."""
        written = self.pattern if isinstance(self.pattern, str) else self.pattern(archive)
        pattern = re.compile(written or r"(?!)", re.DOTALL)
        people = self.people(archive)

        def find(path: str) -> list[Sender]:
            match = pattern.fullmatch(path)
            return _found(match.groupdict(default=""), people) if match else []

        return find

    def is_beside(self, path: str) -> bool:
        return re.fullmatch(self.beside, path, re.DOTALL) is not None


def _found(groups: Mapping[str, str], people: Mapping[str, Sequence[Person]]) -> list[Sender]:
    turn = _in_order(groups.get("turn", ""))
    piece = COPY.sub("", groups.get("file", "")).casefold()
    known = people.get(groups.get("key", ""))
    if known:
        return [Sender(person.name, person.id, turn, piece) for person in known]
    return [Sender(groups.get("name", "").strip(), groups.get("id", "").strip(), turn, piece)]


def _in_order(turn: str) -> str:
    """Numbers and dates as texts that sort; of a date that is not understood nothing is known."""
    if not turn or turn.isdecimal():
        return turn and turn.zfill(20)
    if re.match(r"\d{4}-\d\d-\d\d", turn):
        return turn
    for form in _DATES:
        try:
            return datetime.strptime(turn.strip(), form).isoformat()
        except ValueError:
            continue
    return ""


def _nbgrader(archive: Archive) -> str:
    """submitted/STUDENT/ASSIGNMENT/file: the same assignment in the folder of each student."""
    parts = [tuple(name.split("/")) for name in archive.names]
    for depth in range(3):
        deep = [path for path in parts if len(path) > depth + 2]
        students, assignments = ({path[level] for path in deep} for level in (depth, depth + 1))
        ours = archive.exercise in assignments
        if (
            (len(assignments) != 1 and not ours)
            or 2 * len(deep) <= len(parts)
            or not _same_files(deep, depth)
        ):
            continue
        said = any(path[depth + 2] == "timestamp.txt" or path[:depth][-1:] == ("submitted",) for path in deep)
        alike = len(students) == 1 or _common_start(students)  # as folders above and repositories are
        if said or ours or not alike:
            return (
                rf"{r'[^/]+/' * depth}(?P<name>[^/]+)/(?:{'|'.join(map(re.escape, sorted(assignments)))})/.+"
            )
    return ""


def _github(archive: Archive) -> str:
    """ASSIGNMENT-submissions/ASSIGNMENT-username/…: folders with the same files, whose names begin alike."""
    parts = [tuple(name.split("/")) for name in archive.names]
    for depth in range(3):
        deep = [path for path in parts if len(path) > depth + 1]
        folders = {path[depth] for path in deep}
        above = {path[depth - 1].removesuffix("submissions") for path in deep if depth}
        for start in above:
            if start.endswith("-") and all(folder.startswith(start) for folder in folders):
                return _repositories(depth, start)
        start = _common_start(folders)
        sure = len(folders) >= MANY or any(map(str.isdigit, start)) or archive.exercise in start
        sure = sure or any(path[depth + 1].lower() == "readme.md" for path in deep)
        if start and sure and len(folders) > 1 and _same_files(deep, depth):
            return _repositories(depth, start)
    return ""


def _same_files(paths: Sequence[tuple[str, ...]], depth: int) -> bool:
    """Whether most folders at `depth` hold files of the same names, which say nothing of a student."""
    folders: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        folders[path[depth]].add(path[-1].rpartition(".")[0].casefold() or path[-1].casefold())
    often = Counter(stem for stems in folders.values() for stem in stems)
    alike = {stem for stem, count in often.items() if count > 1} | PLAIN_NAMES | {"timestamp"}
    return 2 * sum(not stems.isdisjoint(alike) for stems in folders.values()) > len(folders)


def _repositories(depth: int, start: str) -> str:
    return rf"{r'[^/]+/' * depth}{re.escape(start)}(?P<name>[^/]+?)(?:-main|-master)?/.+"


def _common_start(names: set[str]) -> str:
    """What all names begin with, as far as its last hyphen."""
    first, last = min(names, default=""), max(names, default="")
    same = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), 0)
    return first[: first[:same].rfind("-") + 1]


_MOODLE = r"(?:.*/)?(?P<name>[^/]+?)(?:_(?P<id>\d+))?_assignsubmission_(?:file|onlinetext)"
_MOODLE_BESIDE = r"(?:.*/)?Grades-[^/]*\.csv|.*_assignfeedback_.*"
_CANVAS = (
    r"(?:.*/)?(?:(?!late_|LATE_)(?P<name>[^/]+?)_)?(?:late_|LATE_)?(?P<id>\d+|anon_[^/_]+)_"
    r"(?:(?P<turn>\d+)_(?P<file>[^/]+)|text\.html|link\.html)"
)
_CHUNK = r"(?:(?! - )[^/])"  # of what is separated by hyphens between spaces

LAYOUTS = (
    PlatformLayout(
        "gradescope",
        "Gradescope's export of submissions",
        r"(?:.*/)?(?P<key>(?P<name>submission_\d+)(?:\.\w+)?)(?:/.+)?",
        r"(?:.*/)?(?:submission_)?metadata\.(?:yml|yaml|json|csv)",
        people_of_gradescope,
    ),
    PlatformLayout(
        "sakai",
        "a Sakai download",
        r"(?:.*/)?(?P<name>[^/]+?) ?\((?P<id>[^/()]+)\)"
        r"(?:[/_]Submission attachment\(s\)[/_].+|[/_][^/]*submissionText\.html)",
        r"(?:.*/)?(?:timestamp\.txt|comments\.txt|grades\.(?:csv|xlsx?)|[^/]*feedbackText\.html)"
        r"|.*[/_]Feedback Attachment\(s\)[/_].*",
    ),
    PlatformLayout(
        "brightspace",
        "a Brightspace download",
        rf"(?:.*/)?(?:(?P<id>\d+)-\d+ ?- )?(?:(?=[^/ ]*\d)[^/ ]+ - )?(?P<name>{_CHUNK}+) - "
        rf"(?P<turn>{_CHUNK}*\b\d{{4}} \d{{1,2}}[:.]?\d\d(?: [AP]M)?)(?: - [^/]+|/.+)",
        r"(?:.*/)?index\.html",
        numbers="download",
    ),
    PlatformLayout(
        "blackboard",
        "a Blackboard download",
        r"(?:.*/)?(?P<key>[^/]+_(?P<id>[^/_]+)_attempt_(?P<turn>\d{4}(?:-\d\d){5}))(?:_[^/]+|\.[^/]+)",
        r".*_attempt_\d{4}(?:-\d\d){5}\.txt",
        people_of_blackboard,
    ),
    PlatformLayout(
        "moodle",
        "a Moodle download, a folder a student",
        rf"{_MOODLE}_?/.+",
        _MOODLE_BESIDE,
        numbers="download",
    ),
    PlatformLayout(
        "moodle-flat",
        "a Moodle download, all in one folder",
        rf"{_MOODLE}_[^/]+",
        _MOODLE_BESIDE,
        numbers="download",
    ),
    PlatformLayout("canvas", "a Canvas download", _CANVAS, numbers="accounts"),
    PlatformLayout(
        "nbgrader-exchange",
        "the exchange of nbgrader",
        r"(?:.*/)?(?P<name>[^/+]+)\+[^/+]+\+(?P<turn>\d{4}-\d\d-\d\d[^/+]*)[^/]*/.+",
        r".*/timestamp\.txt",
    ),
    PlatformLayout("nbgrader", "the folder `submitted` of nbgrader", _nbgrader, r"(?:.*/)?timestamp\.txt"),
    PlatformLayout(
        "github",
        "repositories of GitHub Classroom",
        _github,
        r"(?:.*/)?(?:README\.md|LICENSE|classroom_roster\.csv|requirements\.txt)",
    ),
)
PLAIN = PlatformLayout("plain", "plain files, named after the students or in folders of theirs", r"(?!)")


def layout_named(name: str) -> PlatformLayout:
    """Raises UsageError for a name that no layout has."""
    for layout in (*LAYOUTS, PLAIN):
        if layout.name == name:
            return layout
    known = ", ".join(layout.name for layout in (*LAYOUTS, PLAIN))
    raise UsageError(f"there is no layout {name}.", hint=f"There are {known}.")


def guess_layout(archive: Archive, *, archive_wide: bool = True) -> PlatformLayout:
    """The layout in which more than half of the files are named that no platform put there. Of a file by
    itself the layouts that are seen in a whole archive only (`archive_wide`) are not guessed."""
    few = Archive(
        archive.names[:: max(1, len(archive.names) // SAMPLE)], lambda name, limit: b"", archive.exercise
    )
    for layout in LAYOUTS:
        if archive_wide or isinstance(layout.pattern, str):
            find = layout.finder(few)
            sheets = [name for name in few.names if not layout.is_beside(name)]
            if 2 * sum(bool(find(name)) for name in sheets) > len(sheets):
                return layout
    return PLAIN

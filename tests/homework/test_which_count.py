"""Which of a student's files count, whose version is whose, and one call at a time."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from platform_archives import ARCHIVES

from backprop_tutor import load
from backprop_tutor.homework.class_versions import draw_class
from backprop_tutor.homework.classroom import ClassOptions, Follower, grade
from backprop_tutor.homework.roster import Roster

EXERCISE = load("exercise1")
SHEET = "answers:\n  J: 1/2\n"


def marked(files: dict[str, str], folder: Path, **options: object) -> dict[str, tuple[str, str]]:
    """By the file: the student and the status in grades.csv."""
    for name, text in files.items():
        (folder / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "in" / name).write_text(text, encoding="utf-8")
    grade(EXERCISE, folder / "in", folder / "out", ClassOptions(jobs=1, timeout=60, **options))  # type: ignore[arg-type]
    with (folder / "out" / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["sheet"]: (row["student"], row["status"]) for row in csv.DictReader(file)}


def test_what_is_handed_in_again_replaces_what_was(tmp_path: Path) -> None:
    wrong = "answers:\n  J: 7\n"
    files = {
        "ekbo_104_5004_answers.yaml": wrong,
        "ekbo_LATE_104_5010_answers-1.yaml": SHEET,
        "ekbo_104_5005_part2.yaml": SHEET,
        "leeann_103_5003_answers.yaml": SHEET,
    }
    for _ in range(2):  # what was superseded is so again when it is taken from the earlier call
        assert marked(files, tmp_path) == {
            "ekbo_104_5004_answers.yaml": (
                "ekbo",
                "superseded: ekbo_LATE_104_5010_answers-1.yaml was handed in later",
            ),
            "ekbo_LATE_104_5010_answers-1.yaml": ("ekbo", "marked"),
            "ekbo_104_5005_part2.yaml": ("ekbo", "marked"),
            "leeann_103_5003_answers.yaml": ("leeann", "marked"),
        }
    (tmp_path / "in" / "ekbo_LATE_104_5010_answers-1.yaml").unlink()
    del files["ekbo_LATE_104_5010_answers-1.yaml"]
    assert marked(files, tmp_path)["ekbo_104_5004_answers.yaml"] == ("ekbo", "marked")


def test_a_later_attempt_that_is_no_sheet_replaces_nothing(tmp_path: Path) -> None:
    name = "Hw_bo02_attempt_2026-02-0{}-09-00-00{}"
    found = marked(
        {
            name.format(1, "_a.yaml"): SHEET,
            name.format(2, "_b.yaml"): SHEET,
            name.format(3, "_c.md"): "# sorry",
        },
        tmp_path,
    )
    assert [status.partition(":")[0] for _, status in found.values()] == ["superseded", "marked"]


def test_a_file_that_is_no_sheet_has_no_row_beside_one_that_is(tmp_path: Path) -> None:
    report = {
        "ann/answers.yaml": SHEET,
        "ann/notes.txt": "I could not sleep.",
        "ann/scan.pdf": "%PDF-1.4",
        "bo/answers.docx": "PK\x03\x04",
        "bo/notes.txt": "see the scan",
        "cy/answers.yaml": "exercise: exercise2\nanswers:\n  J: 1\n",
        "cy/class.csv": "student,group\ncy,1\n",
    }
    found = marked(report, tmp_path, student_from="{student}/*")
    assert {name: status[:7] for name, (_, status) in found.items()} == {
        "ann/answers.yaml": "marked",
        "bo/answers.docx": "refused",
        "cy/answers.yaml": "refused",
    }
    lines = (tmp_path / "out" / "details.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(report)


@pytest.mark.parametrize("platform", ARCHIVES, ids=lambda platform: platform.name)
def test_every_archive_is_marked(platform: object, tmp_path: Path) -> None:
    assert hasattr(platform, "write")
    platform.write(tmp_path / "in")
    report = grade(EXERCISE, tmp_path / "in", tmp_path / "out", ClassOptions(jobs=1, timeout=60))
    assert report.marked >= 2
    assert report.mean == 1


def test_a_version_is_its_owner_s(tmp_path: Path) -> None:
    students = ["ann", "bo", "cy", "dan"]
    ids = {one.version.student: one.version.id for one in draw_class(EXERCISE, 3, students)}
    sheet = "exercise: exercise1\nvariant: {}\n" + SHEET
    found = marked(
        {
            "x1_1_11_a.yaml": sheet.format(ids["ann"]),
            "x2_2_12_a.yaml": sheet.format(ids["bo"]),
            "x3_3_13_a.yaml": sheet.format(ids["bo"]),
            "cy_4_14_a.yaml": sheet.format(ids["dan"]),
            "x5_5_15_a.csv": f"variant,{ids['dan']}\nquantity,answer\nJ,1/2\n",
            "x6_6_16_a.yaml": SHEET,
        },
        tmp_path,
        roster=Roster.of(students),
        seed=3,
    )
    assert found == {
        "x1_1_11_a.yaml": ("ann", "marked"),
        "x2_2_12_a.yaml": ("x2", "refused: it is the version of bo, which x2 and x3 handed in"),
        "x3_3_13_a.yaml": ("x3", "refused: it is the version of bo, which x2 and x3 handed in"),
        "cy_4_14_a.yaml": ("cy", f"refused: this sheet is for version {ids['dan']}, which is dan's"),
        "x5_5_15_a.csv": ("dan", "marked"),
        "x6_6_16_a.yaml": ("x6", "refused: the student is not on the roster"),
        "": ("bo", "missing: no sheet was handed in"),
    }


class Waits(Follower):
    """Lets the call that holds the folder go on as soon as another waits for it."""

    def __init__(self, other: "subprocess.Popen[bytes]") -> None:
        self.other, self.waited = other, False

    def waiting(self) -> None:
        assert self.other.poll() is None
        self.waited = True
        self.other.kill()  # however it ends


def test_one_call_at_a_time_works_into_a_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ann.yaml").write_text(SHEET)
    hold = "import sys\nfrom pathlib import Path\nfrom backprop_tutor.homework.folder_lock import alone_in\n"
    hold += "with alone_in(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    (tmp_path / "out").mkdir()
    command = [sys.executable, "-c", hold, str(tmp_path / "out")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        waits = Waits(other)
        options = ClassOptions(jobs=1, timeout=60)
        grade(EXERCISE, tmp_path / "in", tmp_path / "out", options, followers=[waits])
    assert waits.waited
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["details.jsonl", "grades.csv"]


def test_a_sheet_of_two_gives_both_their_row(tmp_path: Path) -> None:
    gradescope = next(platform for platform in ARCHIVES if platform.name == "gradescope")
    gradescope.write(tmp_path / "in")
    for _ in range(2):
        grade(EXERCISE, tmp_path / "in", tmp_path / "out", ClassOptions(jobs=1, timeout=60))
        lines = map(json.loads, (tmp_path / "out" / "details.jsonl").read_text("utf-8").splitlines())
        assert [line["student"] for line in lines] == ["Ann Lee", "Bo Ek", 'Cy "C" Day', "submission_103"]

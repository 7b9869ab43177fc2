"""What learning platforms give a teacher to download, each as a small archive whose students are known.

The names follow the platforms' own code: Moodle's mod_assign, Canvas' content zipper, Sakai's assignment
service, nbgrader's directory structure; and for Blackboard, Brightspace and Gradescope what they were seen
to write.
"""

from dataclasses import dataclass
from pathlib import Path

SHEET = "exercise: exercise1\nanswers:\n  J: 1/2\n"
BLACKBOARD = """\
Name: {name} ({user})
Assignment: Homework_3
Date Submitted: Tuesday, 3 February 2026 11:34:13 o'clock GMT
Current Mark: Needs Marking

Submission Field:
There is no student submission text data for this assignment.

Comments:
There are no student comments for this assignment.

Files:
\tOriginal filename: answers.yaml
\tFilename: Homework_3_{user}_attempt_2026-02-03-11-34-13_answers.yaml
"""
GRADESCOPE = """\
---
submission_101:
  :submitters:
  - :name: Ann Lee
    :sid: 's1'
    :email: ann@x.de
  :created_at: 2026-02-03 11:34:13.000000000 Z
  :score: !ruby/object:BigDecimal 18:0.1e1
  :history:
  - :id: 99
    :created_at: 2026-02-01 10:00:00.000000000 Z
submission_102:
  :submitters:
  - :name: Bo Ek
    :sid:
    :email: bo@x.de
  - :name: "Cy \\"C\\" Day"
    :sid: s3
"""
SAKAI = (
    "Homework 3,Points\n\nDisplay ID,ID,Last Name,First Name,grade\nann01,ann01,Lee,Ann,\nbo02,bo02,Ek,Bo,\n"
)


@dataclass(frozen=True)
class Platform:
    """`files` with their contents (an empty text stands for a sheet); the students of those that were handed
    in, and the number of files that the platform put beside them."""

    name: str
    layout: str
    files: dict[str, str]
    students: dict[str, str]
    beside: int = 0

    def write(self, folder: Path) -> Path:
        for name, content in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content or SHEET, encoding="utf-8")
        return folder


def _platform(
    name: str, layout: str, students: dict[str, str], beside: dict[str, str] | None = None
) -> Platform:
    beside = beside or {}
    return Platform(name, layout, {**dict.fromkeys(students, ""), **beside}, students, len(beside))


ARCHIVES = [
    _platform(
        "moodle",
        "moodle",
        {
            "Ann Lee_123_assignsubmission_file/answers.yaml": "Ann Lee",
            "Bo Ek_124_assignsubmission_file_/sub/answers.yaml": "Bo Ek",
            "Bo Ek_124_assignsubmission_onlinetext/onlinetext.html": "Bo Ek",
            "Li Wei_125_assignsubmission_file_/answers.yaml": "Li Wei (125)",
            "Li Wei_126_assignsubmission_file_/answers.yaml": "Li Wei (126)",
        },
        {
            "Grades-ML-Homework 3-4711.csv": "Identifier,Full name\nParticipant 123,Ann Lee\n",
            "Ann Lee_123_assignfeedback_file_/marked.pdf": "%PDF",
        },
    ),
    _platform(
        "moodle-flat",
        "moodle-flat",
        {
            "Ann Lee_123_assignsubmission_file_answers.yaml": "Ann Lee",
            "Bo Ek_124_assignsubmission_file_my_1_2_sheet.csv": "Bo Ek",
            "Zoë d'Arc_125_assignsubmission_onlinetext_onlinetext.html": "Zoë d'Arc",
        },
    ),
    _platform(
        "moodle-blind",
        "moodle",
        {
            "Participant_7_assignsubmission_file/answers.yaml": "Participant 7",
            "Participant_12_assignsubmission_file/answers.yaml": "Participant 12",
        },
    ),
    _platform(
        "moodle-blind-in-another-language",
        "moodle",
        {
            "Teilnehmerin_7_assignsubmission_file/answers.yaml": "Teilnehmerin (7)",
            "Teilnehmerin_12_assignsubmission_file/answers.yaml": "Teilnehmerin (12)",
        },
    ),
    _platform(
        "canvas",
        "canvas",
        {
            "leeann_103_5003_answers.yaml": "leeann",
            "liwei_101_5001_answers.yaml": "liwei (101)",
            "liwei_LATE_102_5002_answers.yaml": "liwei (102)",
            "ekbo_LATE_104_5010_answers-1.yaml": "ekbo",
            "ekbo_104_5004_answers.yaml": "ekbo",
            "van_der_berg_105_5005_my_3_4_sheet.csv": "van_der_berg",
            "dayjo_106_text.html": "dayjo",
        },
    ),
    _platform(
        "canvas-anonymous",
        "canvas",
        {"anon_x7Kp2_5003_answers.yaml": "anon_x7Kp2", "LATE_anon_Qq1Z9_5004_answers.yaml": "anon_Qq1Z9"},
    ),
    Platform(
        "blackboard",
        "blackboard",
        {
            "Homework_3_ann_lee_attempt_2026-02-03-11-34-13_answers.yaml": "",
            "Homework_3_ann_lee_attempt_2026-02-03-11-34-13.txt": BLACKBOARD.format(
                name="Ann Lee", user="ann_lee"
            ),
            "Homework_3_bo02_attempt_2026-02-02-09-00-00_answers.yaml": "",
            "Homework_3_bo02_attempt_2026-02-04-09-00-00_answers.yaml": "",
            "Homework_3_cy03_attempt_2026-02-02-10-00-00.txt": BLACKBOARD.format(name="Cy Day", user="cy03"),
        },
        {
            "Homework_3_ann_lee_attempt_2026-02-03-11-34-13_answers.yaml": "ann_lee",
            "Homework_3_bo02_attempt_2026-02-02-09-00-00_answers.yaml": "bo02",
            "Homework_3_bo02_attempt_2026-02-04-09-00-00_answers.yaml": "bo02",
            "Homework_3_cy03_attempt_2026-02-02-10-00-00.txt": "cy03",
        },
        1,
    ),
    _platform(
        "brightspace",
        "brightspace",
        {
            "1001-222 - Ann Lee - Oct 1, 2026 1134 PM/answers.yaml": "Ann Lee",
            "1002-222 - Bo Ek - 3 February, 2026 1100 AM/answers.yaml": "Bo Ek",
            "1003-222 - Li-Wei Day - Oct 2, 2026 905 AM/answers.yaml": "Li-Wei Day",
        },
        {"index.html": "<html>"},
    ),
    _platform(
        "brightspace-flat",
        "brightspace",
        {
            "1001-222 - N0123456 - Ann Lee - Oct 1, 2026 1134 PM - my - answers.yaml": "Ann Lee",
            "1002-222 - N0123457 - Bo Ek - Oct 2, 2026 1134 PM - answers.yaml": "Bo Ek",
        },
        {"index.html": "<html>"},
    ),
    _platform(
        "brightspace-without-numbers",
        "brightspace",
        {
            "Ann Lee - Oct 1, 2026 1134 PM/answers.yaml": "Ann Lee",
            "Ann Lee - Oct 2, 2026 905 AM/answers.yaml": "Ann Lee",
            "Bo Ek - 3 February 2026 1334/answers.yaml": "Bo Ek",
        },
    ),
    _platform(
        "sakai",
        "sakai",
        {
            "Lee, Ann(ann01)/Submission attachment(s)/answers.yaml": "Lee, Ann",
            "Ek, Bo(bo02)/Submission attachment(s)/answers.yaml": "Ek, Bo (bo02)",
            "Ek, Bo(bo03)/Submission attachment(s)/answers.yaml": "Ek, Bo (bo03)",
        },
        {
            "grades.csv": SAKAI,
            "Lee, Ann(ann01)/timestamp.txt": "20260203113413000",
            "Lee, Ann(ann01)/comments.txt": "",
            "Lee, Ann(ann01)/feedbackText.html": "<p>",
            "Lee, Ann(ann01)/Feedback Attachment(s)/marked.yaml": SHEET,
        },
    ),
    _platform(
        "sakai-flat",
        "sakai",
        {
            "Lee, Ann(ann01)_Submission attachment(s)_answers.yaml": "Lee, Ann",
            "Ek, Bo(bo02)_Submission attachment(s)_answers.yaml": "Ek, Bo",
        },
    ),
    Platform(
        "gradescope",
        "gradescope",
        {
            "submission_metadata.yml": GRADESCOPE,
            "submission_101/answers.yaml": "",
            "submission_102/answers.yaml": "",
            "submission_103/answers.yaml": "",
        },
        {
            "submission_101/answers.yaml": "Ann Lee",
            "submission_102/answers.yaml": 'Bo Ek + Cy "C" Day',
            "submission_103/answers.yaml": "submission_103",
        },
        1,
    ),
    _platform(
        "nbgrader",
        "nbgrader",
        {"ann/exercise1/answers.yaml": "ann", "bo/exercise1/answers.yaml": "bo"},
        {"ann/exercise1/timestamp.txt": "2026-02-03 11:34:13 UTC"},
    ),
    _platform(
        "nbgrader-course",
        "nbgrader",
        {"submitted/ann/hw3/hw3.yaml": "ann", "submitted/bo/hw3/hw3.yaml": "bo"},
        {"submitted/ann/hw3/timestamp.txt": "2026-02-03 11:34:13 UTC"},
    ),
    _platform(
        "nbgrader-several-assignments",
        "nbgrader",
        {
            "ann/exercise1/answers.yaml": "ann",
            "ann/exercise2/notes.md": "ann",
            "bo/exercise1/answers.yaml": "bo",
        },
    ),
    _platform(
        "nbgrader-exchange",
        "nbgrader-exchange",
        {
            "ann+hw3+2026-02-03 11:34:13.123456 UTC+Zm9v/answers.yaml": "ann",
            "ann+hw3+2026-02-04 11:34:13.123456 UTC+Zm9v/answers.yaml": "ann",
            "bo+hw3+2026-02-03 09:34:13.123456 UTC/answers.yaml": "bo",
        },
        {"ann+hw3+2026-02-03 11:34:13.123456 UTC+Zm9v/timestamp.txt": "2026-02-03 11:34:13 UTC"},
    ),
    _platform(
        "github",
        "github",
        {
            "hw3-submissions/hw3-ann-lee/answers.yaml": "ann-lee",
            "hw3-submissions/hw3-octocat/answers.yaml": "octocat",
        },
        {"hw3-submissions/hw3-octocat/README.md": "# Homework", "classroom_roster.csv": "identifier\n"},
    ),
    _platform(
        "github-folders",
        "github",
        {f"backprop-{name}/src/answers.yaml": name for name in ("ann", "bo-ek", "cy")},
    ),
    _platform(
        "plain", "plain", {"ann.yaml": "ann", "exercise1-bo-sheet.yaml": "bo", "cy/answers.yaml": "cy"}
    ),
    _platform("plain-folders", "plain", {"ann/hw.yml": "ann", "bo/hw.yml": "bo", "cy/mine.yml": "cy"}),
]

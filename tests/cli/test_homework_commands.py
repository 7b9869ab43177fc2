"""sheet, check, grade and variants on the command line: what they print, write and end with."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

RIGHT = """\
exercise: exercise1
answers:
  net1: [[1, -1]]
  h1: [[1, 0]]
  z: [[1]]
  J: 1/2
  dJ/dW2: [[-1, 0]]
  W2_new: [[11/10, 2]]
"""


def bt(*words: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "backprop_tutor", *map(str, words)]
    return subprocess.run(command, input=stdin, capture_output=True, check=False, encoding="utf-8")


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "s.yaml"
    path.write_text(RIGHT)
    return path


def test_a_blank_sheet_is_never_written_over(tmp_path: Path) -> None:
    out = tmp_path / "blank.yaml"
    assert bt("sheet", "exercise1", "--out", out).returncode == 0
    assert out.read_text("utf-8") == bt("sheet", "exercise1").stdout
    refused = bt("sheet", "exercise1", "--out", out)
    assert refused.returncode == 4
    assert "--force" in refused.stderr
    assert bt("sheet", "exercise1", "--out", out, "--format", "csv", "--force").returncode == 0
    assert "quantity,answer" in out.read_text("utf-8")
    assert bt("check", "exercise1", tmp_path / "blank.yaml").returncode == 3  # CSV under a YAML name


def test_the_command_that_marks_a_sheet_can_be_typed(tmp_path: Path) -> None:
    out = tmp_path / "a b.yaml"
    assert bt("sheet", "exercise1", "--out", out).stdout.endswith(f"check exercise1 '{out}'\n")
    paper = bt("sheet", "exercise1", "--format", "md", "--out", tmp_path / "q.md").stdout
    assert paper == f"Wrote {tmp_path / 'q.md'}.\n"


def test_check_ends_with_what_it_found(sheet: Path, tmp_path: Path) -> None:
    done = bt("check", "exercise1", sheet)
    assert done.returncode == 0
    assert "Score: 10 of 10 (10 correct)." in done.stdout
    sheet.write_text(RIGHT.replace("J: 1/2", "J: -1/2"))
    wrong = bt("check", "exercise1", sheet)
    assert wrong.returncode == 1
    assert "Score: 9 of 10" in wrong.stdout
    assert "J = " not in wrong.stdout
    assert "J = (1/(2·N))" in bt("check", "exercise1", sheet, "--reveal").stdout
    assert bt("check", "exercise2", sheet).returncode == 3
    assert bt("check", "exercise1", tmp_path / "none.yaml").returncode == 4
    assert bt("check", "exercise1").returncode == 2


def test_check_in_json_reveals_only_when_asked(sheet: Path) -> None:
    document = json.loads(bt("check", "exercise1", sheet, "--json").stdout)
    assert (document["format"], document["score"], document["out_of"]) == (1, 10.0, 10.0)
    assert [a["quantity"] for a in document["answers"]][:3] == ["net1[1]", "net1[2]", "h1[1]"]
    assert "value" not in document["answers"][0]
    revealed = json.loads(bt("check", "exercise1", sheet, "--json", "--reveal").stdout)
    assert (revealed["answers"][-2]["value"], revealed["answers"][-2]["exact"]) == (1.1, "11/10")


def test_grade_reports_on_a_class(sheet: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sheets"
    folder.mkdir()
    (folder / "ann_1_2_s.yaml").write_text(RIGHT)
    (folder / "=bob_3_4_s.yaml").write_text(RIGHT.replace("J: 1/2", "J: <b>"))
    (folder / "eve.docx").write_bytes(b"PK\x03\x04\0\0")
    page = tmp_path / "r.html"
    done = bt("grade", "exercise1", folder, "--out", tmp_path, "--html", page, "--jobs", 1)
    assert done.returncode == 0, done.stderr
    assert "3 sheets: 2 marked, 1 not." in done.stdout
    rows = (tmp_path / "grades.csv").read_text().splitlines()
    assert rows[1].startswith("'=bob,9,10,2,2,1,0,2,2,marked,")
    assert rows[2] == "ann,10,10,2,2,1,1,2,2,marked,ann_1_2_s.yaml"
    assert rows[3].startswith('eve,0,10,0,0,0,0,0,0,"refused: this is a zip file, not')
    text = page.read_text("utf-8")
    assert "<script" not in text
    assert "http" not in text


def test_grade_marks_none_of_its_own_files(sheet: Path, tmp_path: Path) -> None:
    folder = tmp_path / "k"
    folder.mkdir()
    sheet.rename(folder / "ann.yaml")
    (folder / "grades.csv.yaml").write_text(RIGHT)
    page = folder / "r.html"
    first = bt("grade", "exercise1", folder, "--out", folder, "--html", page, "--jobs", 1)
    assert "2 sheets: 2 marked, 0 not." in first.stdout
    written = sorted(path.name for path in folder.iterdir())
    assert written == ["ann.yaml", "details.jsonl", "grades.csv", "grades.csv.yaml", "r.html"]
    again = bt("grade", "exercise1", folder, "--out", tmp_path / "elsewhere", "--jobs", 1)
    assert "2 sheets: 2 marked, 0 not." in again.stdout
    shutil.make_archive(str(tmp_path / "k"), "zip", folder)
    packed = bt("grade", "exercise1", tmp_path / "k.zip", "--out", tmp_path / "packed", "--jobs", 1)
    assert "2 sheets: 2 marked, 0 not." in packed.stdout
    page.write_text("<!doctype html>\n<p>a student's own page</p>")
    other = bt("grade", "exercise1", folder, "--out", folder, "--jobs", 1)
    assert "3 sheets: 2 marked, 1 not." in other.stdout
    own = page.read_text()
    refused = bt("grade", "exercise1", folder, "--out", folder, "--html", page, "--jobs", 1)
    assert (refused.returncode, page.read_text()) == (4, own)
    assert "r.html" in refused.stderr


def test_grade_says_who_handed_in_what_before_it_marks(sheet: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number, name in enumerate(("leeann", "liwei", "liwei", "ekbo")):
        (folder / f"{name}_{100 + number}_{500 + number}_answers.yaml").write_text(RIGHT)
    done = bt("grade", "exercise1", folder, "--out", tmp_path, "--jobs", 1)
    assert done.stderr.splitlines() == [
        "Read as a Canvas download (--layout canvas). The first of 4 files:",
        "  ekbo_103_503_answers.yaml -> ekbo",
        "  leeann_100_500_answers.yaml -> leeann",
        "  liwei_101_501_answers.yaml -> liwei (101)",
    ]
    assert bt("grade", "exercise1", folder, "--layout", "sakai", "--out", tmp_path).returncode == 2
    plain = bt("grade", "exercise1", folder, "--layout", "plain", "--out", tmp_path / "p", "--jobs", 1)
    assert "ekbo_103_503_answers" in (tmp_path / "p" / "grades.csv").read_text()
    assert plain.returncode == 0


def test_grade_writes_over_no_file_of_others(sheet: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    sheet.rename(folder / "ann.yaml")
    for name in ("grades.csv", "details.jsonl"):
        (tmp_path / name).write_text("Display ID,ID\nann,1\n")
        refused = bt("grade", "exercise1", folder, "--out", tmp_path, "--jobs", 1)
        assert (refused.returncode, (tmp_path / name).read_text()) == (4, "Display ID,ID\nann,1\n")
        assert (
            f"{name}: this file is there already, and it is not one that this program wrote" in refused.stderr
        )
        (tmp_path / name).unlink()
    (tmp_path / "grades.csv").write_text("mine")
    assert bt("grade", "exercise1", folder, "--out", tmp_path, "--jobs", 1, "--force").returncode == 0
    assert bt("grade", "exercise1", folder, "--out", tmp_path, "--jobs", 1).returncode == 0


def test_the_marks_of_another_exercise_are_not_written_over(sheet: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ann.yaml").write_text(RIGHT)
    words = tmp_path / "in", "--out", tmp_path / "out", "--jobs", 1
    assert bt("grade", "exercise1", *words).returncode == 0
    marks = (tmp_path / "out" / "grades.csv").read_bytes()
    (tmp_path / "in" / "ann.yaml").write_text("exercise: exercise2\nanswers:\n  dJ/dz: [[-1]]\n")
    other = bt("grade", "exercise2", *words)
    assert other.returncode == 4
    assert "these are the marks of exercise1, not of exercise2" in other.stderr
    assert (tmp_path / "out" / "grades.csv").read_bytes() == marks
    assert bt("grade", "exercise2", *words, "--force").returncode == 0


def test_a_class_in_which_nobody_is_marked_is_no_success(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "class.csv").write_text("student,group\nann,1\n")
    done = bt("grade", "exercise1", folder, "--out", tmp_path, "--jobs", 1)
    assert done.returncode == 3
    assert done.stderr.endswith("Nobody could be marked.\n")
    assert "it answers nothing that the exercise asks" in (tmp_path / "grades.csv").read_text()
    assert bt("grade", "exercise1", "--list", "-", "--jobs", 1, stdin=f"{folder}/class.csv\n").returncode == 3


def test_grade_lists_paths_to_lines(sheet: Path) -> None:
    done = bt("grade", "exercise1", "--list", "-", "--jobs", 1, stdin=f"{sheet}\r\n{sheet}.none\n")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["status"] for line in lines] == ["marked", "refused"]
    assert lines[0]["score"] == 10


def test_grade_writes_what_gradescope_reads(sheet: Path, tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    assert bt("grade", "exercise1", sheet, "--gradescope", results).returncode == 0
    document = json.loads(results.read_text("utf-8"))
    assert document["score"] == sum(test["score"] for test in document["tests"]) == 10
    assert {test["visibility"] for test in document["tests"]} == {"visible"}
    folder = tmp_path / "handed in"
    folder.mkdir()
    assert bt("grade", "exercise1", folder, "--gradescope", results).returncode == 0
    said = "The sheet was not marked: one sheet is expected, but"
    assert json.loads(results.read_text("utf-8"))["tests"][0]["output"] == f"{said} nothing was handed in."
    for name in ("a.yaml", "b.yaml"):
        (folder / name).write_text(RIGHT)
    assert bt("grade", "exercise1", folder, "--gradescope", results).returncode == 0
    output = json.loads(results.read_text("utf-8"))["tests"][0]["output"]
    assert output == f"{said} 2 files (a.yaml, b.yaml) were handed in."


def test_every_student_has_a_version_and_is_marked_against_it(tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("student\nann\nbob\ncy\n")
    made = bt(
        "variants", "exercise1", "--roster", roster, "--seed", 4, "--out", tmp_path / "v", "--check", "--json"
    )
    assert made.returncode == 0, made.stderr
    versions = {entry["student"]: entry for entry in json.loads(made.stdout)["versions"]}
    assert all(entry["proved"] for entry in versions.values())
    folder = tmp_path / "in"
    folder.mkdir()
    for student, entry in versions.items():
        blank = tmp_path / "v" / entry["sheet"]
        document = json.loads(bt("check", tmp_path / "v" / entry["file"], blank, "--json", "--reveal").stdout)
        answers = {a["quantity"]: a["exact"] for a in document["answers"]}
        text = {"exercise": "exercise1", "variant": entry["variant"], "answers": answers}
        if student != "cy":
            (folder / f"{student}.json").write_text(json.dumps(text))
    (folder / "dan.json").write_text((folder / "ann.json").read_text())
    swapped = json.loads((folder / "ann.json").read_text())
    (folder / "bob.json").write_text(json.dumps(swapped))
    done = bt("grade", "exercise1", folder, "--roster", roster, "--seed", 4, "--out", tmp_path, "--jobs", 1)
    assert done.returncode == 0, done.stderr
    rows = {row.split(",")[0]: row for row in (tmp_path / "grades.csv").read_text().splitlines()}
    assert rows["ann"].startswith("ann,10,10,")
    assert f"this sheet is for version {versions['ann']['variant']}, which is ann's" in rows["bob"]
    assert "missing: no sheet was handed in" in rows["cy"]
    assert "it is the version of ann, who handed in a sheet of their own" in rows["dan"]
    known = tmp_path / "v" / "versions.csv"
    for seed in ((), ("--seed", 4)):
        again = bt(
            "grade", "exercise1", folder, "--roster", known, *seed, "--out", tmp_path / "known", "--jobs", 1
        )
        assert (again.returncode, "3 students from the column student" in again.stderr) == (0, True)
        assert (tmp_path / "known" / "grades.csv").read_bytes() == (tmp_path / "grades.csv").read_bytes()
    other = bt("grade", "exercise1", folder, "--roster", known, "--seed", 5, "--out", tmp_path / "other")
    assert other.returncode == 2
    assert "made with the seed 4, not 5. Leave out --seed" in other.stderr
    old = tmp_path / "old.csv"
    old.write_text("".join(line.rpartition(",")[0] + "\n" for line in known.read_text().splitlines()))
    lost = bt("grade", "exercise1", folder, "--roster", old, "--out", tmp_path / "lost")
    assert lost.returncode == 2
    assert "Give the seed of `variants` with --seed" in lost.stderr
    assert not (tmp_path / "lost" / "grades.csv").exists()


def test_a_roster_of_a_class_without_versions(sheet: Path, tmp_path: Path) -> None:
    (tmp_path / "class.csv").write_text('Student,ID,SIS User ID\n"Lee, Ann",101,s1\n"Ek, Bo",102,s2\n')
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "leeann_101_5_a.yaml").write_text(RIGHT)
    command = ["grade", "exercise1", tmp_path / "in", "--roster", tmp_path / "class.csv", "--out", tmp_path]
    drawn = bt(*command)
    assert (drawn.returncode, "published, add --no-versions." in drawn.stderr) == (3, True)
    done = bt(*command, "--no-versions", "--gradebook", "canvas")
    assert done.returncode == 0, done.stderr
    rows = (tmp_path / "grades.csv").read_text().splitlines()
    assert rows[1].startswith("s1,10,10,")
    assert rows[2].endswith("missing: no sheet was handed in,")
    assert '"Lee, Ann",101,s1,,,10' in (tmp_path / "gradebook-canvas.csv").read_text()
    assert bt("grade", "exercise1", tmp_path / "in", "--no-versions").returncode == 2


def test_an_export_for_a_class_has_the_versions_of_its_list(tmp_path: Path) -> None:
    (tmp_path / "class.csv").write_text("student\nann\nbo\n")
    made = bt(
        "variants", "exercise1", "--roster", tmp_path / "class.csv", "--seed", 7, "--out", tmp_path / "v"
    )
    assert made.returncode == 0, made.stderr
    known = tmp_path / "v" / "versions.csv"
    ids = [row.split(",")[1] for row in known.read_text().splitlines()[1:]]
    exam = bt("export", "exercise1", tmp_path / "exam.tex", "--to", "paper", "--roster", known)
    assert (exam.returncode, "2 students from the column student" in exam.stderr) == (0, True)
    written = (tmp_path / "exam.tex").read_text("utf-8")
    assert all(f"version {name}" in written for name in ids)
    other = bt("export", "exercise1", tmp_path / "o.tex", "--to", "paper", "--roster", known, "--seed", 8)
    assert "made with the seed 7, not 8" in other.stderr
    alone = bt("export", "exercise1", tmp_path / "o.tex", "--to", "paper", "--seed", 8)
    assert (alone.returncode, "--seed is for versions" in alone.stderr) == (2, True)


def test_versions_need_a_count_or_a_roster() -> None:
    assert bt("variants", "exercise1").returncode == 2
    assert bt("variants", "exercise1", "--count", 2, "--roster", "x.csv").returncode == 2
    assert bt("grade", "exercise1").returncode == 2


@pytest.mark.parametrize("command", ["sheet", "check", "grade", "variants"])
def test_the_limit_of_an_exercise_can_be_raised_where_a_message_says_so(
    command: str, sheet: Path, tmp_path: Path
) -> None:
    more = {"check": [str(sheet)], "grade": [str(tmp_path)], "variants": ["--count", "1"]}.get(command, [])
    done = bt(command, "exercise1", *more, "--max-elements", "3")
    assert done.returncode == 3
    assert "Raise it with --max-elements." in done.stderr

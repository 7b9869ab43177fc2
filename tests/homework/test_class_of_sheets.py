"""A class of 1,000 sheets with known answers, slips and attacks: every verdict, whatever the road."""

import json
import shutil
import zipfile
from pathlib import Path

import class_of_sheets
import pytest

from backprop_tutor import load
from backprop_tutor.homework.classroom import ClassOptions, grade, grade_list

EXERCISE = load("exercise1")
ONE, TWO = ClassOptions(jobs=1, timeout=60), ClassOptions(jobs=2, timeout=60)


@pytest.fixture(scope="module")
def handed() -> list[class_of_sheets.Handed]:
    return class_of_sheets.the_class()


@pytest.fixture(scope="module")
def sheets(handed: list[class_of_sheets.Handed], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return class_of_sheets.write(handed, tmp_path_factory.mktemp("class") / "sheets")


@pytest.fixture(scope="module")
def marked(sheets: Path) -> Path:
    out = sheets.parent / "marked"
    grade(EXERCISE, sheets, out, TWO)
    return out


def files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


def test_every_verdict_is_the_known_one(handed: list[class_of_sheets.Handed], marked: Path) -> None:
    details = (marked / "details.jsonl").read_text(encoding="utf-8")
    assert list(class_of_sheets.disagreements(handed, details)) == []


def test_every_sheet_has_one_row_with_its_student(marked: Path) -> None:
    rows = (marked / "grades.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "student,score,out_of,net1,h1,z,J,dJ/dW2,W2_new,status,sheet"
    assert [row.partition(",")[0] for row in rows[1:]] == [f"student{n:04}" for n in range(1_000)]


def test_the_number_of_jobs_changes_nothing(sheets: Path, marked: Path, tmp_path: Path) -> None:
    grade(EXERCISE, sheets, tmp_path, ONE)
    assert files(tmp_path) == files(marked)


def test_an_interruption_changes_nothing(sheets: Path, marked: Path, tmp_path: Path) -> None:
    def stop_at(limit: int) -> None:
        def progress(done: int, total: int) -> None:
            if done >= limit:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            grade(EXERCISE, sheets, tmp_path, TWO, progress)

    stop_at(333)
    assert not (tmp_path / "grades.csv").exists()
    stop_at(100)  # sooner than the first time: what was done then is still known
    stop_at(600)
    with (tmp_path / "details.jsonl.part").open("ab") as part:
        part.write(b'{"student": "half a li')
    report = grade(EXERCISE, sheets, tmp_path, ONE)
    assert report.sheets == 1_000
    assert files(tmp_path) == files(marked)


def test_only_new_and_changed_sheets_are_marked_again(
    handed: list[class_of_sheets.Handed], marked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = class_of_sheets.write(handed[:60], tmp_path / "sheets")
    grade(EXERCISE, folder, tmp_path / "out", ONE)
    (folder / handed[0].name).write_bytes(b"answers:\n  J: 1/2\n")
    (folder / "new.yaml").write_bytes(b"answers:\n  J: 1/3\n")
    given: list[str] = []
    pool = "backprop_tutor.homework.worker_pool._Worker.give"
    monkeypatch.setattr(pool, counting(given))
    grade(EXERCISE, folder, tmp_path / "out", ONE)
    assert given == ["new.yaml", handed[0].name]


def counting(given: list[str]) -> object:
    from backprop_tutor.homework.worker_pool import Task, _Worker

    give = _Worker.give

    def counted(self: _Worker, number: int, task: Task) -> None:
        given.append(task.payload.name)
        give(self, number, task)

    return counted


def test_shards_marked_apart_and_joined_are_the_whole(
    handed: list[class_of_sheets.Handed], sheets: Path, marked: Path
) -> None:
    paths = [str(sheets / one.name) for one in handed]
    shards = [paths[start : start + 250] for start in range(0, 1_000, 250)]
    joined = [json.loads(record.line) for shard in shards for record in grade_list(EXERCISE, shard, TWO)]
    whole = [json.loads(line) for line in (marked / "details.jsonl").read_text("utf-8").splitlines()]
    assert [said(line) for line in joined] == [said(line) for line in whole]


def said(line: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in line.items() if key not in ("sheet", "digest")}


def test_a_zip_file_is_marked_like_its_folder(sheets: Path, marked: Path, tmp_path: Path) -> None:
    packed = Path(shutil.make_archive(str(tmp_path / "sheets"), "zip", sheets))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("__MACOSX/._x.yaml", "not a sheet")
    grade(EXERCISE, packed, tmp_path / "out", TWO)
    assert files(tmp_path / "out") == files(marked)

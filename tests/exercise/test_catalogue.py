import subprocess
import sys
from pathlib import Path

import pytest
from sample_files import NETWORK

from backprop_tutor.exercise.catalogue import entries, find, shipped_folder, shipped_names


def test_the_shipped_exercises_are_listed_with_their_heads(tmp_path: Path) -> None:
    listed = {entry.name: entry for entry in entries(tmp_path)}
    assert list(listed) == shipped_names() == sorted(listed)
    mazur = listed["mazur"]
    assert mazur.title == "The 2-2-2 sigmoid network of M. Mazur"
    assert "sigmoid" in mazur.topics
    assert mazur.level == "intermediate"
    assert (mazur.shipped, mazur.fault) == (True, None)
    assert mazur.path == find("mazur")


def test_exercises_in_the_folder_follow_and_other_files_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(NETWORK + "topics: [relu, 2]\nlevel: 3\n", encoding="utf-8")
    (tmp_path / "a.yaml").write_text('title: "\\e[1mred"\ngraph: {}\n', encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("title: [", encoding="utf-8")
    (tmp_path / "bytes.yml").write_bytes(b"\0\1\2")
    (tmp_path / "other.yaml").write_text("services: {web: 1}\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("title: no\n", encoding="utf-8")
    (tmp_path / "folder.yaml").mkdir()
    local = [entry for entry in entries(tmp_path) if not entry.shipped]
    assert [(entry.name, entry.title, entry.topics) for entry in local] == [
        ("a.yaml", "red", ()),
        ("b.yaml", "A network", ("relu", "")),
        ("broken.yaml", "", ()),
        ("bytes.yml", "", ()),
    ]
    assert [entry.fault is None for entry in local] == [True, True, False, False]


def test_the_current_folder_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.yaml").write_text(NETWORK, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert entries()[-1].name == "mine.yaml"


def test_shipped_exercises_are_not_listed_twice() -> None:
    assert len(entries(shipped_folder())) == len(shipped_names())


def test_a_folder_that_cannot_be_listed_has_no_exercises(tmp_path: Path) -> None:
    assert all(entry.shipped for entry in entries(tmp_path / "missing"))


def test_a_file_that_cannot_be_read_is_listed_with_its_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "mine.yaml").touch()
    monkeypatch.setattr(Path, "open", refuse)
    fault = entries(tmp_path)[-1].fault
    assert fault is not None
    assert fault.what == "it cannot be read: permission denied."


def test_listing_imports_nothing_slow() -> None:
    script = (
        "import sys, backprop_tutor.exercise.catalogue as c; assert c.entries(); "
        "print(*(sys.modules.keys() & {'numpy', 'pydantic', 'sympy', 'rich'}))"
    )
    assert subprocess.check_output([sys.executable, "-c", script], text=True).split() == []

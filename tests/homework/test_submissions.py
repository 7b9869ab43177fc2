"""Where sheets come from: nothing outside is read, nothing is unpacked, every refusal has its reason."""

import os
import stat
import sys
import zipfile
from pathlib import Path

import pytest

from backprop_tutor import load
from backprop_tutor.errors import AccessError
from backprop_tutor.homework.submissions import Folder, Refusal, Zip, open_source
from backprop_tutor.homework.worker import Job, Plan, make_marker

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")


def test_a_folder_and_those_below_it(tmp_path: Path) -> None:
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    for name in ("a.yaml", "b/c/d.yaml", ".hidden", ".git/config", "b/Thumbs.db", "grades.csv"):
        (tmp_path / name).write_text("x")
    source = Folder(tmp_path, frozenset([tmp_path / "grades.csv"]))
    assert source.names() == ["a.yaml", "b/c/d.yaml"]
    assert source.read("b/c/d.yaml") == b"x"


@posix_only
def test_files_are_left_out_whatever_leads_to_them(tmp_path: Path) -> None:
    (tmp_path / "k").mkdir()
    (tmp_path / "k" / "grades.csv").write_text("x")
    (tmp_path / "k" / "a.yaml").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "k")
    for folder, out in (("k", "k/../k"), ("link", "k"), ("k", "link")):
        assert Folder(tmp_path / folder, [tmp_path / out / "grades.csv"]).names() == ["a.yaml"]


@posix_only
def test_links_pipes_and_closed_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "link.yaml").symlink_to("/etc/hostname")
    (tmp_path / "folder").symlink_to("/etc")
    os.mkfifo(tmp_path / "pipe.yaml")
    source = Folder(tmp_path)
    assert source.names() == ["folder", "link.yaml", "pipe.yaml"]
    assert source.read("link.yaml") == Refusal("it is a symbolic link")
    assert source.read("folder") == Refusal("it is a symbolic link")
    assert source.read("pipe.yaml") == Refusal("it is not a file")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.yaml").open("wb") as stream:
        stream.truncate(1 << 32)
    assert Folder(tmp_path).read("huge.yaml") == Refusal("it has more than 256 KB")


def zipped(path: Path, entries: dict[str, bytes]) -> Zip:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return Zip(path)


@pytest.mark.parametrize("name", ["/etc/passwd", "../up.yaml", "a/../../up.yaml", "C:\\x.yaml", "..\\x.yaml"])
def test_paths_out_of_the_zip_are_refused(tmp_path: Path, name: str) -> None:
    source = zipped(tmp_path / "z.zip", {name: b"answers:\n  J: 1\n", "good.yaml": b"x"})
    (bad,) = set(source.names()) - {"good.yaml"}
    assert source.read(bad) == Refusal("its path in the zip file leads out of it")
    assert source.read("good.yaml") == b"x"


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    source = zipped(tmp_path / "z.zip", {"bomb.yaml": bytes(300_000_000)})
    assert source.read("bomb.yaml") == Refusal("it has more than 256 KB")


def test_a_bomb_that_lies_about_its_size_gives_no_more_than_a_sheet(tmp_path: Path) -> None:
    source = zipped(tmp_path / "z.zip", {"bomb.yaml": bytes(50_000_000)})
    source.entries["bomb.yaml"].file_size = 100
    content = source.read("bomb.yaml")
    assert isinstance(content, Refusal) or len(content) <= 256 * 1024 + 1


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        info = zipfile.ZipInfo("link.yaml")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert Zip(tmp_path / "z.zip").read("link.yaml") == Refusal("it is a symbolic link")


def test_an_entry_twice_is_two_sheets(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("a.yaml", "1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.yaml", "2")
    assert Zip(tmp_path / "z.zip").names() == ["a.yaml", "a.yaml (again)"]


def test_a_damaged_entry_is_refused(tmp_path: Path) -> None:
    zipped(tmp_path / "z.zip", {"a.yaml": os.urandom(5_000)})
    content = bytearray((tmp_path / "z.zip").read_bytes())
    content[1_000:1_100] = bytes(100)
    (tmp_path / "z.zip").write_bytes(content)
    refused = Zip(tmp_path / "z.zip").read("a.yaml")
    assert isinstance(refused, Refusal)
    assert refused.reason.startswith("it cannot be unpacked")


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_methods_that_unpack_without_a_bound_are_refused(tmp_path: Path, method: int) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("bad.yaml", b"x" * 1_000, compress_type=method)
        archive.writestr("good.yaml", b"x")
    content = bytearray((tmp_path / "z.zip").read_bytes())
    content[45:60] = bytes(15)  # damaged too, which must not matter
    (tmp_path / "z.zip").write_bytes(content)
    source = Zip(tmp_path / "z.zip")
    assert source.read("bad.yaml") == Refusal("it is packed by a method other than deflate")
    assert source.read("good.yaml") == b"x"


def test_what_is_neither_a_folder_nor_a_zip(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"not a zip")
    with pytest.raises(AccessError, match="not a readable zip"):
        open_source(tmp_path / "x.zip")
    with pytest.raises(AccessError, match="no such folder"):
        open_source(tmp_path / "nowhere")


def test_a_file_that_answers_nothing_asked_is_not_marked() -> None:
    mark = make_marker(Plan(load("exercise1")))
    for name, content in (
        ("class.csv", b"student,group\nann,1\nbo,2\n"),
        ("other.yaml", b"answers: {q: 3}\n"),
    ):
        record = mark(Job({"student": "class", "sheet": name}, name, content))
        assert (record.status, record.reason) == ("refused", "it answers nothing that the exercise asks")
    blank = b"answers:\n  J: _\n"
    assert mark(Job({"student": "ann", "sheet": "ann.yaml"}, "ann.yaml", blank)).status == "marked"

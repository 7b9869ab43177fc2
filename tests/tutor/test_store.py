"""Saved sessions: atomic, never fatal, never in each other's way."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backprop_tutor.errors import AccessError
from backprop_tutor.tutor.state import QuestionRecord, Try
from backprop_tutor.tutor.store import Saved, Store, exercise_key, state_folder

RECORDS = {
    "net1[1]": QuestionRecord("right", (Try("1", "correct"),), 1),
    "J": QuestionRecord("open", (Try("σ(\udc80", "invalid"), Try("2", "wrong", ("sign-flipped",)))),
}


def saved(**changes: object) -> Saved:
    fields: dict[str, object] = {"records": RECORDS, "at": "J", "seconds": 12.5, "topics": ("relu",)}
    return Saved("exercise1", "Title", "abc", **{**fields, **changes})  # type: ignore[arg-type]


def test_what_is_saved_is_found_again(tmp_path: Path) -> None:
    kept = Store(tmp_path).save(saved(ask=("J",), factors=True), "exercise1")
    found = Store(tmp_path).latest("exercise1", "abc")
    assert found == kept
    assert found is not None
    assert found.records == RECORDS


def test_saving_again_replaces_the_same_file(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = store.save(saved(), "exercise1")
    store.save(first._replace(seconds=99.0), "exercise1")
    assert [session.seconds for session in store.sessions()] == [99.0]
    assert len(list((tmp_path / "exercise1").iterdir())) == 1, "no temporary file is left"


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '"x"', '{"format": "1"}', '{"format": 1}', "\x00", "[" * 100_000,
     '{"format": 1, "exercise": 1, "questions": 3}'],
)  # fmt: skip
def test_a_damaged_file_is_set_aside(tmp_path: Path, text: str) -> None:
    store = Store(tmp_path)
    good = store.save(saved(), "exercise1")
    bad = tmp_path / "exercise1" / "20990101-000000-bad.json"
    bad.write_text(text, encoding="utf-8")
    assert [session.path for session in store.sessions("exercise1")] == [good.path]
    assert "damaged" in store.notes[0]
    assert not bad.exists()
    assert bad.with_name(f"{bad.name}.damaged").read_text(encoding="utf-8") == text


def test_bytes_that_are_no_text_are_set_aside(tmp_path: Path) -> None:
    store = Store(tmp_path)
    bad = tmp_path / "e" / "bad.json"
    bad.parent.mkdir()
    bad.write_bytes(b"\xff\xfe\x00")
    assert list(store.sessions()) == []
    assert "damaged" in store.notes[0]


def test_a_newer_file_is_set_aside(tmp_path: Path) -> None:
    store = Store(tmp_path)
    path = store.save(saved(), "exercise1").path
    assert path
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(document | {"format": 2}), encoding="utf-8")
    assert store.latest("exercise1", "abc") is None
    assert "newer" in store.notes[0]
    assert path.with_name(f"{path.name}.newer").exists()


def test_a_changed_exercise_begins_anew(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save(saved(), "exercise1")
    assert store.latest("exercise1", "other") is None
    assert "changed" in store.notes[0]


def test_finished_and_replayed_sessions_are_not_gone_on_with(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save(saved(over=True), "exercise1")
    store.save(saved(replayed=True), "exercise1")
    assert store.latest("exercise1", "abc") is None
    assert store.notes == []
    assert len(list(store.sessions())) == 2


def test_two_sessions_of_one_exercise_have_files_of_their_own(tmp_path: Path) -> None:
    one, two = Store(tmp_path), Store(tmp_path)
    first, second = one.save(saved(seconds=1.0), "exercise1"), two.save(saved(seconds=2.0), "exercise1")
    one.save(first, "exercise1")
    two.save(second, "exercise1")
    assert sorted(session.seconds for session in one.sessions()) == [1.0, 2.0]


def test_a_session_that_somebody_saved_into_is_not_removed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    old = store.save(saved(), "exercise1")
    Store(tmp_path).save(old, "exercise1")  # the other terminal goes on
    store.remove(old)
    assert len(list(store.sessions())) == 1
    store.remove(next(store.sessions()))
    assert list(store.sessions()) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(AccessError, match="cannot be saved"):
        Store(blocked).save(saved(), "exercise1")
    assert list(Store(blocked / "x").sessions()) == []


def test_reset_deletes_the_sessions_of_one_exercise(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save(saved(), "exercise1")
    store.save(saved(), "exercise2")
    assert store.reset("exercise1") == 1
    assert len(list(store.sessions())) == 1
    assert store.reset() == 1


def test_the_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BACKPROP_TUTOR_STATE", str(tmp_path))
    assert state_folder() == tmp_path
    monkeypatch.delenv("BACKPROP_TUTOR_STATE")
    assert state_folder().name == "backprop-tutor"


def test_files_of_one_name_in_two_folders_are_two_exercises(tmp_path: Path) -> None:
    one = exercise_key("a", tmp_path / "x" / "a.yaml", shipped=False)
    two = exercise_key("a", tmp_path / "y" / "a.yaml", shipped=False)
    assert one != two
    assert exercise_key("../../etc", None, shipped=True) == "______etc"


WRITER = """
import sys
from pathlib import Path
from backprop_tutor.tutor.state import QuestionRecord, Try
from backprop_tutor.tutor.store import Saved, Store
store = Store(Path(sys.argv[1]))
session = Saved("e", "t", "abc", {})
for n in range(100_000):
    records = {f"q{k}": QuestionRecord("right", (Try(str(n) * 50, "correct"),)) for k in range(40)}
    session = store.save(session._replace(records=records, seconds=float(n)), "e")
    if n == 3:
        print("going", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("wait", [0.0, 0.013, 0.037, 0.071])
def test_a_kill_in_the_middle_of_writing_loses_nothing_saved(tmp_path: Path, wait: float) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout
        assert writer.stdout.readline() == "going\n"
        time.sleep(wait)
        os.kill(writer.pid, signal.SIGKILL)
    store = Store(tmp_path)
    (session,) = store.sessions()
    assert session.seconds >= 3.0
    assert {record.tries[0].text for record in session.records.values()} == {
        str(int(session.seconds)) * 50
    }, "all of one save, nothing of another"
    assert store.notes == []


def _write_many(folder: str, number: int) -> None:
    store = Store(Path(folder))
    session = saved(seconds=float(number))
    for _ in range(30):
        session = store.save(session, "exercise1")


def test_many_writers_at_once_keep_what_each_wrote(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_many, args=(str(tmp_path), n)) for n in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    store = Store(tmp_path)
    assert sorted(session.seconds for session in store.sessions()) == [0.0, 1.0, 2.0, 3.0]
    assert store.notes == []

"""Evidence: one door for all answers; two programs, a crash and a clock that jumps lose none."""

import json
import multiprocessing
import shutil
from pathlib import Path

import pytest

from backprop_tutor import load, solve
from backprop_tutor.tutor.evidence import Answered, EvidenceLog, evidence_of, record, record_all
from backprop_tutor.tutor.first_sessions import all_evidence
from backprop_tutor.tutor.questions import questions_of
from backprop_tutor.tutor.session_keeper import Keeper
from backprop_tutor.tutor.state import QuestionRecord, State, Try
from backprop_tutor.tutor.store import VARIABLE, Store

FIRST_VERSION = Path(__file__).parent / "saved_by_first_version"
DAY = 86_400.0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "state"))
    return tmp_path / "state"


def test_an_answer_is_kept_with_the_skills_of_its_step(folder: Path) -> None:
    exercise = load("exercise3")
    record(exercise, "dJ/dW1[1,2]", "wrong", ("only-one-example",), hints=1, when=1e9)
    [entry] = EvidenceLog(folder).entries()
    assert entry.answered == Answered("dJ/dW1[1,2]", "wrong", ("only-one-example",), 1)
    assert entry.skills == ("weight-gradient", "examples")
    assert (entry.when, entry.exercise, entry.place) == (1e9, "exercise3", "run")


@pytest.mark.parametrize("verdict", ["invalid", "undecided", "blank"])
def test_what_costs_nothing_is_no_evidence(folder: Path, verdict: str) -> None:
    record(load("exercise1"), "J", verdict)
    assert EvidenceLog(folder).entries() == []


def test_a_delta_by_its_short_name_is_the_same_quantity(folder: Path) -> None:
    record(load("mazur"), "delta1[1]", "correct")
    assert EvidenceLog(folder).entries()[0].skills == ("activation-derivative",)


def test_an_unknown_quantity_is_kept_without_skills(folder: Path) -> None:
    record(load("exercise1"), "nonsense", "wrong")
    assert EvidenceLog(folder).entries()[0].skills == ()


def test_a_sheet_that_is_checked_again_says_nothing_new(folder: Path) -> None:
    exercise = load("exercise1")
    first = [Answered("J", "correct"), Answered("net1[1]", "wrong")]
    record_all(exercise, first, place="check")
    record_all(exercise, [Answered("J", "correct"), Answered("net1[1]", "correct")], place="check")
    kept = [entry.answered for entry in EvidenceLog(folder).entries()]
    assert kept == [*first, Answered("net1[1]", "correct")]


def test_a_folder_that_cannot_be_written_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    monkeypatch.setenv(VARIABLE, str(blocked))
    record(load("exercise1"), "J", "correct")


def test_a_session_is_evidence_answer_by_answer(folder: Path) -> None:
    exercise = load("exercise1")
    questions = questions_of(solve(exercise))
    keeper = Keeper(Store(folder), exercise)
    records = [QuestionRecord()] * len(questions)
    for place, answered in (
        (0, QuestionRecord("open", (Try("7", "wrong", ("bias-omitted",), True),), 0)),
        (0, QuestionRecord("right", (Try("7", "wrong", ("bias-omitted",), True), Try("1", "correct")), 2)),
        (1, QuestionRecord("shown", (), 4)),
        (2, QuestionRecord("skipped", (), 1)),
        (3, QuestionRecord("skipped", (), 0)),
    ):
        records[place] = answered
        keeper.save(questions, State(tuple(records), at=place))
    assert [entry.answered for entry in EvidenceLog(folder).entries()] == [
        Answered("net1[1]", "wrong", ("bias-omitted",), 0, certain=False),
        Answered("net1[1]", "correct", (), 2),
        Answered("net1[2]", "shown", (), 4),
        Answered("h1[1]", "skipped", (), 1),
    ]


def write_many(folder: Path, quantity: str) -> None:
    log, exercise = EvidenceLog(folder), load("exercise1")
    for when in range(50):
        log.add(evidence_of(exercise, [Answered(quantity, "correct")], float(when)))


def test_two_programs_at_once_lose_nothing(folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    programs = [context.Process(target=write_many, args=(folder, name)) for name in ("J", "z[1]")]
    for program in programs:
        program.start()
    for program in programs:
        program.join()
    kept = [entry.answered.quantity for entry in EvidenceLog(folder).entries()]
    assert (kept.count("J"), kept.count("z[1]")) == (50, 50)


@pytest.mark.parametrize("lost", [1, 5, 40, 150])
def test_a_line_that_a_crash_cut_off_spoils_no_other(folder: Path, lost: int) -> None:
    log, exercise = EvidenceLog(folder), load("exercise1")
    for when in (1.0, 2.0):
        log.add(evidence_of(exercise, [Answered("J", "correct")], when))
    [path] = (folder / "evidence").iterdir()
    path.write_bytes(path.read_bytes()[: -lost - 1])
    log.add(evidence_of(exercise, [Answered("J", "wrong")], 3.0))
    assert [entry.when for entry in EvidenceLog(folder).entries()] == [1.0, 3.0]


@pytest.mark.parametrize(
    "line",
    ["", "null", "[]", "{}", "[[[", '{"when": "soon"}', '{"when": 1e300}', "\x00\udcff", "[" * 100_000],
)
def test_foreign_lines_are_passed_over(folder: Path, line: str) -> None:
    record(load("exercise1"), "J", "correct", when=5.0)
    stray = folder / "evidence" / "00.jsonl"
    stray.write_text(line + "\n", encoding="utf-8", errors="surrogateescape")
    assert [entry.when for entry in EvidenceLog(folder).entries()] == [5.0]


def test_what_a_fast_clock_dated_counts_as_of_the_last_moment_that_can_be_true(folder: Path) -> None:
    now, exercise = 100 * DAY, load("exercise1")
    for when in (now - DAY, now + 900 * DAY, now - 2 * DAY):
        record(exercise, "J", "correct", when=when)
    found = EvidenceLog(folder).entries(now)
    assert [entry.when for entry in found] == [now - 2 * DAY, now - DAY, now - DAY]
    assert [entry.when for entry in EvidenceLog(folder).entries(now + 9 * DAY)] == [
        98 * DAY,
        99 * DAY,
        99 * DAY,
    ]


def test_reset_takes_one_exercise_or_all(folder: Path) -> None:
    for name in ("exercise1", "exercise3"):
        record(load(name), "J", "correct")
    log = EvidenceLog(folder)
    log.reset("exercise1")
    assert [entry.exercise for entry in log.entries()] == ["exercise3"]
    log.reset()
    assert log.entries() == []


def test_the_first_version_s_sessions_are_evidence_once(folder: Path) -> None:
    shutil.copytree(FIRST_VERSION, folder)
    entries = all_evidence(Store(folder), EvidenceLog(folder))
    told = {(e.exercise, *e.answered[:2]) for e in entries if e.answered.quantity.startswith("net1[2]")}
    assert told == {
        ("exercise1", "net1[2]", "wrong"),
        ("exercise1", "net1[2]", "correct"),
        ("mazur", "net1[2]", "wrong"),
    }
    assert ("mazur", "net1[1]", "shown") in {(e.exercise, *e.answered[:2]) for e in entries}
    assert {e.skills for e in entries if e.answered.quantity == "dJ/dW2[1,1]"} == {("weight-gradient",)}
    assert all_evidence(Store(folder), EvidenceLog(folder)) == entries


@pytest.mark.parametrize(("started", "first", "last"), [(800, 850, 900), (0, 900, 900), (901, 900, 900)])
def test_answers_of_a_session_are_dated_evenly_where_it_tells_its_time(
    folder: Path, started: float, first: float, last: float
) -> None:
    shutil.copytree(FIRST_VERSION / "mazur", folder / "mazur")
    (file,) = (folder / "mazur").iterdir()
    document = json.loads(file.read_text(encoding="utf-8")) | {"started": started, "saved": 900}
    document["questions"] = [q for q in document["questions"] if q["tries"] or q["status"] == "shown"][:4]
    file.write_text(json.dumps(document), encoding="utf-8")
    times = [entry.when for entry in all_evidence(Store(folder), EvidenceLog(folder))]
    assert (times[0], times[-1]) == (first, last)
    assert times == sorted(times)


def test_a_first_version_s_session_goes_on_and_its_answers_stay(folder: Path) -> None:
    shutil.copytree(FIRST_VERSION, folder)
    exercise = load("exercise1")
    questions = questions_of(solve(exercise))
    keeper = Keeper(Store(folder), exercise)
    former = keeper.former(questions)
    assert former is not None
    state = keeper.take_over(former, questions)
    assert [record.status for record in state.records[:4]] == ["right", "right", "right", "open"]
    state = state.with_record(QuestionRecord("right", (Try("0", "correct"),)))
    keeper.save(questions, state)
    entries = [e for e in all_evidence(Store(folder), EvidenceLog(folder)) if e.exercise == "exercise1"]
    assert len(entries) == 5 + 1 + 8  # of the session, the answer given now, and of the one that was piped

"""Homework: marking a class, checking one sheet, and drawing versions."""

import random
import resource
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

from measure import commands_in_turn, exponent, report

from backprop_tutor import Solution, load, solve
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.grading.selection import asked
from backprop_tutor.homework.class_versions import draw_class
from backprop_tutor.homework.classroom import ClassOptions, grade
from backprop_tutor.homework.marked import SheetMarker
from backprop_tutor.homework.sheet_file import read_sheet
from backprop_tutor.homework.worker import Job, Plan, make_marker

__all__ = ["run"]

EXERCISES = ("exercise1", "linear-regression", "exercise3", "fan-out")
ANSWERS = 20  # on a sheet
WRONG = 0.25
Place = tuple[str, tuple[int, ...], str]
IMPORTS = "import typer, rich, numpy, yaml, pydantic"


def run(*, full: bool) -> None:
    for name in EXERCISES:
        _marking_speed(name)
    with tempfile.TemporaryDirectory() as folder:
        _class(Path(folder), (1_000, 10_000, 100_000) if full else (500, 1_000, 2_000))
        _one_check(Path(folder))
    for name in ("exercise1", "exercise3", "leaky-relu", "three-hidden"):
        _versions(name)
    for name in ("exercise1", "exercise3"):
        _with_versions(name)


def sheets(name: str, count: int) -> list[str]:
    """Sheets with 20 answers each, a quarter of them wrong in the ways of students."""
    solution = solve(load(name))
    places = _places(solution)
    chance = random.Random(1)
    most = min(ANSWERS, len(places))
    return [_sheet(name, solution, chance.sample(places, most), chance) for _ in range(count)]


def _places(solution: Solution) -> list[Place]:
    return [(q.quantity, i, e) for q in asked(solution) for i, e in zip(q.indices, q.elements, strict=True)]


def _sheet(name: str, solution: Solution, places: list[Place], chance: random.Random) -> str:
    lines = [f"exercise: {name}", "answers:"]
    for quantity, index, element in places:
        exact = solution.exact(quantity)
        value = f"{solution.value(quantity)[index]:.5g}" if exact is None else str(exact[index])
        if chance.random() < WRONG:
            value = chance.choice((f"-({value})", f"2*({value})", f"({value})+1", str(chance.randint(-9, 9))))
        lines.append(f"  {element}: {value}")
    return "\n".join(lines) + "\n"


def _marking_speed(name: str) -> None:
    first, *texts = sheets(name, 1 + 3 * 300)
    times = []
    for turn in range(3):  # the quickest: other work on the machine only ever adds
        marking = SheetMarker(solve(load(name)))  # what it keeps of earlier sheets would serve the same again
        answers = min(len(marking.checker.weights), ANSWERS)
        marking.mark(read_sheet(first, "s.yaml"))
        start = process_time()
        for text in texts[turn::3]:
            marking.mark(read_sheet(text, "s.yaml")).document()
        times.append(process_time() - start)
    rate = len(texts) / 3 / min(times)
    report(f"sheets of {answers} answers, {name}, marked a second a core, as 20 answers", rate * answers / 20,
           300, at_least=True, unit="/s")  # fmt: skip


def _class(folder: Path, sizes: tuple[int, ...]) -> None:
    exercise = load("exercise3")  # 20 answers a sheet
    times, peaks = [], []
    for size in sizes:
        place = folder / f"class{size}"
        place.mkdir()
        for number, text in enumerate(sheets("exercise3", size)):
            (place / f"s{number:06}.yaml").write_text(text)
        start = perf_counter()
        grade(exercise, place, folder / f"out{size}", ClassOptions(jobs=1, timeout=60))
        times.append(perf_counter() - start)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    growth = exponent(sizes, times)
    report(f"growth of time from {sizes[0]:,} to {sizes[-1]:,} sheets, exponent", growth, 1.1, unit="")
    report("memory added on the way", peaks[-1] - peaks[0], 64, unit=" MB")
    _jobs(folder, exercise, 4_000 if sizes[-1] > 4_000 else sizes[0])


def _jobs(folder: Path, exercise: Exercise, size: int) -> None:
    """Two processes against one, by turns, the quickest of each. Other work on the machine slows two of them
    twice as much as one, so that a single turn says little: 0.89 and 1.77 were measured so."""
    place = folder / "class for jobs"
    place.mkdir()
    for number, text in enumerate(sheets("exercise3", size)):
        (place / f"s{number:06}.yaml").write_text(text)
    times: dict[int, list[float]] = {1: [], 2: []}
    firsts = []
    for turn in range(2):
        for jobs in times:
            first: list[float] = []
            start = perf_counter()

            def progress(done: int, total: int, first: list[float] = first) -> None:
                if done == 1:
                    first.append(perf_counter())

            out = folder / f"out {jobs} {turn}"
            grade(exercise, place, out, ClassOptions(jobs=jobs, timeout=60), progress)
            times[jobs].append(perf_counter() - start)
            firsts.append(first[0] - start)
    report(f"two jobs against one, {size:,} sheets", min(times[1]) / min(times[2]), 1.7, at_least=True)
    report(f"the first row of {size:,} sheets", min(firsts), 2, unit=" s")
    one, two = (folder / f"out {jobs} 0" / "grades.csv" for jobs in times)
    assert one.read_bytes() == two.read_bytes()


def _with_versions(name: str) -> None:
    """Marking where each student has a version: of what a marker works out, only what does not depend on the
    numbers serves another sheet."""
    exercise = load(name)
    drawn = [one.version for one in draw_class(exercise, 1, [f"s{n}" for n in range(60)])]
    chance = random.Random(1)
    jobs = []
    for version in drawn:
        solution = solve(version.exercise)
        chosen = chance.sample(_places(solution), min(ANSWERS, len(_places(solution))))
        text = f"variant: {version.id}\n" + _sheet(name, solution, chosen, chance)
        head = {"student": version.student, "sheet": "s.yaml"}
        jobs.append(Job(head, "s.yaml", text.encode(), version.id, version.number))
    times = []
    for _ in range(2):
        mark = make_marker(Plan(exercise, seed=1))
        start = process_time()
        records = [mark(job) for job in jobs]
        times.append(process_time() - start)
        assert all(record.status == "marked" for record in records)
    rate = len(jobs) / min(times) * min(ANSWERS, len(_places(solve(exercise)))) / ANSWERS
    report(f"sheets of {name} with a roster, marked a second a core, as 20 answers", rate, 300,
           at_least=True, unit="/s")  # fmt: skip


def _one_check(folder: Path) -> None:
    sheet = folder / "s.yaml"
    sheet.write_text(sheets("exercise1", 1)[0])
    command = [sys.executable, "-m", "backprop_tutor", "check", "exercise1", str(sheet)]
    wrapped = ["sh", "-c", 'n="$1"; shift; "$@" || test $? = "$n"', "sh", "1", *command]
    bare = ["sh", "-c", '"$@"', "sh", sys.executable, "-c", IMPORTS]
    mine, imports = commands_in_turn(wrapped, bare, rounds=15)
    report("one check, whole process, against the imports", mine / imports, 1.4)


def _versions(name: str) -> None:
    exercise = load(name)
    students = [f"s{n}" for n in range(200)]
    start = perf_counter()
    made = list(draw_class(exercise, 1, students, prove=True))
    assert all(drawn.proved for drawn in made)
    rate = len(made) / (perf_counter() - start)
    report(f"versions of {name}, proved, a second", rate, 50, at_least=True, unit="/s")

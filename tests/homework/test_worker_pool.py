"""The pool: results in order, one bad task costs one task."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pool_work
import pytest

from backprop_tutor.errors import BackpropTutorError
from backprop_tutor.homework.worker_pool import Lost, Ready, Task, WorkerPool


def run(payloads: list[object], jobs: int = 2, timeout: float = 30.0) -> list[object]:
    tasks = [p if isinstance(p, Ready) else Task(p, len(str(p))) for p in payloads]
    return list(WorkerPool(pool_work.make, ("hello",), jobs, timeout).run(tasks))


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_come_in_order(jobs: int) -> None:
    payloads = [Ready("ready") if n % 7 == 3 else n for n in range(300)]
    assert run(payloads, jobs) == ["ready" if n % 7 == 3 else f"hello {n}" for n in range(300)]


def test_a_task_that_hangs_is_lost_alone() -> None:
    results = run([1, 2, "hang", 3, 4, 5], timeout=0.5)
    assert results == [
        "hello 1",
        "hello 2",
        Lost("it took longer than 0.5 s"),
        "hello 3",
        "hello 4",
        "hello 5",
    ]


def test_a_task_that_takes_its_worker_down_is_lost_alone() -> None:
    results = run(["die", *range(20), "die", 99])
    lost = Lost("it brought the marker down")
    assert results == [lost, *(f"hello {n}" for n in range(20)), lost, "hello 99"]


def test_large_payloads_do_not_block() -> None:
    payloads: list[object] = ["x" * 250_000] * 40
    assert run(payloads, jobs=1) == ["hello " + "x" * 20] * 40


def test_nothing_to_do_starts_no_worker() -> None:
    pool = WorkerPool(pool_work.broken, (), 2, 1.0)
    assert list(pool.run([Ready(1), Ready(2)])) == [1, 2]


@pytest.mark.filterwarnings("ignore")
def test_a_worker_that_cannot_start_is_an_error() -> None:
    with pytest.raises(BackpropTutorError, match="could not start"):
        list(WorkerPool(pool_work.broken, (), 1, 1.0).run([Task(1)]))


def test_workers_end_with_the_run() -> None:
    pool = WorkerPool(pool_work.make, ("hi",), 2, 5.0)
    results = pool.run([Task(n) for n in range(100)])
    assert next(results) == "hi 0"
    workers = [worker.process for worker in pool.workers]
    results.close()  # type: ignore[attr-defined]
    assert not any(worker.is_alive() for worker in workers)


PARENT = """
import pool_work
from backprop_tutor.homework.worker_pool import Task, WorkerPool
if __name__ == "__main__":
    tasks = (Task(word) for word in ["first", *["nap"] * 20])
    results = WorkerPool(pool_work.make, ("hi",), 2, 60.0).run(tasks)
    print(next(results), flush=True)
    next(results)
"""


def test_workers_say_nothing_when_their_parent_is_killed(tmp_path: Path) -> None:
    (tmp_path / "parent.py").write_text(PARENT)
    process = subprocess.Popen(
        [sys.executable, tmp_path / "parent.py"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(pool_work.__file__).parent), *sys.path])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline().strip() == "hi first"
    process.kill()
    assert process.communicate(timeout=60)[1] == ""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_worker_is_never_interrupted_not_even_as_it_starts() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    assert list(WorkerPool(pool_work.make_masked, (), 1, 30.0).run([Task(1)])) == [True]
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before

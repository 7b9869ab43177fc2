"""The pool: results in order, one bad task costs one task."""

import pool_work
import pytest

from backprop_tutor.errors import BackpropTutorError
from backprop_tutor.homework.pool import Lost, Pool, Ready, Task


def run(payloads: list[object], jobs: int = 2, timeout: float = 30.0) -> list[object]:
    tasks = [p if isinstance(p, Ready) else Task(p, len(str(p))) for p in payloads]
    return list(Pool(pool_work.make, ("hello",), jobs, timeout).run(tasks))


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
    pool = Pool(pool_work.broken, (), 2, 1.0)
    assert list(pool.run([Ready(1), Ready(2)])) == [1, 2]


@pytest.mark.filterwarnings("ignore")
def test_a_worker_that_cannot_start_is_an_error() -> None:
    with pytest.raises(BackpropTutorError, match="could not start"):
        list(Pool(pool_work.broken, (), 1, 1.0).run([Task(1)]))


def test_workers_end_with_the_run() -> None:
    pool = Pool(pool_work.make, ("hi",), 2, 5.0)
    results = pool.run([Task(n) for n in range(100)])
    assert next(results) == "hi 0"
    workers = [worker.process for worker in pool.workers]
    results.close()  # type: ignore[attr-defined]
    assert not any(worker.is_alive() for worker in workers)

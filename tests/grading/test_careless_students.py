"""A sample of the benchmark: causes are named rightly, and no cause is given to random numbers."""

from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture(name="benchmark_module")
def _benchmark_module(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return pytest.importorskip("misconceptions")


def test_a_sample_of_careless_students(benchmark_module: object) -> None:
    benchmark = benchmark_module.Benchmark(6, alone=False)  # type: ignore[attr-defined]
    with np.errstate(all="ignore"):
        for number in range(12):
            benchmark.paper(number)
    counts = benchmark.tally.counts.values()
    named, missed = sum(c["named"] for c in counts), sum(c["missed"] for c in counts)
    assert named > 1_000
    assert named / (named + missed) >= 0.97
    guesses = benchmark.false["6 digits"]
    assert guesses["named"] <= 0.01 * guesses["wrong"] + 1
    assert set(benchmark.forms) == {"correct"}


def test_data_that_is_asked_has_no_step() -> None:
    from backprop_tutor import load, solve
    from backprop_tutor.grading import mark

    assert mark(solve(load("exercise1")), "t", "3").verdict == "wrong"

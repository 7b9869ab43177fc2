"""How often a wrong answer's cause is named rightly, and how often one is named that is not there.

Random networks and circuits are worked out by a careless student (`careless_networks`, `careless_circuits`:
plain NumPy, nothing shared with the program) who makes one mistake and goes on from there. The sheet is
marked in order; a wrong answer counts as named if the mistake is among the misconceptions of its verdict.
`python tests/benchmarks/misconceptions.py [--count 500] [--digits 6] [--alone]`
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator
from time import perf_counter
from typing import Any

import numpy as np
from careless_circuits import Circuit
from careless_networks import Network
from written_forms import written_forms

from backprop_tutor.exercise import loads
from backprop_tutor.grading import Marker, Verdict
from backprop_tutor.walkthrough import solve

SEED = 4
SLIP_OF_A_TERM = "arithmetic-slip"

Paper = Network | Circuit


def labelled(paper: Paper, work: dict[str, Any], asked: list[str]) -> Iterator[tuple[str, str, float]]:
    """The quantity, the name and the value of every element asked, as on a sheet."""
    for name in asked:
        array = np.asarray(work[name])
        batched = isinstance(paper, Network) and name.split("/d")[-1].startswith(("net", "h", "z"))
        for index in np.ndindex(array.shape):
            places = [str(i + 1) for i in index]
            example = f"({places.pop(0)})" if batched and paper.N > 1 else ""
            places = places[1:] if batched and not example else places
            yield name, name + example + (f"[{','.join(places)}]" if places else ""), float(array[index])


def is_off(value: float, right: float) -> bool:
    """Whether a simulated answer is wrong by more than rounding."""
    return abs(value - right) > 1e-3 * abs(right) and abs(value - right) > 1e-9


class Tally:
    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.missed: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, mistake: str, quantity: str, verdict: Verdict) -> None:
        if verdict.verdict != "wrong":
            self.counts[mistake][verdict.verdict] += 1
            return
        named = mistake in verdict.misconceptions
        self.counts[mistake]["named" if named else "missed"] += 1
        self.counts[mistake]["alone"] += named and not verdict.ambiguous
        if not named:
            self.missed[mistake][f"{quantity}: {verdict.misconceptions or '-'}"] += 1

    def report(self) -> None:
        total = Counter[str]()
        for mistake, counts in sorted(self.counts.items()):
            total += counts
            wrong = counts["named"] + counts["missed"]
            print(
                f"  {mistake:34} {counts['named'] / max(wrong, 1):7.2%} of {wrong:5} wrong, "
                f"{counts['alone']:5} alone; {counts['follow-through']:5} followed through, "
                f"{counts['correct']} called right"
            )
            for missed, often in self.missed[mistake].most_common(3):
                print(f"      {often} x {missed}")
        print(f"  {'all':34} {total['named'] / (total['named'] + total['missed']):7.2%}")


class Benchmark:
    def __init__(self, digits: int, *, alone: bool) -> None:
        self.digits = digits
        self.alone = alone
        self.random = np.random.default_rng(SEED)
        self.tally = Tally()
        self.false: dict[str, Counter[str]] = defaultdict(Counter)
        self.forms = Counter[str]()
        self.seconds: list[float] = []

    def paper(self, number: int) -> None:
        paper: Paper = Network(self.random) if number % 3 else Circuit(self.random)
        right = paper.work(None)
        for asked in (list(right), paper.key()):
            solution = solve(loads(paper.yaml(asked)))
            for name, value in right.items():  # the simulation without a mistake is the exercise
                assert np.allclose(solution.value(name), value, atol=1e-9), name
            marker = Marker(solution)
            truth = {label: value for _, label, value in labelled(paper, right, asked)}
            for slip in paper.slips(self.random):
                work = paper.work(slip)
                if all(np.isfinite(value).all() for value in work.values()):
                    self.sheet(paper, marker, work, asked, truth, slip[0])
            self.guesses(marker, truth)
            self.right_forms(marker, truth)

    def sheet(
        self,
        paper: Paper,
        marker: Marker,
        work: dict[str, Any],
        asked: list[str],
        truth: dict[str, float],
        mistake: str,
    ) -> None:
        """One sheet with one mistake. Where an arithmetic slip was made in a step that is not asked, no one
        can see it."""
        history: dict[str, Verdict] = {}
        for quantity, label, value in labelled(paper, work, asked):
            start = perf_counter()
            verdict = marker.mark(label, f"{value:.{self.digits}g}", history)
            self.seconds.append(perf_counter() - start)
            if not self.alone:
                history[label] = verdict
            if is_off(value, truth[label]):
                if mistake == SLIP_OF_A_TERM and (len(asked) < len(paper.work(None)) or self.alone):
                    return
                self.tally.add(mistake, quantity.rstrip("0123456789"), verdict)

    def guesses(self, marker: Marker, truth: dict[str, float]) -> None:
        """Random wrong numbers, of the size of the right one, in several precisions."""
        for label, value in truth.items():
            scale = max(abs(value), 0.1)
            guess = float(self.random.uniform(-3 * scale, 3 * scale))
            for digits in (3, 4, 6, 16):
                verdict = marker.mark(label, f"{guess:.{digits}g}", {})
                if verdict.verdict == "wrong":
                    self.false[f"{digits} digits"]["wrong"] += 1
                    self.false[f"{digits} digits"]["named"] += bool(verdict.misconceptions)

    def right_forms(self, marker: Marker, truth: dict[str, float]) -> None:
        """Of anything but a new weight, whose step three digits need not show."""
        label = str(self.random.choice([label for label in truth if "_new" not in label]))
        for text in written_forms(label, truth[label], marker.solution):
            verdict = marker.mark(label, text, {})
            self.forms[verdict.verdict] += 1
            if verdict.verdict != "correct":
                print(f"  a right answer called {verdict.verdict}: {label} = {truth[label]!r} as {text!r}")

    def report(self) -> None:
        print("wrong answers named:")
        self.tally.report()
        print("random wrong numbers given a cause:")
        for kind, counts in self.false.items():
            print(f"  {kind:10} {counts['named'] / counts['wrong']:6.2%} of {counts['wrong']}")
        print(f"right answers in many forms: {dict(self.forms)}")
        times = np.array(self.seconds) * 1e3
        slow = np.quantile(times, 0.999)
        print(f"a verdict: mean {times.mean():.3f} ms, 99.9% {slow:.1f} ms, most {times.max():.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500, help="networks and circuits")
    parser.add_argument("--digits", type=int, default=6, help="significant digits of the answers")
    parser.add_argument("--alone", action="store_true", help="mark every answer without the ones before it")
    arguments = parser.parse_args()
    benchmark = Benchmark(arguments.digits, alone=arguments.alone)
    with np.errstate(all="ignore"):
        for number in range(arguments.count):
            benchmark.paper(number)
    benchmark.report()


if __name__ == "__main__":
    main()

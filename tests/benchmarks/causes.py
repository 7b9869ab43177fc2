"""How many unforeseen slips are named, how many arbitrary numbers are told a cause, and how long it takes.

Slips come from `unforeseen_slips` (plain NumPy); arbitrary numbers are all of -9..9 and small fractions, on
the shipped exercises of small whole numbers, and random decimals on the random networks and circuits.
`python tests/benchmarks/causes.py [--count 200] [--digits 5]`
"""

import argparse
from collections import Counter, defaultdict
from fractions import Fraction
from time import process_time
from typing import Any

import numpy as np
from unforeseen_slips import Circuit, Network, Slip

from backprop_tutor import load, solve
from backprop_tutor.exercise import loads
from backprop_tutor.grading import Marker, Verdict, asked
from backprop_tutor.grading.elements import Elements

SEED = 7
WHOLE_NUMBERS = (
    "exercise1", "exercise2", "circuit-xyz", "fan-out", "residual-block", "matrix-graph", "three-hidden",
)  # fmt: skip
FRACTIONS = [Fraction(a, b) for b in (2, 3, 4) for a in range(-9, 10) if Fraction(a, b).denominator > 1]
ARBITRARY = [*map(str, range(-9, 10)), *map(str, sorted(set(FRACTIONS)))]


def is_off(value: float, right: float) -> bool:
    """Whether an answer is wrong by more than rounding."""
    return abs(value - right) > 2e-3 * abs(right) and abs(value - right) > 1e-6


class Causes:
    def __init__(self, digits: int) -> None:
        self.digits = digits
        self.random = np.random.default_rng(SEED)
        self.named: dict[str, Counter[str]] = defaultdict(Counter)
        self.missed: dict[str, Counter[str]] = defaultdict(Counter)
        self.guesses = Counter[str]()
        self.seconds: list[float] = []

    def paper(self, number: int) -> None:
        """A network or a circuit: every slip on a sheet that is right otherwise, then random numbers."""
        paper: Network | Circuit = Network(self.random) if number % 2 else Circuit(self.random)
        solution = solve(loads(paper.yaml()))
        right = paper.right()
        for name, value in right.items():  # the computation without a slip is the exercise
            assert np.allclose(solution.value(name), value, atol=1e-9), name
        marker, elements = Marker(solution), Elements(solution)
        history: dict[str, Verdict] = {}
        before: dict[str, dict[str, Verdict]] = {}
        for name, value in right.items():
            before[name] = dict(history)
            for index, element in elements.names(name).items():
                text = f"{np.asarray(value)[index]:.{self.digits}g}"
                history[element] = marker.mark(element, text, before[name])
        for slip in paper.slips():
            if slip.value is not None and np.isfinite(slip.value).all():
                self.slip(slip, marker, elements, right, before[slip.quantity])
        for name, value in right.items():
            for index, element in elements.names(name).items():
                size = max(abs(float(np.asarray(value)[index])), 0.1)
                text = f"{self.random.uniform(-3, 3) * size:.{self.digits}g}"
                self.guess("random decimals", self.marked(marker, element, text, before[name]))

    def slip(
        self,
        slip: Slip,
        marker: Marker,
        elements: Elements,
        right: dict[str, Any],
        before: dict[str, Verdict],
    ) -> None:
        for index, element in elements.names(slip.quantity).items():
            value = float(np.asarray(slip.value)[index])
            if not is_off(value, float(np.asarray(right[slip.quantity])[index])):
                continue
            verdict = self.marked(marker, element, f"{value:.{self.digits}g}", before)
            named = bool(slip.ids & set(verdict.misconceptions))
            self.named[slip.name]["named" if named else "missed"] += 1
            self.named[slip.name]["certain"] += named and not verdict.ambiguous
            if not named:
                self.missed[slip.name][f"{slip.quantity}: {verdict.verdict} {verdict.misconceptions}"] += 1

    def marked(self, marker: Marker, element: str, text: str, history: dict[str, Verdict]) -> Verdict:
        start = process_time()
        verdict = marker.mark(element, text, history)
        self.seconds.append(process_time() - start)
        return verdict

    def guess(self, kind: str, verdict: Verdict) -> None:
        if verdict.verdict == "wrong":
            self.guesses[f"{kind}: wrong"] += 1
            self.guesses[f"{kind}: certain"] += bool(verdict.misconceptions) and not verdict.ambiguous
            self.guesses[f"{kind}: possible"] += bool(verdict.misconceptions)

    def whole_numbers(self) -> None:
        """All arbitrary numbers, with what comes before answered rightly, and with nothing answered."""
        for name in WHOLE_NUMBERS:
            solution = solve(load(name))
            marker = Marker(solution)
            history: dict[str, Verdict] = {}
            for question in asked(solution):
                before = dict(history)
                for element, index in zip(question.elements, question.indices, strict=True):
                    for text in ARBITRARY:
                        self.guess("whole numbers", marker.mark(element, text, before))
                        self.guess("whole numbers, alone", marker.mark(element, text, {}))
                    value = float(solution.value(question.quantity)[index])
                    history[element] = marker.mark(element, f"{value:.10g}", before)

    def share(self, kind: str, what: str) -> float:
        return self.guesses[f"{kind}: {what}"] / max(self.guesses[f"{kind}: wrong"], 1)

    def share_named(self) -> float:
        named = sum(counts["named"] for counts in self.named.values())
        return named / max(sum(counts["missed"] for counts in self.named.values()) + named, 1)

    def report(self) -> None:
        for name, counts in sorted(self.named.items()):
            of = counts["named"] + counts["missed"]
            print(f"  {name:45} {counts['named'] / of:7.1%} of {of:4}, {counts['certain'] / of:4.0%} certain")
            for missed, often in self.missed[name].most_common(2):
                print(f"      {often} x {missed}")
        print(f"  {'all':45} {self.share_named():7.2%}")
        for kind in ("random decimals", "whole numbers", "whole numbers, alone"):
            wrong = self.guesses[f"{kind}: wrong"]
            told = f"{self.share(kind, 'certain'):.2%} told a certain cause"
            print(f"  {kind}: {told}, {self.share(kind, 'possible'):.2%} a possible one, of {wrong}")
        times = np.array(self.seconds) * 1e3
        print(f"  a verdict: mean {times.mean():.2f} ms, 99% {np.quantile(times, 0.99):.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="networks and circuits")
    parser.add_argument("--digits", type=int, default=5, help="significant digits of the answers")
    arguments = parser.parse_args()
    causes = Causes(arguments.digits)
    with np.errstate(all="ignore"):
        for number in range(arguments.count):
            causes.paper(number)
    causes.whole_numbers()
    causes.report()


if __name__ == "__main__":
    main()

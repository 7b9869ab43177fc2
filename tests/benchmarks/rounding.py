"""How often honest rounding is called wrong, and how often a slip is called right.

Random networks (`careless_networks`: plain NumPy, nothing shared with the program) are worked out on paper:
every step is rounded to the digits that the exercise asks for, and the next one starts from that. Then the
same with one slip in one step. `python tests/benchmarks/rounding.py [--count 300]`
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
from careless_networks import Network, act, slope
from misconceptions import is_off, labelled

from backprop_tutor.exercise import loads
from backprop_tutor.grading import Marker, Verdict
from backprop_tutor.walkthrough import solve

SEED = 11
Round = Callable[[Any], Any]


class Rule(NamedTuple):
    """So many `digits`, or decimals."""

    digits: int
    decimals: bool = False

    @property
    def key(self) -> str:
        return f"{'decimals' if self.decimals else 'digits'}: {self.digits}"

    def write(self, value: float) -> str:
        if self.decimals:
            return f"{value:.{self.digits}f}"
        return format(Decimal(f"{value:.{self.digits - 1}e}"), "f")

    def rounded(self, array: Any) -> Any:
        return np.vectorize(lambda value: float(self.write(value)), otypes=[float])(array)


class Paper:
    """A network worked out step by step; `slip` changes one quantity of the step named."""

    def __init__(self, network: Network, round_: Round) -> None:
        self.network, self.round = network, round_

    def work(self, slip: tuple[str, Callable[[Any], Any]] | None = None) -> dict[str, Any]:
        n, out = self.network, dict[str, Any]()

        def step(name: str, value: Any) -> Any:
            value = slip[1](value) if slip and slip[0] == name else value
            out[name] = self.round(value)
            return out[name]

        depth = len(n.W)
        hs, nets = [n.x], []
        for i in range(depth):
            bias = 0 if n.b[i] is None else n.b[i]
            nets.append(step(f"net{i + 1}", hs[-1] @ n.W[i].T + bias))
            hs.append(step("z" if i == depth - 1 else f"h{i + 1}", act(n.acts[i], nets[-1])))
        step("J", n._loss(hs[-1], n.t, "", 0))
        g = step("dJ/dz", n._loss_slope(hs[-1], n.t, "", 0))
        for i in reversed(range(depth)):
            delta = step(f"dJ/dnet{i + 1}", self._delta(i, g, nets[i], hs[i + 1]))
            step(f"dJ/dW{i + 1}", delta.T @ hs[i])
            if n.b[i] is not None:
                step(f"dJ/db{i + 1}", delta.sum(axis=0))
            if i:
                g = step(f"dJ/dh{i}", delta @ n.W[i])
        for i in range(depth):
            for letter, old in (("W", n.W[i]), ("b", n.b[i])):
                if old is not None:
                    step(f"{letter}{i + 1}_new", old - n.eta * out[f"dJ/d{letter}{i + 1}"])
        return out

    def _delta(self, i: int, g: Any, net: Any, y: Any) -> Any:
        """Sigmoid and tanh from their own value, as people do it."""
        name = self.network.acts[i]
        if name == "softmax":
            return y * (g - (g * y).sum(axis=1, keepdims=True))
        own = {"sigmoid": y * (1 - y), "tanh": 1 - y**2}
        return g * own.get(name, slope(name, net))


SLIPS: dict[str, Callable[[Any], Any]] = {
    "sign turned round": lambda value: -value,
    "doubled": lambda value: 2 * value,
    "halved": lambda value: value / 2,
    "off by a tenth": lambda value: 1.1 * value,
    "two percent off": lambda value: 1.02 * value,
    "squared": lambda value: value**2,
    "turned round": lambda value: np.flip(value),
    "0.1 too much": lambda value: value + 0.1,
}


class Benchmark:
    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.random = np.random.default_rng(SEED)
        self.honest: dict[str, Counter[str]] = {"all": Counter(), "key": Counter()}
        self.slipped: dict[str, Counter[str]] = {"all": Counter(), "key": Counter()}
        self.old = Counter[str]()
        self.examples: list[str] = []

    def network(self) -> None:
        network = Network(self.random)
        true = Paper(network, lambda value: value).work()
        if not all(np.isfinite(value).all() for value in true.values()):
            return
        for kind, asked in (("all", list(true)), ("key", network.key())):
            text = network.yaml(asked) + f"\n{self.rule.key}\n"
            marker = Marker(solve(loads(text)))
            right = {label: value for _, label, value in labelled(network, true, asked)}
            paper = Paper(network, self.rule.rounded)
            work = paper.work()
            if not all(np.isfinite(value).all() for value in work.values()):
                continue
            for label, verdict in self._sheet(network, marker, work, asked):
                self.honest[kind][verdict.verdict] += 1
                if verdict.verdict == "wrong":
                    self.examples.append(f"{label} = {verdict.given}, right {right[label]:.6g}: {verdict.message}")
            self._slips(network, marker, paper, work, asked, kind)

    def _sheet(
        self, network: Network, marker: Marker, work: dict[str, Any], asked: list[str]
    ) -> Iterator[tuple[str, Verdict]]:
        history: dict[str, Verdict] = {}
        done = ""
        pending: dict[str, Verdict] = {}
        for quantity, label, value in labelled(network, work, asked):
            if quantity != done:
                history |= pending
                done, pending = quantity, {}
            pending[label] = marker.mark(label, self.rule.write(value), history)
            yield label, pending[label]

    def _slips(
        self,
        network: Network,
        marker: Marker,
        paper: Paper,
        work: dict[str, Any],
        asked: list[str],
        kind: str,
    ) -> None:
        """One step with each slip, after honest work: what it spoils in that very step must not be right."""
        for says, slip in SLIPS.items():
            step = str(self.random.choice(asked))
            slipped = paper.work((step, slip))
            honest = {label: value for _, label, value in labelled(network, work, asked)}
            for label, verdict in self._sheet(network, marker, slipped, asked[: asked.index(step) + 1]):
                if label.startswith(step) and self._differs(slipped, honest, label, network, asked):
                    self.slipped[kind][verdict.verdict] += 1
                    if verdict.passed:
                        self.examples.append(f"slip {says}: {label} = {verdict.given} called {verdict.verdict}")
        self._old_weights(network, marker, work, asked)

    def _differs(
        self, slipped: dict[str, Any], honest: dict[str, float], label: str, network: Network, asked: list[str]
    ) -> bool:
        value = {name: v for _, name, v in labelled(network, slipped, asked)}[label]
        return is_off(value, honest[label])

    def _old_weights(
        self, network: Network, marker: Marker, work: dict[str, Any], asked: list[str]
    ) -> None:
        history = dict(self._sheet(network, marker, work, [a for a in asked if "_new" not in a]))
        for i, (W, b) in enumerate(zip(network.W, network.b, strict=True), 1):
            for letter, old in (("W", W), ("b", b)):
                if old is not None:
                    for _, label, value in labelled(network, {f"{letter}{i}_new": old}, [f"{letter}{i}_new"]):
                        quantity = marker.solution.find(label)
                        index = next(quantity.indices(marker.solution.shapes[quantity.name]))
                        new = float(marker.solution.value(quantity.name)[index])
                        step = abs(new - value)
                        if step > (0.5 * 10.0**-self.rule.digits if self.rule.decimals else 1e-12):
                            self.old[marker.mark(label, repr(float(value)), history).verdict] += 1

    def report(self) -> None:
        print(f"{self.rule.key}")
        for kind in self.honest:
            for title, counts in (("honest", self.honest[kind]), ("slipped", self.slipped[kind])):
                total = sum(counts.values())
                shares = ", ".join(f"{name} {n} ({n / total:.2%})" for name, n in counts.most_common())
                print(f"  {title:8} {kind}: {shares}")
        print(f"  old weights: {dict(self.old)}")
        for example in self.examples[:MOST_SHOWN]:
            print(f"    {example}")


MOST_SHOWN = 12
RULES = (Rule(3), Rule(4), Rule(3, decimals=True), Rule(4, decimals=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300, help="networks a rule")
    arguments = parser.parse_args()
    for rule in RULES:
        benchmark = Benchmark(rule)
        with np.errstate(all="ignore"):
            for _ in range(arguments.count):
                benchmark.network()
        benchmark.report()


if __name__ == "__main__":
    main()

"""How often honest rounding is called wrong, and how often a slip is called right.

Random networks (`careless_networks`: plain NumPy, nothing shared with the program) are worked out on paper:
every step is rounded to the digits that the exercise asks for, and the next one starts from that. Then the
same with one slip in one step. `python tests/benchmarks/rounding.py [--count 300]`
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Callable
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

    def tells(self, wrong: float, right: float) -> bool:
        """Whether a slip changes a number by more than rounding does: by 2%, and by 2 in its last digit."""
        places = self.digits if self.decimals else self.digits - 1 - np.floor(np.log10(abs(right) or 1))
        last = 10.0**-places
        return bool(abs(wrong - right) > max(0.02 * abs(right), 2 * last))

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
    "squared": lambda value: value**2,
    "0.1 too much": lambda value: value + 0.1,
    "a tenth too much": lambda value: 1.1 * value,
}


class Benchmark:
    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.random = np.random.default_rng(SEED)
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.examples: list[str] = []

    def network(self) -> None:
        network = Network(self.random)
        true = Paper(network, lambda value: value).work()
        work = Paper(network, self.rule.rounded).work()
        if not all(np.isfinite(value).all() for value in (*true.values(), *work.values())):
            return
        for kind, asked in (("all", list(true)), ("key", network.key())):
            marker = Marker(solve(loads(f"{network.yaml(asked)}\n{self.rule.key}\n")))
            history: dict[str, Verdict] = {}
            for quantity in asked:
                self._slips(network, marker, work, quantity, history, kind)
                found = self._marked(network, marker, work, quantity, history)
                for label, verdict in found.items():
                    self.counts[f"honest, {kind} asked"][verdict.verdict] += 1
                    if verdict.verdict == "wrong":
                        self.examples.append(f"{label} = {verdict.given}: {verdict.message}")
                history |= found

    def _marked(
        self,
        network: Network,
        marker: Marker,
        work: dict[str, Any],
        quantity: str,
        history: dict[str, Verdict],
    ) -> dict[str, Verdict]:
        return {
            label: marker.mark(label, self.rule.write(value), history)
            for _, label, value in labelled(network, work, [quantity])
        }

    def _slips(
        self,
        network: Network,
        marker: Marker,
        work: dict[str, Any],
        quantity: str,
        history: dict[str, Verdict],
        kind: str,
    ) -> None:
        """The quantity with slips in its own step, after honest work: what they spoil must not be right."""
        paper = Paper(network, self.rule.rounded)
        honest = {label: value for _, label, value in labelled(network, work, [quantity])}
        slipped = {says: paper.work((quantity, slip)) for says, slip in SLIPS.items()}
        if "_new" in quantity:
            old = getattr(network, quantity[0])[int(quantity[1]) - 1]
            slipped["old weights"] = {quantity: old}
        for says, wrong in slipped.items():
            for _, label, value in labelled(network, wrong, [quantity]):
                text = f"{value:.16g}" if says == "old weights" else self.rule.write(value)
                if says != "old weights" and not self.rule.tells(value, honest[label]):
                    continue
                if says == "old weights" and not is_off(value, honest[label]):
                    continue
                verdict = marker.mark(label, text, history)
                title = says if says in ("old weights", "a tenth too much") else "slipped"
                self.counts[f"{title}, {kind} asked"][verdict.verdict] += 1
                if verdict.passed:
                    self.examples.append(f"{says}: {label} = {text} for {honest[label]} is {verdict.verdict}")

    def report(self) -> None:
        print(self.rule.key)
        for title, counts in self.counts.items():
            total = sum(counts.values())
            shares = ", ".join(f"{name} {n} ({n / total:.2%})" for name, n in counts.most_common())
            print(f"  {title}: {shares}")
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

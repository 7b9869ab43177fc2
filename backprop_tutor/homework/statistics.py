"""What a class got wrong: counts that grow with the exercise, not with the number of sheets."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

__all__ = ["ClassReport"]

BINS = 10
SHOWN_REFUSED = 20


@dataclass(slots=True)
class ClassReport:
    """The report on a class, one line of details at a time."""

    exercise: str
    title: str = ""
    out_of: float = 0.0
    sheets: int = 0
    marked: int = 0
    missing: int = 0
    total: float = 0.0
    bins: list[int] = field(default_factory=lambda: [0] * BINS)
    asked: Counter[str] = field(default_factory=Counter)  # by element
    right: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    students: Counter[str] = field(default_factory=Counter)  # by misconception
    steps: dict[str, Counter[str]] = field(default_factory=dict)  # of a misconception, by element
    refused: list[tuple[str, str]] = field(default_factory=list)  # the first few: sheet and reason
    kept: int = 0

    def add(self, line: dict[str, Any]) -> None:
        """Count one line of details."""
        if line["status"] == "missing":
            self.missing += 1
            return
        self.sheets += 1
        if line["status"] != "marked":
            if len(self.refused) < SHOWN_REFUSED:
                self.refused.append((str(line["sheet"]), str(line["reason"])))
            return
        self.marked += 1
        self.out_of = line["out_of"]
        self.total += line["score"]
        share = line["score"] / line["out_of"] if line["out_of"] else 1.0
        self.bins[min(int(share * BINS), BINS - 1)] += 1
        named = set()
        for answer in line["answers"]:
            self.asked[answer["quantity"]] += 1
            self.right[answer["quantity"]] += answer["verdict"] in ("correct", "follow-through")
            self.verdicts[answer["verdict"]] += 1
            for misconception in answer["misconceptions"][:1]:  # the likeliest
                named.add(misconception)
                self.steps.setdefault(misconception, Counter())[answer["quantity"]] += 1
        self.students.update(named)

    @property
    def not_marked(self) -> int:
        return self.sheets - self.marked

    @property
    def mean(self) -> float:
        return self.total / self.marked if self.marked else 0.0

    def hardest(self, count: int = 5) -> list[tuple[str, float]]:
        """The elements with the smallest shares of right answers, none that all had right."""
        shares = [(name, self.right[name] / asked) for name, asked in self.asked.items()]
        return sorted((pair for pair in shares if pair[1] < 1), key=lambda pair: pair[1])[:count]

    def misconceptions(self, count: int = 12) -> list[tuple[str, int, list[tuple[str, int]]]]:
        """Misconceptions by how many sheets had them, each with its commonest steps."""
        ordered = sorted(self.students.items(), key=lambda pair: (-pair[1], pair[0]))[:count]
        return [(name, sheets, self.steps[name].most_common(3)) for name, sheets in ordered]

"""How a session went: counts, misconceptions met, time."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from backprop_tutor.tutor.state import QuestionRecord, State

__all__ = ["OUTCOMES", "Summary", "misconceptions_met", "summarize", "time_text"]

OUTCOMES = (
    "at once",
    "after hints",
    "after another try",
    "filled in",
    "shown",
    "wrong",
    "skipped",
    "unanswered",
)


class Summary(NamedTuple):
    """`counts` has a number for each of `OUTCOMES`; `misconceptions` how often each was met for certain,
    `possible` how often it may have been beside that."""

    questions: int
    counts: dict[str, int]
    follow_through: int
    misconceptions: dict[str, int]
    possible: dict[str, int]
    seconds: float
    complete: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "questions": self.questions,
            "counts": {name.replace(" ", "_"): count for name, count in self.counts.items()},
            "follow_through": self.follow_through,
            "misconceptions": self.misconceptions,
            "possible": self.possible,
            "seconds": round(self.seconds, 1),
            "complete": self.complete,
        }


def misconceptions_met(records: Iterable[QuestionRecord]) -> tuple[dict[str, int], dict[str, int]]:
    """How often each was met, for certain and possibly, the commonest first."""
    met = Counter((t.misconceptions[0], t.ambiguous) for r in records for t in r.tries if t.misconceptions)
    certain = {name: times for (name, ambiguous), times in met.most_common() if not ambiguous}
    return certain, {name: times for (name, ambiguous), times in met.most_common() if ambiguous}


def summarize(state: State) -> Summary:
    outcomes = Counter(record.outcome for record in state.records)
    certain, possible = misconceptions_met(state.records)
    return Summary(
        len(state.records),
        {name: outcomes[name] for name in OUTCOMES},
        sum(r.standing.verdict == "follow-through" for r in state.records if r.standing),
        certain,
        possible,
        state.seconds,
        state.is_complete,
    )


def time_text(seconds: float) -> str:
    """`40 s`, `3 min 20 s`, `1 h 5 min`."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"

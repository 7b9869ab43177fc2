"""What a session remembers: what was answered at each question, and which question is on."""

from typing import Literal, NamedTuple

__all__ = ["NOT_AN_ANSWER", "RIGHT", "QuestionRecord", "State", "Status", "Try"]

Status = Literal["open", "right", "shown", "skipped", "wrong"]
RIGHT = ("correct", "follow-through")
NOT_AN_ANSWER = ("invalid", "undecided", "blank")  # verdicts that cost nothing and stand for no value


class Try(NamedTuple):
    """One answer typed, and what became of it. The first of the `misconceptions` is its cause: possibly,
    where it is `ambiguous`, else for certain."""

    text: str
    verdict: str
    misconceptions: tuple[str, ...] = ()
    ambiguous: bool = False

    @property
    def counts(self) -> bool:
        return self.verdict not in NOT_AN_ANSWER

    @property
    def is_right(self) -> bool:
        return self.verdict in RIGHT


class QuestionRecord(NamedTuple):
    """Everything about one question. `hints` is how many were given."""

    status: Status = "open"
    tries: tuple[Try, ...] = ()
    hints: int = 0

    @property
    def standing(self) -> Try | None:
        """The answer that stands: the last that could be judged, or that was right where one was."""
        counted = [t for t in self.tries if t.counts and (self.status != "right" or t.is_right)]
        return counted[-1] if counted else None

    @property
    def answer(self) -> str | None:
        """The student's own value."""
        return self.standing.text if self.standing else None

    @property
    def outcome(self) -> str:
        """How it went, in the words of the summary."""
        counted = [t for t in self.tries if t.counts]
        if self.status == "right":
            if not counted:
                return "filled in"
            return "after hints" if self.hints else "at once" if counted[0].is_right else "after another try"
        if self.status == "open":
            return "wrong" if counted else "unanswered"
        return self.status


class State(NamedTuple):
    """`at` is the place of the question that is on; it is past the last one when all have been asked.

    `whys` counts how often `why` was asked at it; `guessed` are the targets of the questions whose prediction
    was made.
    """

    records: tuple[QuestionRecord, ...]
    at: int = 0
    seconds: float = 0.0
    left: bool = False
    whys: int = 0
    guessed: frozenset[str] = frozenset()

    @property
    def is_over(self) -> bool:
        return self.left or self.at >= len(self.records)

    @property
    def done(self) -> int:
        """How many questions are settled."""
        return sum(record.status != "open" for record in self.records)

    @property
    def is_complete(self) -> bool:
        """Whether every question is answered rightly, or was shown."""
        return all(record.status in ("right", "shown") for record in self.records)

    @property
    def wrong_tries(self) -> int:
        """How many wrong answers the question that is on has had."""
        return sum(t.verdict == "wrong" for t in self.records[self.at].tries)

    def with_record(self, record: QuestionRecord, **changes: int) -> "State":
        """With `record` in place of that of the question that is on."""
        records = (*self.records[: self.at], record, *self.records[self.at + 1 :])
        return self._replace(records=records, **changes)  # type: ignore[arg-type]

    def reopened(self) -> "State":
        """To go on with: skipped and wrong questions are asked again, from the first open one."""
        records = tuple(
            record._replace(status="open") if record.status in ("skipped", "wrong") else record
            for record in self.records
        )
        at = next((n for n, record in enumerate(records) if record.status == "open"), len(records))
        return self._replace(records=records, at=at, left=False, whys=0)

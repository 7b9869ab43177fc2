"""Verdicts on wrong numbers, kept by all that they depend on: in a class, many give the same answers."""

from collections.abc import Callable, Hashable, Iterable

from backprop_tutor.grading.verdict import Verdict

__all__ = ["KeptVerdicts"]

MOST = 10_000  # answers and verdicts that are kept; then it begins anew


class KeptVerdicts:
    """Each answer that was given before is counted once, so that a key is a few small numbers."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._verdicts: dict[Hashable, Verdict] = {}

    def verdict(self, answer: Hashable, before: Iterable[Hashable], judge: Callable[[], Verdict]) -> Verdict:
        """That on an `answer` after the answers `before`, which `judge` gives where it is not known."""
        if len(self._numbers) + len(self._verdicts) > MOST:
            self._numbers.clear()
            self._verdicts.clear()
        key = (answer, *map(self._number, before))
        if key not in self._verdicts:
            self._verdicts[key] = judge()
        return self._verdicts[key]

    def _number(self, answer: Hashable) -> int:
        return self._numbers.setdefault(answer, len(self._numbers))

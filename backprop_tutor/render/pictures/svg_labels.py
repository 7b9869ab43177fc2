"""Where labels stand on their lines, so that they cover neither each other nor other lines."""

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Label", "place_labels"]

PLACES = (0.5, 0.38, 0.62, 0.28, 0.72, 0.2, 0.8, 0.14, 0.86)  # along the line, best first
Segment = tuple[float, float, float, float]


class Label(NamedTuple):
    """A label of a size, on the line from (x1, y1) to (x2, y2)."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    height: float

    def at(self, share: float) -> tuple[float, float]:
        return self.x1 + share * (self.x2 - self.x1), self.y1 + share * (self.y2 - self.y1)


def place_labels(labels: Sequence[Label], lines: Sequence[Segment]) -> list[tuple[float, float]]:
    """The middle of each label. The flattest lines choose first: they have the least room."""
    placed: dict[int, tuple[float, float]] = {}
    for number in sorted(range(len(labels)), key=lambda n: abs(labels[n].y2 - labels[n].y1)):
        label = labels[number]
        others = [line for line in lines if line != label[:4]]

        def cost(share: float, label: Label = label, others: list[Segment] = others) -> float:
            x, y = label.at(share)
            covered = sum(_overlap(x, y, label, *placed[other], labels[other]) for other in placed)
            crossed = sum(_crosses(x, y, label, line) for line in others)
            outside = not label.x1 + label.width / 2 < x < label.x2 - label.width / 2
            return 10 * covered + crossed + 5 * outside + abs(share - 0.5) / 10

        placed[number] = label.at(min(PLACES, key=cost))
    return [placed[number] for number in range(len(labels))]


def _overlap(x: float, y: float, a: Label, other_x: float, other_y: float, b: Label) -> bool:
    return abs(x - other_x) < (a.width + b.width) / 2 and abs(y - other_y) < (a.height + b.height) / 2


def _crosses(x: float, y: float, label: Label, line: Segment) -> bool:
    """Whether the line goes through the label, looked at from the left to the right edge of it."""
    x1, y1, x2, y2 = line
    left, right = max(x - label.width / 2, x1), min(x + label.width / 2, x2)
    if left > right or x1 == x2:
        return False
    slope = (y2 - y1) / (x2 - x1)
    ends = y1 + slope * (left - x1), y1 + slope * (right - x1)
    return min(ends) < y + label.height / 2 and max(ends) > y - label.height / 2

"""A curve of numbers in characters: the loss over the steps of training."""

from collections.abc import Sequence

from backprop_tutor.walkthrough import decimal

__all__ = ["curve"]


def curve(losses: Sequence[float], width: int, height: int, mark: str = "•") -> list[str]:
    """At most one point a column, evenly spread; the lowest line is the smallest value."""
    low, high = min(losses), max(losses)
    labels = [decimal(high, 4), decimal(low, 4)]
    margin = max(map(len, labels)) + 2
    columns = max(width - margin, 1)
    points = min(columns, len(losses))
    rows = max(height - 2, 2)
    grid = [[" "] * columns for _ in range(rows)]
    for point in range(points):
        share = point / max(points - 1, 1)
        value = losses[round(share * (len(losses) - 1))]
        depth = (high - value) / (high - low) if high > low else 0.0
        grid[round(depth * (rows - 1))][round(share * (columns - 1))] = mark
    sides = [labels[0], *[""] * (rows - 2), labels[1]]
    lines = [f"{side:>{margin - 2}} |{''.join(row).rstrip()}" for side, row in zip(sides, grid, strict=True)]
    end = f"{len(losses) - 1}"
    axis = f"{'':{margin - 2}} +{'-' * columns}"
    return [*lines, axis, f"{'':{margin}}0{end:>{max(columns - 1, len(end) + 1)}}"]

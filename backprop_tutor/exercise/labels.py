"""Targets that are given as classes: `t: 3` is a share of 1 for the third one and of 0 for the others."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import numpy as np

from backprop_tutor.engine.op import Loss
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.rectangles import Numbers
from backprop_tutor.exercise.yaml_reader import Path as Place

__all__ = ["Labels"]


class Labels:
    """Turns labels among `values` into shares; `place` says where the file has an element of a leaf."""

    def __init__(
        self, values: dict[str, Numbers], place: Callable[[str, tuple[int, ...]], Place], report: FaultReport
    ) -> None:
        self.values, self.place, self.report = values, place, report
        self.names: set[str] = set()

    def are_labels(self, name: str, outputs: tuple[int, ...]) -> bool:
        """Whether `name` holds one class for each vector of `outputs`, not one share a class."""
        array = self.values[name]
        is_row = array.shape == outputs[-1:] and array.sum() == 1  # the same shares for every vector
        return array.shape == outputs[:-1] and not (is_row and array.ndim)

    def spread(self, name: str, classes: int) -> None:
        """Put shares, along a further axis, in the place of the labels `name`.

        Those that are not whole or out of range become faults in the report, and stay 0 everywhere.
        """
        labels: Any = self.values[name]
        one, zero = (Fraction(1), Fraction(0)) if labels.dtype == object else (1.0, 0.0)
        shares = np.full((*labels.shape, classes), zero, dtype=labels.dtype)
        for at in np.ndindex(labels.shape):
            label = Fraction(labels[at])
            if label.denominator == 1 and 1 <= label <= classes:
                shares[(*at, int(label) - 1)] = one
            else:
                what = "is out of range" if label.denominator == 1 else "is no whole number"
                hint = f"Classes are counted from 1 to {classes}."
                self.report.add(self.place(name, at), f"the class {_short(labels[at])} {what}.", hint)
        self.values[name] = shares
        self.names.add(name)

    def check_variants(self, varied: Iterable[str]) -> None:
        for name in self.names.intersection(varied):
            what = f"{name} holds classes, which do not vary."
            self.report.add(("variants", name), what, "Remove it.", key=True)

    def check_whole(self, targets: Iterable[tuple[str, Loss]]) -> None:
        """A loss of one class takes no shares of several."""
        for name, loss in targets:
            if loss.targets == "class" and name in self.values and self.values[name].ndim:
                shares = self.values[name]
                wrong = np.any((shares != 0) & (shares != 1), axis=-1) | (np.sum(shares, axis=-1) != 1)
                for at in np.argwhere(wrong)[:1]:
                    what = f"the targets {', '.join(map(_short, shares[tuple(at)]))} are not one class."
                    hint = "This loss takes the number of a class, or a 1 for it and a 0 for every other."
                    self.report.add(self.place(name, tuple(map(int, at))), what, hint)


def _short(label: Any) -> str:
    return str(label) if isinstance(label, Fraction) else f"{label:g}"

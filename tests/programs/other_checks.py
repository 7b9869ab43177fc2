"""What usual checks say of the same ten bugs: a relative error, central differences, and `code`."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from corpus import BUGS, EXERCISES, Bug, program

from backprop_tutor import loads, solve
from backprop_tutor.programs.array_check import ArrayChecker
from backprop_tutor.programs.assignments import Assignments
from backprop_tutor.render.code.skeleton import skeleton

TEN = (
    "1/N left out",
    "bias forgotten",
    "softmax over the wrong axis",
    "labels off by one",
    "bias not summed",
    "mask from the gradient",
    "dW2 transposed",
    "dh1 masked in place",
    "weights updated too early",
    "last example left out",
)
GRADIENTS = {"W1": "dW1", "b1": "db1", "W2": "dW2", "b2": "db2"}
STEP = 1e-5
FAILS = 1e-4  # relative differences from here on count as failed


class Row(NamedTuple):
    """One bug, and what each check says of it."""

    bug: str
    relative_error: str
    differences: str
    code: str

    def markdown(self) -> str:
        return f"| {' | '.join(self)} |"


@cache
def checker() -> tuple[ArrayChecker, str]:
    solution = solve(loads(EXERCISES["digits"]))
    return ArrayChecker(solution), skeleton(solution)[1].code


def run(text: str, **changed: Any) -> dict[str, Any]:
    """The program with some of its data replaced, as a function of its parameters would be."""
    space: dict[str, Any] = {}
    data = f"import numpy as np\n{checker()[1]}"
    exec(compile(data, "data", "exec"), space)
    space.update(changed)
    with np.errstate(all="ignore"):
        exec(compile(text, "program", "exec"), space)
    return space


def relative(x: Any, y: Any) -> float:
    """The relative error that courses hand out: the largest |x - y| / (|x| + |y|)."""
    try:
        with np.errstate(all="ignore"):
            return float(np.max(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y))))
    except ValueError:
        return np.nan


def by_differences(text: str, name: str) -> np.ndarray:
    """dJ by one parameter: central differences of the program's own loss."""
    value = run("")[name]
    found = np.zeros_like(value)
    for index in np.ndindex(value.shape):
        losses = []
        for sign in (1, -1):
            moved = value.copy()
            moved[index] += sign * STEP
            losses.append(run(text, **{name: moved})["J"])
        found[index] = (losses[0] - losses[1]) / (2 * STEP)
    return found


def rows() -> Iterator[Row]:
    right = run(program("digits"))
    for says in TEN:
        bug = next(bug for bug in BUGS if bug.of == "digits" and bug.says == says)
        text = program("digits", bug.changes)
        mine = run(text)
        errors = {name: relative(mine[name], right[name]) for name in GRADIENTS.values()}
        checks = {d: relative(mine[d], by_differences(text, name)) for name, d in GRADIENTS.items()}
        yield Row(says, _failed(errors), _failed(checks), _ours(bug, text, mine))


def _failed(errors: dict[str, float]) -> str:
    """Each array that fails with its figure."""
    listed = [
        f"`{name}` {'shape' if np.isnan(error) else f'{error:.0e}'}"
        for name, error in errors.items()
        if np.isnan(error) or error > FAILS
    ]
    return ", ".join(listed) or "passes"


def _ours(bug: Bug, text: str, mine: dict[str, Any]) -> str:
    found = checker()[0].check(mine, None, Assignments([("program", text)]).changes)
    first = next(verdict for verdict in found.verdicts if verdict.verdict == "wrong")
    return first.message.replace("|", "\\|")


if __name__ == "__main__":
    for row in rows():
        print(row.markdown())

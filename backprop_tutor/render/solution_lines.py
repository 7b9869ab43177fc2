"""A solution from its heading to its checks, as the lines of any renderer."""

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from backprop_tutor.render.texts import Checks
from backprop_tutor.render.view import Leaf, StepView, notes
from backprop_tutor.walkthrough import Solution

__all__ = ["Renderer", "solution_lines"]

L = TypeVar("L", covariant=True)


class Renderer(Protocol[L]):
    """What shows a solution part by part, in lines of its own kind."""

    def header(self, solution: Solution, leaves: Iterable[Leaf]) -> Iterable[L]: ...
    def leaves(self, leaves: Iterable[Leaf]) -> Iterable[L]: ...
    def step(self, view: StepView) -> Iterable[L]: ...
    def footer(self, checks: Checks, notes: Iterable[str]) -> Iterable[L]: ...


def solution_lines(
    renderer: Renderer[L],
    solution: Solution,
    leaves: Iterable[Leaf],
    views: Iterable[StepView],
    *,
    whole: bool = True,
) -> Iterator[L]:
    """The lines of `views`, each as soon as it is there; `whole` begins with what the exercise is."""
    checks = Checks()
    yield from renderer.header(solution, leaves) if whole else renderer.leaves(leaves)
    for view in views:
        checks.add(view)
        yield from renderer.step(view)
    yield from renderer.footer(checks, notes(solution))

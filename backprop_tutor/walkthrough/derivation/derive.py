"""The driver: one rule after the other, from an unevaluated derivative to a formula without any."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from backprop_tutor.language.expr import Expr, Partial
from backprop_tutor.walkthrough.derivation import rules
from backprop_tutor.walkthrough.derivation.lines import Line
from backprop_tutor.walkthrough.derivation.rule import Rule, Scene
from backprop_tutor.walkthrough.derivation.terms import rewrite_first, size, walk

__all__ = ["TooLong", "derive"]

MAX_LINES = 400
MAX_SIZE = 4000  # places in a line

Change = Callable[[Expr], Expr | None]


class TooLong(Exception):  # noqa: N818 - a property of the graph, nobody's error
    """The derivation would be longer than anybody reads."""


def derive(scene: Scene, left: Expr) -> Iterator[Line]:
    """The lines that follow from `scene.line`, one rule each, until no rule fits. Raises TooLong."""
    for _ in range(MAX_LINES):
        step = _step(scene)
        if step is None:
            return
        name, expr = step
        if size(expr) > MAX_SIZE:
            raise TooLong
        yield Line(name, expr, left)
        scene = replace(scene, line=expr)
    raise TooLong


def _step(scene: Scene) -> tuple[str, Expr] | None:
    """The next line and the name of the rule that gives it: tidy first, then differentiate, then finish."""
    pending = any(isinstance(part, Partial) for part in walk(scene.line))
    for rule in rules.TIDYING:
        step = _apply([rule], scene)
        if step:
            return step
    if pending:
        return _apply(rules.DERIVING, scene, only=Partial)
    return next((step for rule in rules.FINISHING if (step := _apply([rule], scene))), None)


def _apply(table: Iterable[Rule], scene: Scene, only: type | None = None) -> tuple[str, Expr] | None:
    """The first place that one of the rules fits, rewritten by it."""
    names: list[str] = []

    def change(place: Expr) -> Expr | None:
        if only is not None and not isinstance(place, only):
            return None
        for entry in table:
            rule = rules.TABLE[entry.name]
            changed = rule.apply(scene, place)
            if changed is not None:
                names.append(rule.title(scene, place))
                return changed
        return None

    changed = rewrite_first(scene.line, change)
    return None if changed is None else (names[-1], changed)

"""The driver: one rule after the other, from an unevaluated derivative to a formula without any."""

from collections.abc import Iterator
from dataclasses import replace

from backprop_tutor.language.expr import Expr
from backprop_tutor.walkthrough.derivation import rules
from backprop_tutor.walkthrough.derivation.derivation_form import Line
from backprop_tutor.walkthrough.derivation.rule import Rule, Scene
from backprop_tutor.walkthrough.derivation.terms import depth, rewrite_everywhere, rewrite_first, size

__all__ = ["TooLong", "derive"]

MAX_LINES = 400
MAX_SIZE = 4000  # places in a line
MAX_DEPTH = 80  # of them within one another


class TooLong(Exception):  # noqa: N818 - a property of the graph, nobody's error
    """The derivation would be longer than anybody reads."""


def derive(scene: Scene, left: Expr, *, everywhere: bool = False) -> Iterator[Line]:
    """The lines that follow from `scene.line`, one rule each, until no rule fits. Raises TooLong.

    A rule rewrites one place a line, or all places that it fits `everywhere`.
    """
    for _ in range(MAX_LINES):
        try:
            step = _step(scene, everywhere)
        except RecursionError:  # of formulas that are written out inside one another
            raise TooLong from None
        if step is None:
            return
        rule, name, expr = step
        if size(expr) > MAX_SIZE or depth(expr) > MAX_DEPTH:
            raise TooLong
        yield Line(name, expr, left, minor=rule.minor, assumes=rule.assumes)
        scene = replace(scene, line=expr)
    raise TooLong


def _step(scene: Scene, everywhere: bool) -> tuple[Rule, str, Expr] | None:
    """The next line, the rule that gives it, and its name there."""
    return next((step for group in rules.ORDER if (step := _apply(group, scene, everywhere))), None)


def _apply(group: tuple[Rule, ...], scene: Scene, everywhere: bool) -> tuple[Rule, str, Expr] | None:
    """The first place that a rule of the group fits, rewritten by it, or all places that this rule fits."""
    names: list[str] = []
    used: list[Rule] = []
    table = [rules.TABLE[rule.name] for rule in group]

    def change(place: Expr) -> Expr | None:
        for rule in table:
            changed = rule.rewrite(scene, place)
            if changed is not None:
                title = rule.title(scene, place)
                if names and title != names[0]:
                    return None
                names.append(title)
                used.append(rule)
                return changed
        return None

    if everywhere or group[0].everywhere:
        changed = rewrite_everywhere(scene.line, change)
        return (used[0], names[0], changed) if names else None
    found = rewrite_first(scene.line, change)
    return None if found is None else (used[0], names[0], found)

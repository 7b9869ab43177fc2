"""`solve --json`: the contract of the design, format 1."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np

from backprop_tutor.engine.graph import Node
from backprop_tutor.engine.oracles import ROUTES
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.language import Style, to_text
from backprop_tutor.render.view import Selection, StepView, view
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["solution_json", "step_document"]

AXES = {1: ("element",), 2: ("row", "column")}


def solution_json(
    solution: Solution,
    selection: Selection,
    precision: int,
    progress: Callable[[int, int], None] | None = None,
) -> str:
    """The solution as one line of JSON. Steps and gradients are those of `selection`."""
    views = list(view(solution, selection, precision, progress, every=True))
    document = {
        "format": 1,
        "exercise": solution.exercise.name,
        "title": solution.exercise.title,
        "quantities": _quantities(solution, [v.step for v in views]),
        "steps": [step_document(v) for v in views],
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def _quantities(solution: Solution, steps: list[Step]) -> dict[str, Any]:
    roles = {"loss": "loss", "backward": "gradient", "update": "update", "forward": "forward"}
    found = {}
    for node in solution.graph.nodes.values():
        if node.role in ("given", "parameter"):
            found[node.name] = _quantity(solution, node.name, node, node.role)
    for step in steps:
        found[step.quantity] = _quantity(solution, step.quantity, step.node, roles[step.phase])
    return found


def _quantity(solution: Solution, name: str, node: Node, role: str) -> dict[str, Any]:
    exact = solution.exact(name)
    numbered = tuple(f"axis {k + 1}" for k in range(len(node.shape)))
    return {
        "role": role,
        "axes": list(node.axes or AXES.get(len(node.shape), numbered)),
        "shape": list(node.shape),
        "value": (np.asarray(solution.value(name), dtype=float) + 0.0).tolist(),  # + 0.0: no -0.0
        "exact": None if exact is None else _nested(exact),
    }


def _nested(exact: Array) -> Any:
    return np.vectorize(str, otypes=[object])(exact).tolist() if exact.ndim else str(exact.item())


def step_document(view: StepView) -> dict[str, Any]:
    step, style = view.step, Style()
    single = view.rows[0] if step.node.size == 1 and view.rows else None
    formula = single.formula if single else step.form
    substituted = single.substituted if single else next(iter(view.array), None)
    confirmed = view.confirmation
    is_gradient = step.phase == "backward"
    checks: dict[str, bool | None] = dict.fromkeys(ROUTES)
    reason = "left out of so many; ask for it with --quantity" if is_gradient else "it is not a gradient"
    unchecked = dict.fromkeys(ROUTES, reason)
    if confirmed:
        checks, unchecked = confirmed.checks, confirmed.unchecked
    return {
        "id": step.id,
        "phase": step.phase,
        "quantity": step.quantity,
        "rule": step.rule,
        "formula": to_text(formula, style) if formula is not None else "",
        "substituted": to_text(substituted, style) if substituted is not None else "",
        "explanation": step.explanation,
        "uses": list(step.uses),
        "elements": [
            {
                "quantity": to_text(row.name, style),
                "formula": to_text(row.formula, style) if row.formula is not None else "",
                "substituted": to_text(row.substituted, style) if row.substituted is not None else "",
                "value": row.value + 0.0,
                "exact": None if row.exact is None else str(row.exact),
            }
            for row in view.rows
        ],
        "checks": {**checks, "formula": True if step.form is not None else None},
        "unchecked": unchecked,
    }

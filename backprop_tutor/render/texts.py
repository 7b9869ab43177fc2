"""The texts that every reading of a solution shares: names, shapes, marks and the footer."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from backprop_tutor.engine.oracles import NOT_ASKED, ROUTES
from backprop_tutor.language import Style
from backprop_tutor.language.counted import many
from backprop_tutor.render.view import StepView
from backprop_tutor.render.wording import PHASE_TITLES, quantity_text, shape_text, typed_text
from backprop_tutor.walkthrough import Solution

__all__ = [
    "PHASE_TITLES",
    "ROUTE_NAMES",
    "Checks",
    "at_a_glance",
    "confirmed_by",
    "has_matrix_form",
    "letters_of",
    "mark",
    "quantity_text",
    "shape_text",
    "typed_text",
]

ROUTE_NAMES = {
    "forward_mode": "forward mode",
    "finite_difference": "central differences",
    "sympy": "SymPy's diff",
}
LETTERS = {"forward_mode": "F", "finite_difference": "D", "sympy": "S"}


def letters_of(view: StepView) -> str:
    """`RFDS`: R where the printed formula gave the value, and the letters of the routes that confirmed it."""
    letters = "R" if view.step.form is not None else ""
    if view.confirmation:
        letters += "".join(LETTERS[route] for route, ok in view.confirmation.checks.items() if ok)
    return letters


def mark(view: StepView, style: Style) -> str:
    """`✓RFDS`: the letters behind a tick."""
    letters = letters_of(view)
    tick = "✓" if style.glyphs.scripts else "ok "
    return f"{tick}{letters}" if letters else ""


def confirmed_by(view: StepView) -> str:
    """The same in a sentence."""
    said = ["recomputed from its formula"] if view.step.form is not None else []
    if view.confirmation:
        ran = [ROUTE_NAMES[route] for route, ok in view.confirmation.checks.items() if ok]
        said += [f"confirmed by {' and '.join(ran)}"] if ran else []
    text = ", ".join(said)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def at_a_glance(solution: Solution, style: Style) -> str:
    """The graph on one line: `x → net1 → h1 → net2 → z → J`; what each node is made of, if that is not all.

    The parameters and targets of a layer go without saying.
    """
    arrow = " → " if style.glyphs.scripts else " -> "
    nodes = [node for node in solution.graph.folded.nodes.values() if node.op]
    text = {name: quantity_text(name, style) for name in solution.graph.nodes}
    data = [node.name for node in solution.graph.nodes.values() if node.role == "given"]
    numbers = {node.name for node in solution.graph.nodes.values() if node.value is not None}
    leaves = {node.name for node in solution.graph.nodes.values() if not node.op}
    unsaid = numbers if solution.exercise.layers is None else leaves
    if all(set(node.parents) - unsaid == {before.name} for before, node in pairwise(nodes)):
        start = [p for p in nodes[0].parents if p in data]
        names = [", ".join(text[p] for p in start or nodes[0].parents), *(text[n.name] for n in nodes)]
        shown = names if len(names) <= 24 else [*names[:8], "…", *names[-4:]]
        return arrow.join(shown)
    made_of = {n.name: dict.fromkeys(p for p in n.parents if p not in numbers) or n.parents for n in nodes}
    lines = [f"{', '.join(text[p] for p in parents)}{arrow}{text[name]}" for name, parents in made_of.items()]
    return "; ".join(lines if len(lines) <= 24 else [*lines[:8], "…", *lines[-4:]])


@dataclass
class Checks:
    """Counts what was confirmed, for the footer."""

    recomputed: int = 0
    gradients: int = 0
    routes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    worst: float = 0.0

    def add(self, view: StepView) -> None:
        self.recomputed += view.step.form is not None
        if view.confirmation:
            self.gradients += 1
            self.worst = max(self.worst, view.confirmation.disagreement)
            self.routes.update(route for route, ok in view.confirmation.checks.items() if ok)
            self.reasons.update(view.confirmation.unchecked.items())

    def __bool__(self) -> bool:
        return bool(self.recomputed or self.gradients)

    def lines(self, *, document: bool = False) -> list[str]:
        """What the footer says; that of a `document` marks its steps with sentences and not with letters,
        and never asks for the slowest route."""
        lines = []
        if self.recomputed:
            said = f"{many(self.recomputed, 'quantity')} recomputed from the formulas as printed."
            lines.append(said if document else f"R: {said}")
        for route in ROUTES:
            if self.routes[route]:
                said = (
                    f"{self.routes[route]} of {self.gradients} gradients confirmed by {ROUTE_NAMES[route]}."
                )
                lines.append(said if document else f"{LETTERS[route]}: {said}")
        if self.gradients:
            lines.append(f"Largest disagreement, relative to the size of the terms: {self.worst:.1e}.")
        reasons = (
            (reason, n) for reason, n in self.reasons.items() if not document or reason[1] != NOT_ASKED
        )
        return [*lines, *(f"Not run for {n}: {ROUTE_NAMES[route]}: {why}." for (route, why), n in reasons)]


def has_matrix_form(view: StepView) -> bool:
    """Whether the whole-array formula says more than the elements do."""
    return view.step.form is not None and view.step.node.size > 1

"""How each step was confirmed: letters behind a tick, a sentence, and what the footer says of them all."""

from collections import Counter
from dataclasses import dataclass, field

from backprop_tutor.engine.oracles import NOT_ASKED, ROUTES
from backprop_tutor.language.counted import many
from backprop_tutor.render.view import StepView

__all__ = ["ROUTE_NAMES", "Checks", "confirmed_by", "letters_of"]

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


def confirmed_by(view: StepView) -> str:
    """The same in a sentence."""
    said = ["recomputed from its formula"] if view.step.form is not None else []
    if view.confirmation:
        ran = [ROUTE_NAMES[route] for route, ok in view.confirmation.checks.items() if ok]
        said += [f"confirmed by {' and '.join(ran)}"] if ran else []
    text = ", ".join(said)
    return f"{text[0].upper()}{text[1:]}." if text else ""


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

"""The ladder of hints for one question, made from its step: rule, symbols, numbers, answer."""

from backprop_tutor.grading.elements import Elements
from backprop_tutor.language import to_text
from backprop_tutor.language.expr import Array, Call, Expr, Item, Num, Sym, leaves
from backprop_tutor.tutor.question_step import Steps, StepSides
from backprop_tutor.tutor.questions import Question
from backprop_tutor.walkthrough import Step

__all__ = ["Hints", "with_a_gap"]

GAP = Sym("?")
MAX_WHERE = 3  # formulas of what the formula uses


class Hints:
    """Every question's ladder. An exercise's own hints come after the first rung; the last is the answer."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps
        self.own = Elements(steps.solution).respelled(steps.solution.exercise.hints)

    def __call__(self, question: Question) -> list[str]:
        side = self.steps.sides(question)
        return [
            self._rule(question),
            *self._own(question),
            self._symbols(question, side),
            self._numbers(question, side),
            self._equation(side.name, side.value),
        ]

    def _own(self, question: Question) -> tuple[str, ...]:
        if question.part != "value":
            return ()
        return self.own.get(question.target) or self.own.get(question.quantity) or ()

    def _rule(self, question: Question) -> str:
        """Which rule, and which quantities."""
        step = self.steps.step(question)
        uses = [self.steps.quantity(name) for name in self.steps.needed(question)]
        if question.part == "product":
            return "Multiply the upstream gradient by the local derivative."
        prose = self.steps.style.prose
        rule = f"Rule: {prose(step.rule)}. {prose(step.explanation)}".rstrip()
        return f"{rule} You need {_listed(uses)}." if uses else rule

    def _symbols(self, question: Question, side: StepSides) -> str:
        """The formula in symbols; of an array too long for one the first element's."""
        step = self.steps.step(question)
        if side.formula is None:
            return self._nothing_to_compute(step)
        if question.part == "product":
            return f"It is the upstream gradient times the local derivative: {self.steps.text(side.name)}."
        if _is_constant(side.formula):
            return "It is a constant: no quantity is left in it."
        text = self._equation(side.name, self.steps.text(side.formula))
        if question.place is None and step.node.size > 1:
            first = self.steps.example(question)
            if first.formula is not None and self.steps.text(first.formula) != self.steps.text(side.formula):
                text += f", so {self._equation(first.name, self.steps.text(first.formula))}"
        where = [self._equation(s.name, self.steps.text(s.formula)) for s in self._behind(question, side)
                 if s.formula is not None]  # fmt: skip
        return f"{text}, where {', '.join(where[:MAX_WHERE])}" if where else text

    def _behind(self, question: Question, side: StepSides) -> list[StepSides]:
        """What the formula uses without its being asked, followed back."""
        return [] if question.place is None else list(self.steps.behind(side))

    def _numbers(self, question: Question, side: StepSides) -> str:
        """The formula with numbers in all but one place."""
        if question.place is None and side.numbers is None:
            side = self.steps.example(question)
        numbers = side.numbers
        if numbers is None:
            return self._nothing_to_compute(self.steps.step(question))
        if side.formula is not None and _is_constant(side.formula):
            return "Differentiate what uses it: what is left when its own factor goes?"
        if isinstance(numbers, Num):  # it is another quantity, unchanged
            behind = [s for s in self._behind(question, side) if s.numbers and not isinstance(s.numbers, Num)]
            if not behind:
                source = side.formula if side.formula is not None else side.name
                return f"{self._equation(side.name, self.steps.text(source))}: you have that number already."
            side, numbers = behind[0], behind[0].numbers
            assert numbers is not None
        return self._equation(side.name, self.steps.text(with_a_gap(numbers)))

    def _nothing_to_compute(self, step: Step) -> str:
        return f"Repeat the pass before with the new numbers ({self.steps.style.prose(step.rule)})."

    def _equation(self, name: Expr, right: str) -> str:
        return f"{to_text(name, self.steps.style)} = {right}"


def with_a_gap(numbers: Expr) -> Expr:
    """`numbers` with a question mark for the last of them that is no exponent."""
    changed = _gap(numbers)
    return numbers if changed is None else changed


def _gap(expr: Expr) -> Expr | None:
    match expr:
        case Num():
            return GAP
        case Call("pow", (base, exponent), options):
            inside = _gap(base)
            return None if inside is None else Call("pow", (inside, exponent), options)
        case Call(name, args, options):
            parts = _last(args)
            return None if parts is None else Call(name, parts, options)
        case Array(items):
            parts = _last(items)
            return None if parts is None else Array(parts)
        case Item(base, index, example):
            inside = _gap(base)
            return None if inside is None else Item(inside, index, example)
        case _:
            return None


def _last(parts: tuple[Expr, ...]) -> tuple[Expr, ...] | None:
    for place in range(len(parts) - 1, -1, -1):
        inside = _gap(parts[place])
        if inside is not None:
            return (*parts[:place], inside, *parts[place + 1 :])
    return None


def _is_constant(formula: Expr) -> bool:
    return all(isinstance(leaf, Num) for leaf in leaves(formula))


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

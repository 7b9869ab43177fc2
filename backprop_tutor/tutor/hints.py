"""The ladder of hints for one question: it asks before it tells. What to look at, what to multiply, then the
rule in symbols, the numbers, and at last the answer."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from backprop_tutor.engine import ops
from backprop_tutor.grading.elements import Elements
from backprop_tutor.language import to_text
from backprop_tutor.language.expr import Array, Call, Expr, Item, Num, Sym, has_options, leaves, rewrite
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
        first, *others = self._asking(question)
        return [
            first,
            *self._own(question),
            *others,
            self._symbols(question, side),
            self._numbers(question, side),
            self._answer(question, side),
        ]

    def _own(self, question: Question) -> tuple[str, ...]:
        if question.part != "value":
            return ()
        return self.own.get(question.target) or self.own.get(question.quantity) or ()

    def _asking(self, question: Question) -> list[str]:
        """Questions that lead there, made from the arrows of the picture."""
        step = self.steps.step(question)
        match question.part:
            case "product":
                return ["Upstream times local: which two numbers did you find for this path?"]
            case "upstream":
                return ["You found this one before: where does the picture show it?"]
            case "local":
                return [
                    "Hold everything else still: by how much does the one grow when the other grows by 1?"
                ]
            case "formula":
                shapes = ", ".join(map(self._with_shape, step.uses))
                return [f"The shapes must fit: {shapes}. Which has to be transposed?"]
        if step.phase == "backward":
            return [*self._backward(step)]
        if step.phase == "update":
            return [self._update(step)]
        needed = _listed([self.steps.quantity(name) for name in self.steps.needed(question)])
        name = self.steps.quantity(step.quantity)
        if step.phase == "loss" and ops.get(step.node.op).loss:
            return [f"{name} compares {needed}. How far apart are they, and what is done with that?"]
        return [f"Which arrows lead to {name}? They come from {needed}. What is done with what arrives?"]

    def _backward(self, step: Step) -> Iterator[str]:
        name, graph = self.steps.quantity(step.node.name), self.steps.solution.graph
        if step.node.role == "parameter" and self.steps.solution.exercise.layers:  # it stands on a wire
            yield f"Where does {name} enter, and what is done with it there?"
        else:
            yield f"Which arrows leave {name}, and where do they lead?"
        users = list(dict.fromkeys(graph.outer(user) for user, _ in graph.consumers.get(step.node.name, ())))
        if users == [graph.loss]:
            loss, is_loss = self.steps.quantity(graph.loss), ops.get(graph.nodes[graph.loss].op).loss
            asks = (
                "What is the inner derivative?" if is_loss else "What is left when all else stays as it is?"
            )
            yield f"{loss} is the next thing: differentiate its formula by {name}. {asks}"
        elif len(users) > 1:
            yield "One path an arrow: upstream times local along each, and then? What is upstream on each?"
        else:
            yield "Upstream times local: what is upstream, and have you found it already? What is local?"

    def _update(self, step: Step) -> str:
        if step.form is None:
            return "The weights have moved: which steps have to be done again?"
        uses = _listed([self.steps.quantity(name) for name in step.uses])
        if step.quantity.startswith(("m_", "v_")):
            return f"It remembers: how much of what was there, how much of what is new? It is made of {uses}."
        return f"Which way is downhill, and how far is one step? It is made of {uses}."

    def _with_shape(self, name: str) -> str:
        shape = "×".join(map(str, self.steps.workings.shape(name))) or "a number"
        return f"{self.steps.quantity(name)} is {self.steps.style.spell(shape)}"

    def _symbols(self, question: Question, side: StepSides) -> str:
        """The rule, and the formula in symbols; of an array too long for one the first element's."""
        step = self.steps.step(question)
        if side.formula is None:
            return self._nothing_to_compute(step)
        if question.part == "product":
            return f"It is the upstream gradient times the local derivative: {self.steps.text(side.name)}."
        rule = self.steps.style.prose(step.rule)
        rule = f"{rule[0].upper()}{rule[1:]}: "
        if _is_constant(side.formula):
            return f"{rule}it is a constant, no quantity is left in it."
        if question.part == "formula":
            prose = self.steps.style.prose(step.explanation)
            return f"{rule}{prose}".rstrip(": ")
        first = self.steps.example(question)
        whole = [] if first.formula is not None and has_options(side.formula) else [side]
        texts = dict.fromkeys(self._formula(each) for each in (*whole, first) if each.formula is not None)
        behind = [self._formula(each) for each in self.steps.behind(first) if each.formula is not None]
        where = f", where {', '.join(behind[:MAX_WHERE])}" if behind else ""
        return f"{rule}{', so '.join(texts)}{where}"

    def _numbers(self, question: Question, side: StepSides) -> str:
        """The formula with numbers in all but one place."""
        if question.part == "formula":
            first = self.steps.example(question)
            return f"One element of it: {self._equation(first.name, self.steps.text(first.formula or GAP))}."
        side = self.steps.example(question)
        numbers = side.numbers
        if numbers is None:
            return self._nothing_to_compute(self.steps.step(question))
        if side.formula is not None and _is_constant(side.formula):
            return "Differentiate what uses it: what is left when its own factor goes?"
        if isinstance(numbers, Num):  # it is another quantity, unchanged
            behind = [s for s in self.steps.behind(side) if s.numbers and not isinstance(s.numbers, Num)]
            if not behind:
                source = side.formula if side.formula is not None else side.name
                return f"{self._equation(side.name, self.steps.text(source))}: you have that number already."
            side, numbers = behind[0], behind[0].numbers
            assert numbers is not None
        text = self._equation(side.name, self.steps.text(with_a_gap(numbers, side.formula)))
        where = [
            self._equation(each.name, self.steps.text(each.numbers))
            for each in self.steps.behind(side)
            if each.numbers is not None and not isinstance(each.numbers, Num)  # which may be what is missing
        ]
        return f"{text}, where {', '.join(where[:MAX_WHERE])}" if where else text

    def _answer(self, question: Question, side: StepSides) -> str:
        if question.part == "formula":
            return self._equation(side.name, self.steps.text(side.formula or GAP))
        return self._equation(side.name, side.value)

    def _nothing_to_compute(self, step: Step) -> str:
        return f"Repeat the pass before with the new numbers ({self.steps.style.prose(step.rule)})."

    def _formula(self, side: StepSides) -> str:
        return self._equation(side.name, self.steps.text(GAP if side.formula is None else side.formula))

    def _equation(self, name: Expr, right: str) -> str:
        return f"{to_text(name, self.steps.style)} = {right}"


def with_a_gap(numbers: Expr, formula: Expr | None = None) -> Expr:
    """`numbers` with a question mark for one of them, wherever that stands; no exponent, and none of the
    constants of the `formula` that they were put into, if there is another.

    The one that stands in the fewest places is the first choice, as what is left out is not to be read off
    the same line; then a negative number, which gives the sign away.
    """
    found = list(_numbers_in(numbers))
    if not found:
        return numbers
    times = Counter(num.value for num in found)
    constants = {num.value for num in _numbers_in(formula)} if formula is not None else set()

    def rank(num: Num) -> tuple[bool, int, bool]:
        return num.value in constants, times[num.value], num.value >= 0

    return _without(numbers, min(reversed(found), key=rank).value)


def _numbers_in(expr: Expr) -> Iterator[Num]:
    match expr:
        case Num():
            yield expr
        case Call("pow", (base, _)):
            yield from _numbers_in(base)
        case Call(_, parts) | Array(parts):
            for part in parts:
                yield from _numbers_in(part)
        case Item(base):
            yield from _numbers_in(base)


def _without(expr: Expr, value: Fraction) -> Expr:
    def change(part: Expr) -> Expr | None:
        match part:
            case Num(number) if number == value:
                return GAP
            case Call("pow", (base, exponent), options):
                return Call("pow", (rewrite(base, change), exponent), options)
            case Call(name, args, options) if options:  # an axis is no number to find
                return Call(name, tuple(rewrite(arg, change) for arg in args), options)
        return None

    return rewrite(expr, change)


def _is_constant(formula: Expr) -> bool:
    return all(isinstance(leaf, Num) for leaf in leaves(formula))


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "nothing"

"""What can be foreseen at a question without arithmetic, where the exercise proves the answer."""

from collections.abc import Sequence
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Node
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.exercise.quantity import element_symbol
from backprop_tutor.language import Expr, Style, Sym, to_text
from backprop_tutor.tutor.questions import Question, step_of
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["Prediction", "Predictions"]

RISES, FALLS, STAYS = "rises", "falls", "stays"
SIGNS = ("positive", "negative", "zero")
NEGATIVE = np.array([-0.5, -1.0, -7.0])  # where an op that cuts off gives 0
MOST_UNITS = 4  # that are listed as choices
SURE = 1e-9  # a float nearer to 0 than this has no sign that is certain


class Prediction(NamedTuple):
    """`because` says why the `answer`, one of the `choices`, is the right one."""

    text: str
    choices: tuple[str, ...]
    answer: str
    because: str

    def chosen(self, text: str) -> str:
        """The choice that was typed, by its first letters or whole; nothing for any other text."""
        typed = "".join(text.casefold().split())
        if not typed or not (typed[0].isalpha() and len(typed) > 1):
            return ""
        near = [choice for choice in self.choices if "".join(choice.casefold().split()).startswith(typed)]
        exact = [choice for choice in near if "".join(choice.casefold().split()) == typed]
        return (exact or near)[0] if len(exact or near) == 1 else ""


def _cuts_off(node: Node) -> bool:
    """Whether the op of a node gives 0 for everything negative, as ReLU does."""
    op = ops.get(node.op) if node.op else None
    if op is None or op.activation is None or op.across:
        return False
    return not np.any(np.asarray(op.forward(FLOAT64, NEGATIVE, **node.params)))


class Predictions:
    """One prediction at most for each question: which units are dead, which path is longer, whether the loss
    falls, what sign a gradient has. Each sort is asked once, at the first question where it is provable."""

    def __init__(self, solution: Solution, style: Style, questions: Sequence[Question]) -> None:
        self.solution, self.style, self.questions = solution, style, questions

    def __call__(self, question: Question) -> Prediction | None:
        return self._of_phase(question.phase).get(question.target)

    @cache  # noqa: B019  (lives as long as the session)
    def _of_phase(self, phase: str) -> dict[str, Prediction]:
        """Those of the questions of one phase: nothing of another is worked out for them."""
        found: dict[str, Prediction] = {}
        sorts = {"forward": (self._dead,), "backward": (self._longer, self._falls, self._sign)}
        for sort in sorts.get(phase, ()):
            for question in self.questions:
                if question.phase != phase or question.part != "value" or question.target in found:
                    continue
                if prediction := sort(question, step_of(self.solution, question.quantity)):
                    found[question.target] = prediction
                    break
        return found

    def _dead(self, question: Question, step: Step) -> Prediction | None:
        """Which units of a ReLU layer give 0, by the signs of their nets."""
        nodes, node = self.solution.graph.nodes, step.node
        if step.phase != "forward" or not 1 < node.size <= MOST_UNITS or not _cuts_off(node):
            return None
        if len(node.shape) > 1 and node.shape[0] > 1:  # more than one example: none of them is dead for all
            return None
        net = np.asarray(self.solution.value(node.parents[0])).reshape(-1)
        if node.parents[0] in self.solution.kinks or node.name in self.solution.kinks:
            return None
        names = [self._written(step.name_of(index)) for index in np.ndindex(node.shape)]
        dead = [name for name, value in zip(names, net, strict=True) if value < 0]
        if len(dead) > 1 and len(dead) < len(names):
            return None  # one choice would have to name several
        shown = self._written(Sym(nodes[node.parents[0]].name))
        answer = "none" if not dead else dead[0] if len(dead) == 1 else "all"
        rule = self.style.prose(step.rule)
        why = f"{rule} gives 0 wherever {shown} is negative, and passes nothing back there."
        said = {"none": "None is", "all": "All are"}.get(answer, f"{answer} is")
        return Prediction(
            f"which unit of {self._written(Sym(node.name))} is dead (gives 0)?",
            (*names, "none", "all"),
            answer,
            f"{said} dead: {why}",
        )

    def _longer(self, question: Question, step: Step) -> Prediction | None:
        """Of two ways from a quantity to the loss the one with more arrows."""
        if not step.by_path:
            return None
        graph = self.solution.graph.folded
        users = list(
            dict.fromkeys(user for user, _ in graph.consumers[step.node.name] if user in self._lengths)
        )
        if len(users) != 2 or self._lengths[users[0]] == self._lengths[users[1]]:
            return None
        if any(not self.solution.graph.is_named(user) for user in users):
            return None
        first, second = sorted(users, key=lambda user: -self._lengths[user])
        names = [self._written(Sym(user)) for user in users]
        ends = self._written(Sym(step.node.name)), self._written(Sym(graph.loss))
        long, short = self._lengths[first] + 1, self._lengths[second] + 1
        answer = f"by {self._written(Sym(first))}"
        return Prediction(
            f"two paths lead from {ends[0]} to {ends[1]}. Which is longer?",
            tuple(f"by {name}" for name in names),
            answer,
            f"The path {answer} has {long} arrows at most, the other {short}. Both count, long or short.",
        )

    @cached_property
    def _lengths(self) -> dict[str, int]:
        """The most arrows from each node to the loss."""
        graph = self.solution.graph.folded
        found = {graph.loss: 0}
        for name in reversed(list(graph.nodes)):
            ways = [found[user] + 1 for user, _ in graph.consumers[name] if user in found]
            if ways:
                found[name] = max(ways)
        return found

    def _falls(self, question: Question, step: Step) -> Prediction | None:
        """Whether the loss rises or falls with the quantity of the first gradient that is asked."""
        sign = self._sign_of(question, step)
        if sign is None or sign == SIGNS[-1]:  # at a slope of 0 the loss may do either
            return None
        name, loss = self._of(question, step), self._written(Sym(self.solution.graph.loss))
        answer = (RISES, FALLS, STAYS)[SIGNS.index(sign)]
        return Prediction(
            f"when {name} grows a little, what does {loss} do?",
            (RISES, FALLS, STAYS),
            answer,
            f"It {answer}: so the derivative is {sign}.",
        )

    def _sign(self, question: Question, step: Step) -> Prediction | None:
        """The sign of a parameter's gradient."""
        sign = self._sign_of(question, step)
        if sign is None or step.node.role != "parameter":
            return None
        gradient = self._written(question.name)
        return Prediction(
            f"is {gradient} positive, negative or zero?",
            SIGNS,
            sign,
            f"It is {sign}: the signs of the upstream and of the local derivative decide it.",
        )

    def _sign_of(self, question: Question, step: Step) -> str | None:
        """The sign of the one number that is asked, where it is certain."""
        if not step.by_path or (question.place is None and step.node.size > 1):
            return None
        index = question.place or (0,) * len(step.shape)
        if self.solution.convention(step.quantity, index):  # on a kink it is agreed upon, not proved
            return None
        exact = self.solution.exact(step.quantity)
        value = float(self.solution.value(step.quantity)[index]) if exact is None else exact[index]
        if exact is None and not abs(value) > SURE:
            return None
        return "positive" if value > 0 else "negative" if value < 0 else "zero"

    def _of(self, question: Question, step: Step) -> str:
        """What the gradient is taken by."""
        index = question.place or (0,) * len(step.shape)
        return self._written(element_symbol(step.node.name, step.node, index))

    def _written(self, name: Expr) -> str:
        return to_text(name, self.style)

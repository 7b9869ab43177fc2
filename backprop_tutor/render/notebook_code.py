"""The line of NumPy that computes each step of a solution."""

from backprop_tutor.render.numpy_code import NumpyCode, identifier
from backprop_tutor.walkthrough import Solution, Step
from backprop_tutor.walkthrough.formulas import forward_formula, gradient_formula
from backprop_tutor.walkthrough.steps import update_formula

__all__ = ["StepCode"]

AGAIN = "passes_again"


class StepCode:
    """Writes the code; afterwards `functions` are the definitions that it needs."""

    def __init__(self, solution: Solution) -> None:
        self.solution, self.graph = solution, solution.graph
        self.system = NumpyCode(kinks=bool(solution.kinks))
        self._again = ""
        self._updates = {
            solution.update_name(name, equation.target, number): (name, equation, number)
            for number in range(1, solution.updates + 1)
            for name in solution.graph.parameters
            for equation in solution.rate.optimizer.equations  # type: ignore[union-attr]
        }

    @property
    def functions(self) -> list[str]:
        return [*self.system.helpers.values(), *([self._again] if self._again else [])]

    def of(self, step: Step) -> str:
        """`net1 = x @ W1.T`"""
        return f"{identifier(step.quantity)} = {self._right(step)}"

    def _right(self, step: Step) -> str:
        name, node = step.quantity, self.solution.node_of(step.quantity)
        if name in self.graph.nodes:
            return self._forward(name)
        if name in self._updates:
            parameter, equation, number = self._updates[name]
            assert self.solution.rate is not None
            weights = self.graph.nodes[parameter]
            formula = update_formula(
                self.system, self.solution, self.solution.rate, weights, equation, number
            )
            return str(formula.text)
        return self._gradient(node) if node else self._later(name)

    def _forward(self, name: str) -> str:
        return str(forward_formula(self.graph, self.graph.nodes[name], self.system).text)

    def _gradient(self, name: str) -> str:
        graph = self.graph
        through = graph.between([name])
        code = gradient_formula(graph, name, self.system, through)
        shape = graph.nodes[name].shape
        return str(code.text if code.shape == shape else self.system.broadcast(code, shape).text)

    def _later(self, name: str) -> str:
        """A loss or a gradient after an update: the same two passes at the updated parameters."""
        of, _, wrt = name.partition("/d")
        losses = {self.solution.loss_name(step.number): step.number for step in self.solution.passes}
        number = losses[of.removeprefix("d") if wrt else of]
        self._again = self._again or self._passes()
        parameters = [self.solution.update_name(p, "W_new", number - 1) for p in self.graph.parameters]
        wanted = f"{self.solution.gradient_prefix}{wrt}" if wrt else self.graph.loss
        return f"{AGAIN}({', '.join(map(identifier, parameters))})[{wanted!r}]"

    def _passes(self) -> str:
        steps = [step for step in self.solution.steps.values() if step.phase != "update"]
        lines = [f"    {self.of(step)}" for step in steps]
        found = ", ".join(f"{step.quantity!r}: {identifier(step.quantity)}" for step in steps)
        arguments = ", ".join(map(identifier, self.graph.parameters))
        about = '    """Both passes of the exercise, at other parameters."""'
        return "\n".join([f"def {AGAIN}({arguments}):", about, *lines, f"    return {{{found}}}"])

"""The line of NumPy that computes each step of a solution."""

from functools import reduce
from operator import add

from backprop_tutor.engine.evaluate import contributions
from backprop_tutor.exercise.ledger import LedgerLine
from backprop_tutor.language.identifiers import identifier
from backprop_tutor.render.code.numpy_code import Code, NumpyCode
from backprop_tutor.walkthrough import Solution, Step
from backprop_tutor.walkthrough.formulas import forward_formula, gradient_formula, symbol
from backprop_tutor.walkthrough.steps import update_formula

__all__ = ["StepCode"]

AGAIN = "passes_again"


class StepCode:
    """Writes the code; afterwards `functions` are the definitions that it needs."""

    def __init__(self, solution: Solution) -> None:
        self.solution, self.graph = solution, solution.graph
        self.system = NumpyCode(kinks=bool(solution.kinks))
        self._again = ""
        self._rows: dict[str, str] = {}

    @property
    def functions(self) -> list[str]:
        return [*self.system.helpers.values(), *([self._again] if self._again else []), *self._rows.values()]

    def of(self, step: Step) -> str:
        """`net1 = x @ W1.T`"""
        return f"{identifier(step.quantity)} = {self._right(step)}"

    def _right(self, step: Step) -> str:
        ledger, name = self.solution.ledger, step.quantity
        line = ledger.lines[name]
        if line.kind == "update":
            return str(update_formula(self.system, ledger, line).text)
        if line.number > 1:
            return self._later(line)
        if line.kind == "further":
            return self._further(line)
        return self._gradient(line.node.name) if line.kind == "gradient" else self._forward(name)

    def _forward(self, name: str) -> str:
        return str(forward_formula(self.graph, self.graph.nodes[name], self.system).text)

    def _gradient(self, name: str) -> str:
        graph = self.graph
        through = graph.between([name])
        code = gradient_formula(graph, name, self.system, through)
        shape = graph.nodes[name].shape
        return str(code.text if code.shape == shape else self.system.broadcast(code, shape).text)

    def _further(self, line: LedgerLine) -> str:
        """A function that goes back from one element, called for each of them."""
        passes = self.solution.ledger.further[line.node.name]
        of, wrt = passes.graph.nodes[passes.of], passes.graph.nodes[passes.wrt]
        function = identifier(f"row_of_{line.node.name}")
        arrays = {node.name: symbol(self.system, node, node.name) for node in passes.graph.nodes.values()}
        made = passes.graph.upstream(of.name) - self.graph.nodes.keys()
        lines = [
            f"{identifier(node.name)} = {forward_formula(passes.graph, node, self.system).text}"
            for node in passes.graph.nodes.values()
            if node.op and node.name in made
        ]
        back = {of.name: Code("g", of.shape)}
        on_the_way = passes.through.between([wrt.name])
        for node in reversed(passes.graph.nodes.values()):
            if node.name in on_the_way and node is not of:
                terms = contributions(passes.through, self.system, arrays, back, node.name)
                back[node.name] = Code(identifier(f"g_{node.name}"), node.shape)
                lines.append(f"{back[node.name].text} = {Code.lift(reduce(add, terms)).text}")
        lines.append(f"return {back[wrt.name].text if wrt.name in back else f'np.zeros({wrt.shape})'}")
        about = f'"""The row of {line.node.name} for one element; g is 1 there and 0 elsewhere."""'
        self._rows[function] = "\n    ".join([f"def {function}(g):", about, *lines])
        seeds = f"np.eye({of.size}).reshape({(of.size, *of.shape)})"
        return f"np.array([{function}(g) for g in {seeds}]).reshape({line.node.shape})"

    def _later(self, line: LedgerLine) -> str:
        """A loss or a gradient after an update: the same two passes at the updated parameters."""
        self._again = self._again or self._passes()
        ledger = self.solution.ledger
        parameters = [ledger.before(name, line.number) for name in self.graph.parameters]
        wanted = ledger.gradient_prefix + line.node.name if line.kind == "gradient" else self.graph.loss
        return f"{AGAIN}({', '.join(map(identifier, parameters))})[{wanted!r}]"

    def _passes(self) -> str:
        steps = [
            step for step in self.solution.steps.values() if step.phase != "update" and not step.node.parts
        ]
        lines = [f"    {self.of(step)}" for step in steps]
        found = ", ".join(f"{step.quantity!r}: {identifier(step.quantity)}" for step in steps)
        arguments = ", ".join(map(identifier, self.graph.parameters))
        about = '    """Both passes of the exercise, at other parameters."""'
        return "\n".join([f"def {AGAIN}({arguments}):", about, *lines, f"    return {{{found}}}"])

"""A program for one layer: the functions that courses set, forward and backward, and a check of them."""

from backprop_tutor.render.code.skeleton import CodePart, skeleton
from backprop_tutor.walkthrough import Solution

__all__ = ["layer_skeleton"]


def layer_skeleton(solution: Solution) -> list[CodePart]:
    """The parts of the program; the exercise's own data stand below its functions."""
    task, data, *_ = skeleton(solution)
    functions = _Functions(solution)
    defined, called = functions.of_loss() if functions.is_loss else functions.of_layer()
    return [task, CodePart("The functions", defined), CodePart("A check", f"{data.code}\n\n{called}")]


class _Functions:
    """What the functions take and give, as the exercise's own formulas say it."""

    def __init__(self, solution: Solution) -> None:
        self.name = solution.exercise.name
        self.prefix = solution.gradient_prefix
        graph, asked = solution.graph, [ask.quantity for ask in solution.exercise.ask]
        self.outputs = [name for name in asked if name in graph.nodes]
        upstream = [f"d{name}" for name in self.outputs]
        given = graph.named("given")
        self.upstream = [name for name in upstream if name in given]
        self.inputs = [*graph.named("parameter"), *(name for name in given if name not in upstream)]
        self.wrt = [name.removeprefix(self.prefix) for name in asked if name.startswith(self.prefix)]
        self.shapes = solution.shapes
        self.is_loss = not self.upstream

    def of_layer(self) -> tuple[str, str]:
        inputs, outputs = ", ".join(self.inputs), ", ".join(self.outputs)
        upstream, gradients = ", ".join(self.upstream), ", ".join(f"d{name}" for name in self.wrt)
        lines = [
            f"def {self.name}_forward({inputs}):",
            f'    """{outputs}, and in cache whatever the way back needs."""',
            *self._blanks(self.outputs),
            f"    cache = ({inputs}{',' * (len(self.inputs) == 1)})",
            f"    return {outputs}, cache",
            "",
            "",
            f"def {self.name}_backward({upstream}, cache):",
            f'    """The gradients of {", ".join(self.wrt)}, from {upstream}."""',
            f"    ({inputs}{',' * (len(self.inputs) == 1)}) = cache",
            *self._gradients(),
            f"    return {gradients}",
        ]
        called = [
            f"{outputs}, cache = {self.name}_forward({inputs})",
            f"{gradients} = {self.name}_backward({upstream}, cache)",
        ]
        return "\n".join(lines), "\n".join(called)

    def of_loss(self) -> tuple[str, str]:
        inputs, outputs = ", ".join(self.inputs), ", ".join(self.outputs)
        gradients = ", ".join(f"d{name}" for name in self.wrt)
        lines = [
            f"def {self.name}({inputs}):",
            f'    """The loss, and its gradient with respect to {", ".join(self.wrt)}."""',
            *self._blanks(self.outputs),
            *self._gradients(),
            f"    return {outputs}, {gradients}",
        ]
        return "\n".join(lines), f"{outputs}, {gradients} = {self.name}({inputs})"

    def _blanks(self, names: list[str]) -> list[str]:
        return [f"    {name} = ...  # shape {self.shapes[name]}" for name in names]

    def _gradients(self) -> list[str]:
        return [f"    d{name} = ...  # shape {self.shapes[name]}" for name in self.wrt]

"""An exercise as a program of PyTorch: the forward pass as on paper, `backward()`, every value compared."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from backprop_tutor.errors import UsageError
from backprop_tutor.exercise.ledger import LedgerLine
from backprop_tutor.language.derivative_name import derivative_of
from backprop_tutor.language.identifiers import identifier
from backprop_tutor.render.code.numpy_code import literal
from backprop_tutor.render.code.torch_code import TorchCode
from backprop_tutor.walkthrough import Solution, Step
from backprop_tutor.walkthrough.formulas import forward_formula
from backprop_tutor.walkthrough.steps import update_formula

__all__ = ["MAX_NUMBERS", "TorchPart", "TorchProgram"]

MAX_NUMBERS = 20_000  # in a program that people still read
MODULES = ("itertools", "math")
CLOSE = "rtol=1e-9, atol=1e-12"
JACOBIAN = '''\
def jacobian(y, x):
    """dy/dx: the shape of y, then that of x."""
    rows = []
    for element in y.reshape(-1):
        row = None
        if element.requires_grad:
            (row,) = torch.autograd.grad(element, x, retain_graph=True, create_graph=True, allow_unused=True)
        rows.append(torch.zeros_like(x) if row is None else row)
    return torch.stack(rows).reshape((*y.shape, *x.shape))'''
GRADIENT = '''\
def gradient(x):
    """What backward() left: nothing where the loss does not depend on x."""
    return torch.zeros_like(x) if x.grad is None else x.grad'''
LIBRARY = {
    "sgd": ("SGD", {"weight_decay": "λ"}),
    "momentum": ("SGD", {"momentum": "μ", "weight_decay": "λ"}),
    "nesterov": ("SGD", {"momentum": "μ", "weight_decay": "λ"}),
    "adam": ("Adam", {"betas": "(β1, β2)", "eps": "ε", "weight_decay": "λ"}),
    "adamw": ("AdamW", {"betas": "(β1, β2)", "eps": "ε", "weight_decay": "λ"}),
    "rmsprop": ("RMSprop", {"alpha": "ρ", "eps": "ε", "weight_decay": "λ"}),
    "adagrad": ("Adagrad", {"eps": "ε", "weight_decay": "λ"}),
    "adadelta": ("Adadelta", {"rho": "ρ", "eps": "ε", "weight_decay": "λ"}),
}
"""Optimizers in torch.optim, with the letters of their settings."""


class TorchPart(NamedTuple):
    """A few lines under a comment, and the quantities that they compute."""

    title: str
    code: str
    quantities: tuple[str, ...] = ()


class TorchProgram:
    """Raises UsageError for an exercise with more numbers than a program should hold."""

    def __init__(self, solution: Solution) -> None:
        if solution.graph.size > MAX_NUMBERS:
            what = f"this exercise holds more than {MAX_NUMBERS:,} numbers, too many for a program to read."
            raise UsageError(what, hint="Export .json instead.")
        self.solution, self.graph, self.ledger = solution, solution.graph, solution.ledger
        letters = solution.rate.numbers if solution.rate else ()
        self.system = TorchCode(kinks=bool(solution.kinks), floats=map(identifier, letters))
        self.steps = list(solution.steps.values())
        self._is_some_zero = False
        self.updates = [step for step in self.steps if self._kind(step) == "update"]

    @property
    def parts(self) -> list[TorchPart]:
        made = [*self._data(), *self._passes(), *self._updates(), self._comparison(), *self._optimizer()]
        return [self._imports(), *made]

    def _imports(self) -> TorchPart:
        helpers = [*self.system.helpers.values(), *self._own_helpers()]
        used = [f"import {name}" for name in MODULES if any(f"{name}." in helper for helper in helpers)]
        head = "\n".join([*used, *([""] if used else []), "import torch", "import torch.nn.functional as F"])
        return TorchPart("", "\n\n\n".join([f"{head}\n\ntorch.set_default_dtype(torch.float64)", *helpers]))

    def _own_helpers(self) -> Iterator[str]:
        if self._is_some_zero:
            yield GRADIENT
        if any(line.kind == "further" for line in self._lines()):
            yield JACOBIAN

    def _lines(self) -> list[LedgerLine]:
        return [self.ledger.lines[step.quantity] for step in self.steps]

    def _data(self) -> Iterator[TorchPart]:
        for title, role in (("Given", "given"), ("Parameters, whose gradients are wanted", "parameter")):
            lines = []
            for name, values in self.solution.exercise.values.items():
                if self.graph.nodes[name].role == role:
                    more = ", requires_grad=True" if name in self._tracked() else ""
                    lines.append(f"{identifier(name)} = torch.tensor({_floats(values)}{more})")
            if role == "parameter" and self.solution.rate:
                lines += [f"{identifier(k)} = {literal(v)}" for k, v in self.solution.rate.numbers.items()]
            if lines:
                yield TorchPart(title, "\n".join(lines))

    def _tracked(self) -> set[str]:
        """The leaves whose gradients are wanted."""
        wanted = {line.node.name for line in self._lines() if line.kind == "gradient"}
        wanted |= {self._of(line)[1] for line in self._lines() if line.kind == "further"}
        return {name for name in self.solution.exercise.values if name in {*wanted, *self.graph.parameters}}

    def _passes(self) -> Iterator[TorchPart]:
        forward = [step for step in self.steps if step.phase in ("forward", "loss") and self._is_first(step)]
        yield TorchPart("Forward pass", "\n".join(map(self._forward, forward)), _names(forward))
        gradients = [step for step in self.steps if self._kind(step) == "gradient" and self._is_first(step)]
        inner = [line.node.name for line in map(self._line, gradients) if line.node.op]
        code = (
            [f"for value in [{', '.join(map(identifier, inner))}]:", "    value.retain_grad()"]
            if inner
            else []
        )
        further = [step for step in self.steps if self._kind(step) == "further"]
        loss = identifier(self.graph.loss)
        if self._tracked() & self.graph.upstream(self.graph.loss):
            code.append(f"{loss}.backward({'retain_graph=True' if further else ''})")
        code += [f"{identifier(s.quantity)} = {self._grad(s, self._line(s).node.name)}" for s in gradients]
        yield TorchPart("Backward pass, by PyTorch", "\n".join(code), _names(gradients))
        if further:
            lines = [f"{identifier(step.quantity)} = {self._further(step)}" for step in further]
            yield TorchPart("Further derivatives", "\n".join(lines), _names(further))

    def _grad(self, step: Step, name: str) -> str:
        """What backward() left, which is nothing where the loss does not depend on it."""
        if np.any(self.solution.value(step.quantity)):
            return f"{identifier(name)}.grad"
        self._is_some_zero = True
        return f"gradient({identifier(name)})"

    def _line(self, step: Step) -> LedgerLine:
        return self.ledger.lines[step.quantity]

    def _kind(self, step: Step) -> str:
        return self._line(step).kind

    def _is_first(self, step: Step) -> bool:
        return self._line(step).number == 1

    def _forward(self, step: Step) -> str:
        node = self.graph.nodes[step.quantity]
        text = forward_formula(self.graph, node, self.system).text
        return f"{identifier(step.quantity)} = {_own_tensor(text, self.graph.nodes)}"

    def _of(self, line: LedgerLine) -> tuple[str, str]:
        passes = self.ledger.further[line.node.name]
        return passes.of, passes.wrt

    def _further(self, step: Step) -> str:
        of, wrt = self._of(self._line(step))
        found = derivative_of(of)
        of_code = identifier(of)
        if found is not None and of not in self.graph.nodes:
            of_code = f"jacobian({identifier(self.graph.loss)}, {identifier(str(found.wrt[0]))})"
        return f"jacobian({of_code}, {identifier(wrt)})"

    def _updates(self) -> Iterator[TorchPart]:
        if not self.updates:
            return
        later = [step for step in self.steps if self._kind(step) != "update" and not self._is_first(step)]
        if later:
            yield TorchPart("Both passes once more, at other parameters", self._again())
        for number in sorted({self._line(step).number for step in (*later, *self.updates)}):
            for steps, is_pass in ((later, True), (self.updates, False)):
                own = [step for step in steps if self._line(step).number == number]
                if own:
                    yield self._run(own, is_pass)

    def _run(self, steps: Sequence[Step], is_pass: bool) -> TorchPart:
        number = self._line(steps[0]).number
        if not is_pass:
            lines = ["with torch.no_grad():"]
            for step in steps:
                text = update_formula(self.system, self.ledger, self._line(step)).text
                lines.append(f"    {identifier(step.quantity)} = {text}")
            return TorchPart(
                f"Update {number}" if self.solution.updates > 1 else "Update", "\n".join(lines), _names(steps)
            )
        parameters = [identifier(self.ledger.before(name, number)) for name in self.graph.parameters]
        lines = [f"for value in [{', '.join(parameters)}]:", "    value.requires_grad_()"]
        loss = identifier(self.solution.loss_name(number))
        lines += [f"{loss} = loss_at({', '.join(parameters)})", f"{loss}.backward()"]
        for step in steps:
            line = self._line(step)
            if line.kind == "gradient":
                before = self.ledger.before(line.node.name, number)
                lines.append(f"{identifier(step.quantity)} = {self._grad(step, before)}")
        return TorchPart(f"Pass {number}", "\n".join(lines), _names(steps))

    def _again(self) -> str:
        forward = [step for step in self.steps if step.phase in ("forward", "loss") and self._is_first(step)]
        lines = [f"    {self._forward(step)}" for step in forward]
        arguments = ", ".join(map(identifier, self.graph.parameters))
        return "\n".join([f"def loss_at({arguments}):", *lines, f"    return {identifier(self.graph.loss)}"])

    def _optimizer(self) -> Iterator[TorchPart]:
        """The same update by torch.optim, where it has the rule; last, since it changes the parameters."""
        rate = self.solution.rate
        if rate is None or not self.updates:
            return
        name, settings = self.solution.exercise.optimizer
        once = self.solution.updates == 1 and len(rate.rates) == 1
        if name not in LIBRARY or not once or {"clip_norm", "clip_value"} & set(settings):
            return
        kind, keys = LIBRARY[name]
        letters = set(rate.numbers)
        words = [f"lr={identifier(rate.rates[0])}"]
        for key, said in keys.items():
            if letters.issuperset(said.strip("()").split(", ")):
                words.append(f"{key}={said}")
        words += ["nesterov=True"] if name == "nesterov" else []
        words += ["maximize=True"] if settings.get("maximize") else []
        parameters = list(self.graph.parameters)
        lines = [
            f"optimizer = torch.optim.{kind}([{', '.join(map(identifier, parameters))}], {', '.join(words)})",
            "optimizer.step()",
        ]
        pairs = [(identifier(name), identifier(self.ledger.before(name, 2))) for name in parameters]
        lines.append(f"for updated, new in [{', '.join(f'({old}, {new})' for old, new in pairs)}]:")
        lines.append(f"    torch.testing.assert_close(updated.detach(), new, {CLOSE})")
        yield TorchPart("The same update by torch.optim", "\n".join(lines))

    def _comparison(self) -> TorchPart:
        values = {name: literal(self.solution.value(name).tolist()) for name in _names(self.steps)}
        listed = [f"    {name!r}: ({identifier(name)}, {value})," for name, value in values.items()]
        code = [
            "expected = {",
            *listed,
            "}",
            "for name, (found, right) in expected.items():",
            "    found, right = torch.as_tensor(found).detach(), torch.tensor(right)",
            f'    torch.testing.assert_close(found, right, {CLOSE}, msg=lambda said: f"{{name}}: {{said}}")',
            'print(f"All {len(expected)} quantities agree.")',
        ]
        return TorchPart("Every value of the exercise, worked out by other code", "\n".join(code))


def _names(steps: Sequence[Step]) -> tuple[str, ...]:
    return tuple(step.quantity for step in steps)


def _floats(values: Any) -> str:
    """Numbers as code, decimals even where all are whole: a gradient needs them."""
    text = literal(values.tolist())
    return f"{text}, dtype=torch.float64"


def _own_tensor(text: str, names: Any) -> str:
    """A copy where a quantity is merely another name for one: each keeps its own gradient."""
    return f"{text}.clone()" if text.isidentifier() else text

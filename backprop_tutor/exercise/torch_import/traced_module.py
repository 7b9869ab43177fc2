"""A PyTorch module with its loss as a graph of ATen ops in double precision, by `torch.export`."""

import copy
import inspect
import logging
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from backprop_tutor.errors import UsageError

__all__ = ["LOSSES", "TracedModule", "traced"]

MAX_SAID = 200  # characters of an error of the user's own code

LOSSES = {
    "mse": "mse_loss",
    "mae": "l1_loss",
    "l1": "l1_loss",
    "huber": "huber_loss",
    "smooth_l1": "smooth_l1_loss",
    "cross_entropy": "cross_entropy",
    "bce": "binary_cross_entropy",
    "bce_with_logits": "binary_cross_entropy_with_logits",
    "nll": "nll_loss",
    "kl": "kl_div",
    "kl_div": "kl_div",
}
"""Words for losses, each with the function of torch.nn.functional that it means."""


@dataclass(frozen=True)
class TracedModule:
    """The nodes in order, and what those among them are that compute nothing.

    `leaves` has by the name of a node what it is called in the module, or as an argument, and its tensor;
    those in `trained` are updated, those in `handed` are inputs and targets. `gradients` are PyTorch's own,
    by the parameter's name, in the module's order; `output` is the node of the module's own result.
    """

    name: str
    nodes: tuple[Any, ...]
    leaves: Mapping[str, tuple[str, Any]]
    trained: frozenset[str]
    handed: frozenset[str]
    loss: Any
    output: Any
    value: float
    gradients: Mapping[str, Any]
    module: Any
    program: Any

    def without(self, ops: Iterable[Any]) -> "TracedModule | None":
        """The same with these ops made of others, None where PyTorch does not know how."""
        known = _torch().export.default_decompositions()
        table = {op: known[op] for op in ops if op in known}
        if not table:
            return None
        with _quiet():
            program = self.program.run_decompositions(table)
        return _read(self.module, self.name, program, self.value, self.gradients)


def traced(module: Any, inputs: Any, targets: Any, loss: str | Callable[..., Any]) -> TracedModule:
    """Raises UsageError where PyTorch cannot export the module, or its loss is no single number."""
    torch = _torch()
    if not isinstance(module, torch.nn.Module):
        raise UsageError(f"a module is wanted, not {type(module).__name__}.", hint="Pass a torch.nn.Module.")
    arguments = _arguments(torch, module, inputs)
    wanted = () if targets is None else (_tensor(torch, targets),)
    whole = _with_loss(torch, copy.deepcopy(module).double(), _loss(torch, loss))
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)  # for what a module makes while it runs
    try:
        with _quiet():
            value, gradients = _reference(whole, arguments, wanted)
            program = torch.export.export(whole, (arguments, wanted))
    except UsageError:
        raise
    except Exception as error:  # the user's own code runs here
        what = str(error).strip().split("\n")[0][:MAX_SAID]
        raise UsageError(
            f"PyTorch cannot run or export {type(module).__name__}: {type(error).__name__}: {what}",
            hint="Try loss(module(inputs), targets), and torch.export.export of the module, by themselves.",
        ) from error
    finally:
        torch.set_default_dtype(before)
    return _read(whole, type(module).__name__, program, value, gradients)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what PyTorch's exporter warns of and logs: what went wrong is in its exceptions."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _torch() -> Any:
    try:
        import torch
    except ImportError:
        raise UsageError(
            "PyTorch is not installed.", hint="Install it, or backprop-tutor with the extra `torch`."
        ) from None
    return torch


def _with_loss(torch: Any, module: Any, loss: Callable[..., Any]) -> Any:
    class WithLoss(torch.nn.Module):  # type: ignore[misc] # Any, where PyTorch is not looked into
        def __init__(self) -> None:
            super().__init__()
            self.module, self.loss = module, loss

        def forward(self, arguments: dict[str, Any], targets: tuple[Any, ...]) -> Any:
            positional = [arguments[name] for name in arguments if name.isdigit()]
            output = self.module(*positional, **{k: v for k, v in arguments.items() if not k.isdigit()})
            return self.loss(output, *targets), output

    return WithLoss()


def _arguments(torch: Any, module: Any, inputs: Any) -> dict[str, Any]:
    """The arguments by name; those without one by their number."""
    if isinstance(inputs, Mapping):
        return {str(name): _tensor(torch, value) for name, value in inputs.items()}
    several = inputs if isinstance(inputs, tuple) else (inputs,)
    return {str(number): _tensor(torch, value) for number, value in enumerate(several)}


def _tensor(torch: Any, value: Any) -> Any:
    """A copy in double precision; whole numbers stay whole, and lists hold further tensors or numbers."""
    if isinstance(value, tuple) or (isinstance(value, list) and any(map(torch.is_tensor, value))):
        return tuple(_tensor(torch, one) for one in value)
    if value is None or isinstance(value, bool | str):
        return value
    tensor = torch.as_tensor(value).detach().clone().cpu()
    return tensor.double() if tensor.is_floating_point() else tensor


def _loss(torch: Any, loss: str | Callable[..., Any]) -> Callable[..., Any]:
    if not isinstance(loss, str):
        return copy.deepcopy(loss).double() if isinstance(loss, torch.nn.Module) else loss
    if loss not in LOSSES:
        words = ", ".join(LOSSES)
        raise UsageError(
            f"there is no loss {loss!r}.", hint=f"Take one of {words}, or a function of your own."
        )
    function: Callable[..., Any] = getattr(torch.nn.functional, LOSSES[loss])
    return function


def _reference(whole: Any, arguments: Any, targets: Any) -> tuple[float, dict[str, Any]]:
    """The loss, and the gradients of all parameters that it depends on, as PyTorch has them."""
    value, _ = whole(arguments, targets)
    if value.numel() != 1 or not value.is_floating_point():
        what = f"the loss has shape {tuple(value.shape)}, but it must be one number."
        raise UsageError(what, hint="Take its mean or its sum.")
    if value.requires_grad:
        value.backward()
    found = {name: p.grad for name, p in whole.module.named_parameters() if p.grad is not None}
    return float(value.detach()), found


def _read(whole: Any, name: str, program: Any, value: float, gradients: Mapping[str, Any]) -> TracedModule:
    own = {id(p): said for said, p in whole.module.named_parameters()}
    leaves, trained, handed = {}, set(), set()
    user = iter(_named_inputs(program.example_inputs[0], whole.module))
    for spec in program.graph_signature.input_specs:
        node, kind = spec.arg.name, spec.kind.name
        if kind == "PARAMETER":
            tensor = whole.get_parameter(spec.target)
            leaves[node] = own.get(id(tensor), spec.target), tensor.detach()
            if tensor.requires_grad:
                trained.add(node)
        elif kind == "USER_INPUT":
            leaves[node] = next(user)
            handed.add(node)
        else:
            held = {**program.constants, **program.state_dict}
            leaves[node] = spec.target.removeprefix("module."), held[spec.target].detach()
    nodes = tuple(program.graph.nodes)
    for node in nodes:
        known = getattr(program.graph_module, node.target, None) if node.op == "get_attr" else None
        if known is not None and hasattr(known, "detach"):
            leaves[node.name] = node.target, known.detach()
    loss, *rest = _results(program, nodes[-1].args[0])
    output = rest[0] if rest else None
    roles = frozenset(trained), frozenset(handed)
    return TracedModule(name, nodes, leaves, *roles, loss, output, value, gradients, whole, program)


def _results(program: Any, outputs: Any) -> Any:
    """What the module gives, without the buffers that it changes."""
    kinds = [spec.kind.name for spec in program.graph_signature.output_specs]
    return [node for node, kind in zip(outputs, kinds, strict=True) if kind == "USER_OUTPUT"]


def _named_inputs(handed: Any, module: Any) -> Iterator[tuple[str, Any]]:
    """What was handed in, in the graph's order: `x` where it is one input, else by the module's names."""
    arguments, targets = handed
    said = list(inspect.signature(module.forward).parameters)
    for key, value in arguments.items():
        name = key
        if key.isdigit():
            place = int(key)
            name = (
                said[place] if len(arguments) > 1 and place < len(said) else "x" if place == 0 else f"x{key}"
            )
        yield from _spread(name, value)
    for value in targets:
        yield from _spread("t", value)


def _spread(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, tuple):
        for number, one in enumerate(value, 1):
            yield from _spread(f"{name}{number}", one)
    else:
        yield name, value

"""PyTorch modules -> exercises. Only what is here imports torch, and only when it is called."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from backprop_tutor.engine.evaluate import exact_pass, float_gradients, float_pass
from backprop_tutor.engine.graph import DEFAULT_MAX_ELEMENTS
from backprop_tutor.errors import ExerciseError, ProofError, UsageError
from backprop_tutor.exercise.load import loads
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.exercise.torch_import.aten_rules import RULES
from backprop_tutor.exercise.torch_import.lowering import Lowering
from backprop_tutor.exercise.torch_import.torch_file import exercise_text
from backprop_tutor.exercise.torch_import.torch_optimizer import update_of
from backprop_tutor.exercise.torch_import.traced_module import TracedModule, traced
from backprop_tutor.language.derivative_name import gradient_of

__all__ = ["from_torch", "torch_exercise"]

ROUNDS = 4  # in which ops are taken apart
CLOSE = 1e-9  # of the largest number of an array


def from_torch(
    module: Any,
    inputs: Any,
    targets: Any,
    loss: str | Callable[..., Any],
    *,
    optimizer: Any = None,
    learning_rate: Any = None,
    max_elements: int = DEFAULT_MAX_ELEMENTS,
) -> Exercise:
    """The exercise of a PyTorch module: its forward pass on `inputs`, and `loss(module(inputs), targets)`.

    `inputs` is a tensor, a tuple of positional arguments or a dict of arguments by name; `targets` is a
    tensor, or None for a loss of the output alone. `loss` is a word (mse, mae, huber, cross_entropy, bce,
    bce_with_logits, nll, kl), one of PyTorch's losses, or any function of its operations. `optimizer`, one of
    PyTorch's, or a `learning_rate` asks for an update.

    Parameters keep their names, with `_` for dots (`fc1_weight`; the numbers of nn.Sequential stand behind,
    `weight_0`), their shapes and their exact values; frozen ones and buffers are given. The module is copied,
    run in double precision and exported by torch.export; it stays as it is. Classes and ids count from 1.

    Raises UsageError that names what has no counterpart here, and ProofError where the exercise's loss or
    gradients are not those that PyTorch finds.
    """
    text, large = torch_exercise(
        module, inputs, targets, loss, optimizer=optimizer, learning_rate=learning_rate
    )
    with tempfile.TemporaryDirectory() as folder:
        if large:
            np.savez(Path(folder) / "arrays.npz", **large)
        return loads(text, type(module).__name__, folder=Path(folder), max_elements=max_elements)


def torch_exercise(
    module: Any,
    inputs: Any,
    targets: Any,
    loss: str | Callable[..., Any],
    *,
    optimizer: Any = None,
    learning_rate: Any = None,
    beside: str = "arrays.npz",
) -> tuple[str, dict[str, Any]]:
    """The exercise as YAML, and the arrays that belong into the file `beside` it, being large."""
    update = update_of(optimizer, learning_rate)
    program, lowered = _lowered(traced(module, inputs, targets, loss))
    if lowered.unknown:
        odd = "; ".join(f"{name} {why}".strip() for name, why in lowered.unknown.items())
        hint = "Write that part of the module with other operations."
        raise UsageError(f"{program.name} uses what has no counterpart here: {odd}.", hint=hint)
    text, large = exercise_text(program, lowered, update, beside)
    _check(text, large, program, lowered, beside)
    return text, large


def _lowered(program: TracedModule) -> tuple[TracedModule, Lowering]:
    """What has no formula here is taken apart into what PyTorch makes it of, as far as that goes."""
    first = lowered = Lowering(program, RULES)
    lowered.run()
    for _ in range(ROUNDS):
        simpler = program.without(lowered.refused) if lowered.unknown else None
        if simpler is None:
            break
        program, lowered = simpler, Lowering(simpler, RULES)
        lowered.run()
    return program, first if lowered.unknown else lowered


def _check(text: str, large: dict[str, Any], program: TracedModule, lowered: Lowering, beside: str) -> None:
    """The loss and every gradient are what PyTorch's own backward pass gives."""
    with tempfile.TemporaryDirectory() as folder:
        if large:
            np.savez(Path(folder) / beside, **large)
        try:
            exercise = loads(text, program.name, folder=Path(folder), max_elements=10**9)
        except ExerciseError as error:
            raise UsageError(f"{program.name} cannot be written as an exercise: {error.what}") from error
    exact = exact_pass(exercise.graph, exercise.values)
    values = float_pass(exercise.graph, exercise.values, exact)
    gradients = float_gradients(exercise.graph, values)
    pairs = {"J": (values["J"], program.value)}
    for name in exercise.graph.parameters:
        wanted = program.gradients.get(lowered.called[name])
        pairs[gradient_of("J", name)] = gradients[name], 0 if wanted is None else wanted.numpy()
    for name, (found, right) in pairs.items():
        gap = float(np.max(np.abs(np.asarray(found, dtype=float) - right), initial=0))
        if not gap <= CLOSE * max(1, float(np.max(np.abs(right), initial=0))):
            raise ProofError(
                name, f"PyTorch differs by {gap:.2g}; perhaps the module changes arrays in place."
            )

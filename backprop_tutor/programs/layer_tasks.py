"""The layers and losses whose functions courses set, each with an exercise that checks them."""

from importlib.resources import files

from backprop_tutor.errors import UsageError
from backprop_tutor.exercise.load import loads
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.exercise.schema_faults import nearest

__all__ = ["layer_exercise", "layer_names"]

_FOLDER = files("backprop_tutor.programs") / "layers"


def layer_names() -> list[str]:
    """What there is: affine, relu, batch_norm, …"""
    return sorted(
        file.name.removesuffix(".yaml") for file in _FOLDER.iterdir() if file.name.endswith(".yaml")
    )


def layer_exercise(name: str) -> Exercise:
    """The exercise of one layer or loss. Raises UsageError for one that there is not."""
    names = layer_names()
    if name not in names:
        hint = nearest(name, names) or f"There are {', '.join(names)}."
        raise UsageError(f"there is no layer called {name!r}.", hint=hint)
    return loads((_FOLDER / f"{name}.yaml").read_bytes(), name)

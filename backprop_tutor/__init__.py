"""Backprop Tutor: step-by-step backpropagation.

>>> import backprop_tutor
>>> exercise = backprop_tutor.load("exercise1")
>>> solution = backprop_tutor.solve(exercise)

Each name is imported when it is first used, so that `import backprop_tutor` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backprop_tutor.errors import (
        AccessError,
        BackpropTutorError,
        EvaluationError,
        ExerciseError,
        Fault,
        LanguageError,
        ProofError,
        ShapeError,
        UsageError,
    )
    from backprop_tutor.exercise.load import load, loads
    from backprop_tutor.walkthrough import Solution, solve

    __version__: str

__all__ = [
    "AccessError",
    "BackpropTutorError",
    "EvaluationError",
    "ExerciseError",
    "Fault",
    "LanguageError",
    "ProofError",
    "ShapeError",
    "Solution",
    "UsageError",
    "__version__",
    "load",
    "loads",
    "solve",
]

_HOMES = {
    "Solution": "backprop_tutor.walkthrough",
    "load": "backprop_tutor.exercise.load",
    "loads": "backprop_tutor.exercise.load",
    "solve": "backprop_tutor.walkthrough",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("backprop-tutor")
    else:
        value = getattr(import_module(_HOMES.get(name, "backprop_tutor.errors")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

"""Backprop Tutor: step-by-step backpropagation.

>>> import backprop_tutor
>>> exercise = backprop_tutor.load("exercise1")
>>> solution = backprop_tutor.solve(exercise)

A name is imported when it is first used, so that `import backprop_tutor` costs next to nothing.
"""

from typing import TYPE_CHECKING

from backprop_tutor.lazy import lazy_names
from backprop_tutor.shown import register

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
    from backprop_tutor.exercise.torch_import import from_torch
    from backprop_tutor.grading.checking import check
    from backprop_tutor.homework.classroom import grade
    from backprop_tutor.programs.array_check import assert_arrays, check_arrays
    from backprop_tutor.version import __version__
    from backprop_tutor.walkthrough import Solution, solve
    from backprop_tutor.walkthrough.derivation import Explanation, explain

__all__ = [
    "AccessError",
    "BackpropTutorError",
    "EvaluationError",
    "ExerciseError",
    "Explanation",
    "Fault",
    "LanguageError",
    "ProofError",
    "ShapeError",
    "Solution",
    "UsageError",
    "__version__",
    "assert_arrays",
    "check",
    "check_arrays",
    "explain",
    "from_torch",
    "grade",
    "load",
    "loads",
    "solve",
]

if not TYPE_CHECKING:  # a type checker is to know the names above and no others
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "errors": (
                "AccessError",
                "BackpropTutorError",
                "EvaluationError",
                "ExerciseError",
                "Fault",
                "LanguageError",
                "ProofError",
                "ShapeError",
                "UsageError",
            ),
            "grading.checking": ("check",),
            "homework.classroom": ("grade",),
            "programs.array_check": ("assert_arrays", "check_arrays"),
            "exercise.load": ("load", "loads"),
            "exercise.torch_import": ("from_torch",),
            "version": ("__version__",),
            "walkthrough": ("Solution", "solve"),
            "walkthrough.derivation": ("Explanation", "explain"),
        },
    )


def _register_cells() -> None:
    """Let notebooks show the library's objects; the renderers are imported when one is shown."""

    def html(thing: object) -> str:
        from backprop_tutor.render.cells import cell_html

        return cell_html(thing)

    def latex(thing: object) -> str:
        from backprop_tutor.render.cells import cell_latex

        return cell_latex(thing)

    register("html", html)
    register("latex", latex)


_register_cells()

"""Renderers: what a solution looks like, one module a kind of output."""

from typing import TYPE_CHECKING

from backprop_tutor.lazy import lazy_names

if TYPE_CHECKING:
    from backprop_tutor.render.confirmations import Checks
    from backprop_tutor.render.screen_style import style_for
    from backprop_tutor.render.solution_json import solution_json
    from backprop_tutor.render.view import StepView, leaf_rows, notes, select, view

__all__ = [
    "Checks",
    "StepView",
    "leaf_rows",
    "notes",
    "select",
    "solution_json",
    "style_for",
    "view",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "json": ("solution_json",),
        "screen_style": ("style_for",),
        "texts": ("Checks",),
        "view": (
            "StepView",
            "leaf_rows",
            "notes",
            "select",
            "view",
        ),
    },
)

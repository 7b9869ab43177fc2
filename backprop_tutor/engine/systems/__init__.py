"""The number systems: one small array namespace, six kinds of elements."""

from typing import TYPE_CHECKING

from backprop_tutor.lazy import lazy_names

if TYPE_CHECKING:
    from backprop_tutor.engine.systems.base import System
    from backprop_tutor.engine.systems.dual import DUAL, Dual
    from backprop_tutor.engine.systems.element import ELEMENT, Element
    from backprop_tutor.engine.systems.exact import EXACT, Irrational
    from backprop_tutor.engine.systems.float64 import FLOAT64
    from backprop_tutor.engine.systems.form import FORM, Form
    from backprop_tutor.engine.systems.symbolic import SYMBOLIC

__all__ = [
    "DUAL",
    "ELEMENT",
    "EXACT",
    "FLOAT64",
    "FORM",
    "SYMBOLIC",
    "Dual",
    "Element",
    "Form",
    "Irrational",
    "System",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "base": ("System",),
        "dual": (
            "DUAL",
            "Dual",
        ),
        "element": (
            "ELEMENT",
            "Element",
        ),
        "exact": (
            "EXACT",
            "Irrational",
        ),
        "float64": ("FLOAT64",),
        "form": (
            "FORM",
            "Form",
        ),
        "symbolic": ("SYMBOLIC",),
    },
)

"""Exercises: reading, checking and finding them.

Names load on first use, so that listing the exercises stays light. The function `load` is
`backprop_tutor.load`; here that name is the module it lives in.
"""

from typing import TYPE_CHECKING

from backprop_tutor.lazy import lazy_names

if TYPE_CHECKING:
    from backprop_tutor.exercise.catalogue import CatalogueEntry, entries, find, shipped_names
    from backprop_tutor.exercise.editor_schema import json_schema
    from backprop_tutor.exercise.load import loads
    from backprop_tutor.exercise.model import (
        Ask,
        Exercise,
        LayerInfo,
        OptimizerChoice,
        QuantityVariation,
        Variant,
    )
    from backprop_tutor.exercise.review import Remark, remarks
    from backprop_tutor.exercise.template import STARTER

__all__ = [
    "STARTER",
    "Ask",
    "CatalogueEntry",
    "Exercise",
    "LayerInfo",
    "OptimizerChoice",
    "QuantityVariation",
    "Remark",
    "Variant",
    "entries",
    "find",
    "json_schema",
    "loads",
    "remarks",
    "shipped_names",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "catalogue": ("CatalogueEntry", "entries", "find", "shipped_names"),
        "editor_schema": ("json_schema",),
        "load": ("loads",),
        "model": ("Ask", "Exercise", "LayerInfo", "OptimizerChoice", "Variant", "QuantityVariation"),
        "review": ("Remark", "remarks"),
        "template": ("STARTER",),
    },
)

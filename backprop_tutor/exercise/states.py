"""What recurrent layers have in common: gates with weights of their own, and a state to begin with."""

from collections.abc import Iterator

from pydantic_core import core_schema as core

from backprop_tutor.engine.systems.base import Shape
from backprop_tutor.exercise.assembler import Assembler
from backprop_tutor.exercise.layer_arrays import LayerArray
from backprop_tutor.exercise.layer_kind import Flow, LayerCheck, Misfit
from backprop_tutor.exercise.schema_types import ARRAY, WEIGHTS, Array, Model, Weights, chosen, key
from backprop_tutor.language.counted import many

__all__ = [
    "INITIAL",
    "STEP_AXES",
    "Gate",
    "GateForm",
    "Initial",
    "LearnedState",
    "check_state",
    "rows_of",
    "state_leaf",
]


class LearnedState(Model):
    learned: Array = key(ARRAY, "The first state, which is updated like a weight.")


class GateForm(Model):
    weights: Weights = key(WEIGHTS, "One row a unit, one column an input.")
    recurrent: Weights = key(WEIGHTS, "One row a unit, one column a unit of the state before.")
    bias: Array | None = key(ARRAY, "One number a unit. Without this key there is no bias.", None)


STEP_AXES = ("step", "input")
"""Of data whose rows are steps."""

Initial = Array | LearnedState | None

INITIAL: core.CoreSchema = chosen(
    lambda value: "<learned>" if isinstance(value, dict) and "learned" in value else "<array>",
    {"<learned>": LearnedState.reference, "<array>": ARRAY},
)


def state_leaf(name: str, initial: Initial, like: str, *keys: str) -> LayerArray:
    """h<0> or c<0>: given, or learned; zeros where the file says nothing."""
    axes = ("example", "unit")
    if isinstance(initial, LearnedState):
        return LayerArray(name, initial.learned, ("initial", *keys, "learned"), axes)
    return LayerArray(name, initial, ("initial", *keys), axes, "given", like)


def rows_of(shape: Shape) -> Shape:
    """The shape of data whose rows are steps: of plain numbers, each is a row."""
    return (*shape, 1) if len(shape) == 1 else shape


def check_state(check: LayerCheck, name: str, units: int) -> None:
    """One number a unit, or a row of them an example."""
    each = (check.examples, units)
    if check.shape(name) not in ((units,), each):
        check.fault(
            check.leaves[name].keys,
            f"the initial state has shape {check.shape(name)}, but the layer has {many(units, 'unit')}: "
            f"the shape must be {(units,)}, or {each} with a row an example.",
            "Write one number a unit, as in [0, 0].",
        )


class Gate:
    """The arrays of one gate of layer `n`: W_i1, U_i1 and b_i1, or W1, U1 and b1 of a layer without gates."""

    def __init__(self, n: int, letter: str = "") -> None:
        self.letter, self.suffix = letter, f"_{letter}{n}" if letter else str(n)

    def name(self, array: str) -> str:
        return array + self.suffix

    def leaves(
        self, weights: Weights, recurrent: Weights, bias: Array | None, *keys: str
    ) -> Iterator[LayerArray]:
        yield LayerArray(self.name("W"), weights, (*keys, "weights"), ("unit", "input"))
        yield LayerArray(self.name("U"), recurrent, (*keys, "recurrent"), ("unit", "unit"))
        if bias is not None:
            yield LayerArray(self.name("b"), bias, (*keys, "bias"), ("unit",))

    def check(self, check: LayerCheck, flow: Flow, like: int | None = None) -> int:
        """The number of units, of which there are as many as in the gate before (`like`). Raises Misfit."""
        of = f" of {self.letter}" if self.letter else ""
        weights = check.weights(self.name("W"), f"the weights{of}" if of else "weights", flow)
        if like is not None and like != weights[0]:
            check.fault(
                check.leaves[self.name("W")].keys,
                f"the weights{of} have shape {weights}, but the other gates have {many(like, 'unit')}: "
                f"the shape must be {(like, weights[1])}.",
                "All gates have a row a unit.",
            )
            raise Misfit
        units = weights[0]
        said = f"the layer has {many(units, 'unit')} (weights {weights})"
        check.fits(self.name("U"), f"the recurrent matrix{of}", (units, units), said,
                   "Write one row a unit, one column a unit of the state before.")  # fmt: skip
        check.units(self.name("b"), f"the bias{of}", weights)
        return units

    def arrays(self, net: Assembler) -> tuple[str, ...]:
        """W, U and the bias if there is one."""
        return net.given(*map(self.name, "WUb"))

"""What an exercise file may say: the model that checks it and gives the JSON Schema for editors."""

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, Tag

from backprop_tutor.exercise.schema_types import (
    Array,
    ArrayFile,
    AtZero,
    Formula,
    Model,
    Number,
    Positive,
    Share,
    Steps,
    Texts,
    Whole,
    chosen_by,
)

__all__ = [
    "DENOMINATORS",
    "TAGGED",
    "AskItem",
    "Columns",
    "Example",
    "ExerciseFile",
    "GraphForm",
    "Layer",
    "Network",
    "OptimizerForm",
    "VariantForm",
    "Variation",
]

Activation = Literal[
    "linear", "relu", "leaky_relu", "elu", "softplus", "sigmoid", "tanh", "silu", "gelu", "softmax"
]
Loss = Literal["half_mse", "mse", "half_sse", "sse", "bce", "cross_entropy"]
OptimizerName = Literal["sgd", "momentum", "nesterov", "adam"]
Level = Literal["beginner", "intermediate", "advanced"]
Notation = Literal["notes", "nielsen", "bishop", "goodfellow", "cs231n", "pytorch"]


class Layer(Model):
    activation: Activation = Field(description="The function applied to net = W x + b.")
    weights: Array = Field(description="One row a unit of this layer, one column an input to it.")
    bias: Array | None = Field(None, description="One number a unit. Without this key there is no bias.")
    slope: Positive | None = Field(None, description="Of leaky_relu: its slope below 0; 1/100 if not given.")
    alpha: Positive | None = Field(None, description="Of elu: its scale below 0; 1 if not given.")


class Network(Model):
    layers: Annotated[list[Layer], Field(min_length=1)] = Field(
        description="The layers from the first hidden one to the output."
    )


class Example(Model):
    x: Array = Field(description="The inputs of one example, as in [1, 0].")
    t: Array = Field(description="Its targets, one an output unit.")


class Columns(Model):
    x: Array = Field(description="The inputs, one row an example.")
    t: Array = Field(description="The targets, one row an example.")


Data = Annotated[
    Annotated[Annotated[list[Example], Field(min_length=1)], Tag("<examples>")]
    | Annotated[Columns, Tag("<columns>")],
    chosen_by(lambda value: isinstance(value, dict | Columns), "<columns>", "<examples>"),
]


class GraphForm(Model):
    given: dict[str, Array] = Field({}, description="Data by name: numbers or arrays, never updated.")
    parameters: dict[str, Array] = Field({}, description="Numbers or arrays by name, updated by training.")
    compute: Annotated[dict[str, Formula], Field(min_length=1)] = Field(
        description="Formulas by name, in any order, such as q: x + y."
    )
    loss: str = Field(description="The name of the computed scalar to differentiate.")


class OptimizerForm(Model):
    name: OptimizerName = Field(description="The rule for the update.")
    momentum: Share | None = Field(None, description="Of momentum and nesterov; 9/10 if not given.")
    beta1: Share | None = Field(None, description="Of adam; 9/10 if not given.")
    beta2: Share | None = Field(None, description="Of adam; 999/1000 if not given.")
    epsilon: Positive | None = Field(None, description="Of adam; 1e-8 if not given.")


Optimizer = Annotated[
    Annotated[OptimizerName, Tag("<name>")] | Annotated[OptimizerForm, Tag("<settings>")],
    chosen_by(lambda value: isinstance(value, dict | OptimizerForm), "<settings>", "<name>"),
]


class AskItem(Model):
    quantity: str = Field(description="The quantity's name, such as dJ/dW1 or net1.")
    by: Literal["element", "whole"] | None = Field(
        None, description="Ask its elements one by one, or the whole array at once."
    )


AskEntry = Annotated[
    Annotated[str, Tag("<quantity>")] | Annotated[AskItem, Tag("<ask>")],
    chosen_by(lambda value: isinstance(value, dict | AskItem), "<ask>", "<quantity>"),
]
Ask = Annotated[
    Annotated[str, Tag("<word>")] | Annotated[list[AskEntry], Tag("<list>")],
    chosen_by(lambda value: isinstance(value, str), "<word>", "<list>"),
]


DENOMINATORS = (2, 3, 4)  # of fractions drawn for a version


class Variation(Model):
    """How one quantity varies; exactly one of choices, integers and fractions."""

    choices: Annotated[list[Number], Field(min_length=1)] | None = Field(
        None, description="The numbers to choose each entry from."
    )
    integers: Annotated[list[Whole], Field(min_length=2, max_length=2)] | None = Field(
        None, description="The least and the greatest, as in [-3, 3]."
    )
    fractions: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = Field(
        None, description="The least and the greatest, as in [-1, 1]."
    )
    denominators: Annotated[list[Whole], Field(min_length=1)] | None = Field(
        None, description="With fractions: the denominators to draw from; [2, 3, 4] if not given."
    )


class VariantForm(Model):
    of: Annotated[str, Field(min_length=1)] = Field(description="The exercise that this is a version of.")
    id: Annotated[str, Field(pattern=r"^[0-9a-z]{4,40}$")] = Field(description="Stands for its numbers.")


class ExerciseFile(Model):
    """An exercise of Backprop Tutor."""

    title: Annotated[str, Field(min_length=1)] = Field(description="One line, shown in lists.")
    description: str = Field("", description="The task, as it would be given to a class.")
    topics: list[str] = Field([], description="What it practises, such as relu or chain rule.")
    level: Level | None = Field(None, description="How hard it is.")
    network: Network | None = Field(None, description="A feed-forward network. This, or `graph`.")
    data: Data | None = Field(None, description="Of a network: its examples, or columns of them.")
    loss: Loss | None = Field(None, description="Of a network: the loss J.")
    graph: GraphForm | None = Field(None, description="Any computation graph. This, or `network`.")
    relu_at_zero: AtZero = Field(Fraction(0), description="The derivative of ReLU at 0: 0, 1/2 or 1.")
    learning_rate: Positive | None = Field(None, description="Asks for the update of the parameters.")
    optimizer: Optimizer = Field("sgd", description="sgd, momentum, nesterov, adam, or one with settings.")
    steps: Steps = Field(1, description="How many updates.")
    ask: Ask = Field([], description="The quantities asked, such as [net1, z, dJ/dW1]; or one word: all.")
    hints: dict[str, Texts] = Field({}, description="Your own hints, by quantity.")
    tolerance: Share | None = Field(None, description="The relative error forgiven in a decimal answer.")
    notation: Notation | None = Field(None, description="The letters to print with.")
    variants: dict[str, Variation] = Field({}, description="What varies, by quantity, and how.")
    variant: VariantForm | None = Field(None, description="Which version this is; `variants` writes it.")
    marks: dict[str, Number] = Field({}, description="The weight of quantities when a sheet is marked.")
    follow_through: Share = Field(
        Fraction(1), description="The share of the marks for the right method after an earlier slip."
    )


# The tags of the unions above: no key of a file, so they are left out of a fault's path.
TAGGED: dict[str, type[Model] | None] = {
    "<numbers>": None,
    "<file>": ArrayFile,
    "<examples>": Example,
    "<columns>": Columns,
    "<name>": None,
    "<settings>": OptimizerForm,
    "<quantity>": None,
    "<ask>": AskItem,
    "<word>": None,
    "<list>": None,
}

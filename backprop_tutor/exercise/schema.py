"""What an exercise file may say: the model that checks it and gives the JSON Schema for editors."""

from difflib import get_close_matches
from fractions import Fraction
from typing import Any, Literal

from pydantic_core import SchemaValidator
from pydantic_core import core_schema as core

from backprop_tutor.engine import ops
from backprop_tutor.engine.optimizers import EXTRAS, MAXIMIZE, OPTIMIZERS, PLAIN
from backprop_tutor.exercise.layer_kind import ANY_LAYER, LayerKind
from backprop_tutor.exercise.layer_kinds import KINDS
from backprop_tutor.exercise.schema_types import (
    ARRAY,
    AT_ZERO,
    DIGITS,
    FORMULA,
    NUMBER,
    POSITIVE,
    SEQUENCE,
    SHARE,
    STEPS,
    TEXT,
    WHOLE,
    Array,
    Model,
    chosen,
    either,
    key,
    list_of,
    lone_word,
    mapping_of,
    one_of,
    settings,
    word,
)
from backprop_tutor.language.notation import NOTATIONS

__all__ = [
    "DENOMINATORS",
    "LAYER",
    "SCHEMA",
    "AskItem",
    "Columns",
    "Example",
    "ExerciseFile",
    "GraphForm",
    "LossForm",
    "Network",
    "OptimizerForm",
    "Regularization",
    "VariantForm",
    "Variation",
    "checked",
]

LOSSES = {name: op.loss.settings for name, op in ops.losses().items() if op.loss}
OPTIMIZER_SETTINGS = {name: rule.settings for name, rule in OPTIMIZERS.items()}
Level = Literal["beginner", "intermediate", "advanced"]
By = Literal["element", "whole", "formula"]
Only = Literal["tutor"]


def _kind(value: Any) -> str:
    """Which kind of layer is meant: by the key that only it has, or by a lone word."""
    if isinstance(value, str):
        return "<word>"
    keys = value if isinstance(value, dict) else {}
    words = [word for word in KINDS if word in keys]
    if not words and "activation" not in keys:
        words = [near for key in keys for near in get_close_matches(key, filter(None, KINDS), n=1)]
    return f"<{words[0] if words else ''}>"


LAYER = chosen(
    _kind,
    {
        **{f"<{word}>": kind.reference for word, kind in KINDS.items() if issubclass(kind, Model)},
        "<word>": lone_word(
            {word: kind for word, kind in KINDS.items() if issubclass(kind, Model) and not kind.keys}
        ),
    },
    ref=ANY_LAYER["schema_ref"],
)


class Network(Model):
    layers: list[LayerKind] = key(
        list_of(ANY_LAYER, least=1), "The layers from the first hidden one to the output."
    )


class Example(Model):
    x: Array = key(ARRAY, "The inputs of one example, as in [1, 0].")
    t: Array = key(ARRAY, "Its targets, one an output unit.")


class Columns(Model):
    x: Array = key(ARRAY, "The inputs, one row an example.")
    t: Array = key(ARRAY, "The targets, one row an example.")


DATA = either(dict, {"<columns>": Columns.reference, "<examples>": list_of(Example.reference, least=1)})


class GraphForm(Model):
    given: dict[str, Array] = key(
        mapping_of(ARRAY, named=True), "Data by name: numbers or arrays, never updated.", {}
    )
    parameters: dict[str, Array] = key(
        mapping_of(ARRAY, named=True), "Numbers or arrays by name, updated by training.", {}
    )
    compute: dict[str, str] = key(
        mapping_of(FORMULA, least=1, named=True), "Formulas by name, in any order, such as q: x + y."
    )
    sequence: dict[str, int] = key(
        mapping_of(SEQUENCE), "How many steps a letter counts, {s: 3}: h<s> is then h<1>, h<2> and h<3>.", {}
    )
    loss: str = key(TEXT, "The name of the computed scalar to differentiate.")


_OF_ANY = {
    name: key(POSITIVE, f"Of any optimizer: {extra.setting.says}.", None) for name, extra in EXTRAS.items()
} | {MAXIMIZE: key(core.bool_schema(strict=True), "true: climb J instead of descending.", None)}


class OptimizerForm(Model, also=settings(OPTIMIZER_SETTINGS) | _OF_ANY):
    name: str = key(one_of(OPTIMIZERS), "The rule for the update.")


OPTIMIZER = either(dict, {"<settings>": OptimizerForm.reference, "<name>": one_of(OPTIMIZERS)})


LOSS_WORDS = {
    "reduction": key(
        one_of(("examples", "elements", "sum")),
        "A mean over examples, a mean over all elements of z, or a sum; examples if not given.",
        None,
    ),
    "from": key(one_of(("logits",)), "Of cross_entropy and bce: z are logits, not yet shares.", None),
}


class LossForm(Model, also=settings(LOSSES) | LOSS_WORDS):
    name: str = key(one_of(LOSSES), "The loss.")


LOSS = either(dict, {"<settings>": LossForm.reference, "<name>": one_of(LOSSES)})


class Regularization(Model):
    """A penalty on weights, added to the loss; exactly one of l2 and l1."""

    l2: Fraction | None = key(POSITIVE, "How much the sum of their squares counts.", None)
    l1: Fraction | None = key(POSITIVE, "How much the sum of their sizes counts.", None)
    factor: Fraction = key(POSITIVE, "A further factor, as in 1/2 l2 Σ W².", Fraction(1))
    of: list[str] | None = key(
        list_of(TEXT, least=1), "The parameters it is of; all weights and no biases if not given.", None
    )


class AskItem(Model):
    quantity: str = key(TEXT, "The quantity's name, such as dJ/dW1 or net1.")
    by: By | None = key(
        word(By), "Ask its elements one by one, the whole array at once, or (in run) for its formula.", None
    )
    only: Only | None = key(
        word(Only), "tutor: `run` asks it of a person at a terminal, no sheet does.", None
    )


RATES = either(list, {"<rates>": list_of(POSITIVE, least=1), "<rate>": POSITIVE})


ASK = either(
    str,
    {"<word>": TEXT, "<list>": list_of(either(dict, {"<ask>": AskItem.reference, "<quantity>": TEXT}))},
)


DENOMINATORS = (2, 3, 4)  # of fractions drawn for a version


class Variation(Model):
    """How one quantity varies; exactly one of choices, integers and fractions."""

    choices: list[Fraction] | None = key(
        list_of(NUMBER, least=1), "The numbers to choose each entry from.", None
    )
    integers: list[int] | None = key(
        list_of(WHOLE, least=2, most=2), "The least and the greatest, as in [-3, 3].", None
    )
    fractions: list[Fraction] | None = key(
        list_of(NUMBER, least=2, most=2), "The least and the greatest, as in [-1, 1].", None
    )
    denominators: list[int] | None = key(
        list_of(WHOLE, least=1), "With fractions: the denominators; [2, 3, 4] if not given.", None
    )


class VariantForm(Model):
    """Which version of an exercise a file is; `variants` writes it."""

    of: str = key(core.str_schema(strict=True, min_length=1), "The exercise that this is a version of.")
    id: str = key(core.str_schema(strict=True, pattern="^[0-9a-z]{4,40}$"), "Stands for its numbers.")


class ExerciseFile(Model):
    """An exercise of Backprop Tutor."""

    title: str = key(core.str_schema(strict=True, min_length=1), "One line, shown in lists.")
    description: str = key(TEXT, "The task, as it would be given to a class.", "")
    topics: list[str] = key(list_of(TEXT), "What it practises, such as relu or chain rule.", [])
    level: Level | None = key(word(Level), "How hard it is.", None)
    network: Network | None = key(Network.reference, "A feed-forward network. This, or `graph`.", None)
    data: Columns | list[Example] | None = key(DATA, "Of a network: its examples, or columns of them.", None)
    loss: str | LossForm | None = key(LOSS, "Of a network: the loss J, or one with settings.", None)
    regularization: Regularization | None = key(
        Regularization.reference, "A penalty on weights that is part of the loss.", None
    )
    graph: GraphForm | None = key(GraphForm.reference, "Any computation graph. This, or `network`.", None)
    relu_at_zero: Fraction = key(AT_ZERO, "The derivative of ReLU at 0: 0, 1/2 or 1.", Fraction(0))
    learning_rate: Fraction | list[Fraction] | None = key(
        RATES, "Asks for the update of the parameters; a list has one rate an update.", None
    )
    optimizer: str | OptimizerForm = key(OPTIMIZER, f"{', '.join(OPTIMIZERS)}, or one with settings.", PLAIN)
    steps: int = key(STEPS, "How many updates.", 1)
    ask: str | list[str | AskItem] = key(
        ASK, "The quantities asked, such as [net1, z, dJ/dW1]; or one word: all.", []
    )
    hints: dict[str, str | list[str]] = key(
        mapping_of(either(str, {"<hint>": TEXT, "<hints>": list_of(TEXT)})),
        "Your own hints, by quantity.",
        {},
    )
    digits: int | None = key(DIGITS, "Significant digits that a decimal answer needs; 3 if not given.", None)
    decimals: int | None = key(DIGITS, "Digits after the point that it needs, instead of `digits`.", None)
    tolerance: Fraction | None = key(SHARE, "The relative error forgiven in a decimal answer instead.", None)
    notation: str | None = key(one_of(NOTATIONS), "The letters to print with.", None)
    variants: dict[str, Variation] = key(
        mapping_of(Variation.reference), "What varies, by quantity, and how.", {}
    )
    variant: VariantForm | None = key(VariantForm.reference, "Which version of an exercise this is.", None)
    marks: dict[str, Fraction] = key(
        mapping_of(NUMBER), "The weight of quantities when a sheet is marked.", {}
    )
    follow_through: Fraction = key(
        SHARE, "The share of the marks for the right method after an earlier slip.", Fraction(1)
    )


SCHEMA = core.definitions_schema(ExerciseFile.reference, [LAYER, *(m.schema for m in Model.models.values())])
_VALIDATOR = SchemaValidator(SCHEMA)


def checked(data: object) -> ExerciseFile:
    """The file that `data` spells. Raises pydantic's ValidationError."""
    file: ExerciseFile = _VALIDATOR.validate_python(data)
    return file

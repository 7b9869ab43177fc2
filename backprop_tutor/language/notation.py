"""The letters of courses and books: a notation is one entry of the table here, and nothing else.

Layers are counted as in the exercise, from the first one that has weights.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from backprop_tutor.errors import UsageError

__all__ = ["NOTATIONS", "OWN", "Indices", "Letter", "Notation", "find_notation"]

OWN = "notes"  # the notation that has the program's own names for letters
SIZES = (*"nmrqsuv", "size")  # what a layer's number of units may be called: n1, or else m1
INDICES = (*"kilmj", *"uvrs")  # of a sentence


class Letter(NamedTuple):
    """How a quantity is written: its letter, and the number of its layer or nothing."""

    letter: str
    layer: str = ""


class Indices(NamedTuple):
    """What indices may be called: `example` counts examples, and the units of layer 1 go up to `size`1;
    neither these nor the letters that are `taken` stand for any other index."""

    example: str = "p"
    size: str = SIZES[0]
    taken: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Notation:
    """How one course writes a network of layers.

    output     None where the output is written as the last layer's hidden letter (Nielsen's a²)
    layer      where a layer's number stands: raised (a¹), or after the letter and lowered in print (a1)
    rows       whether examples are the rows of a matrix (x Wᵀ) or its columns (W x)
    residual   which way round the error is written: t - z, or z - t and so without its minus sign
    others     letters of an optimizer's settings, where they would clash
    also       further spellings of a letter that are read; Greek letters are read by name as well
    """

    name: str
    source: str
    input: str
    target: str
    weights: str
    bias: str
    net: str
    hidden: str
    output: str | None
    loss: str
    delta: str
    rate: str = "η"
    count: str = "N"
    example: str = "p"
    layer: Literal["raised", "suffix"] = "raised"
    rows: bool = False
    residual: Literal["target - output", "output - target"] = "output - target"
    others: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def letters(self, layers: int) -> Iterator[tuple[str, Letter]]:
        """How each of the program's names is written, in a network of so many layers."""
        yield from (("x", Letter(self.input)), ("t", Letter(self.target)))
        for number in range(1, layers + 1):
            layer = str(number)
            for name, letter in (("W", self.weights), ("b", self.bias), ("net", self.net)):
                yield f"{name}{layer}", Letter(letter, layer)
            yield f"delta{layer}", Letter(self.delta, layer)
            if number < layers:
                yield f"h{layer}", Letter(self.hidden, layer)
        yield "z", Letter(self.hidden, str(layers)) if self.output is None else Letter(self.output)
        yield from (("J", Letter(self.loss)), ("η", Letter(self.rate)), ("N", Letter(self.count)))
        yield from ((name, Letter(letter)) for name, letter in self.others.items())

    @property
    def words(self) -> dict[str, str]:
        """What stands in the slots of a sentence: letters, two indices, and the error with its sign."""
        k, i, *_ = (letter for letter in INDICES if letter not in self.indices.taken)
        output = self.output or self.hidden
        letters = {"x": self.input, "t": self.target, "W": self.weights, "b": self.bias, "net": self.net}
        letters |= {"h": self.hidden, "z": output, "J": self.loss, "δ": self.delta}
        letters |= {"η": self.rate, "N": self.count, "k": k, "i": i}
        if self.residual == "output - target":
            return letters | {"t-z": f"{output} - {self.target}", "-1": "1", "-": ""}
        return letters | {"t-z": f"{self.target} - {output}", "-1": "-1", "-": "-"}

    @property
    def indices(self) -> Indices:
        """Letters for indices that stand for nothing else."""
        used = {written.letter for _, written in self.letters(layers=2)} | {self.example}
        size = next(letter for letter in SIZES if letter not in used)
        return Indices(self.example, size, frozenset({*used, size}))


NOTATIONS: dict[str, Notation] = {
    notation.name: notation
    for notation in (
        Notation(
            "notes",
            "the lecture notes",
            input="x",
            target="t",
            weights="W",
            bias="b",
            net="net",
            hidden="h",
            output="z",
            loss="J",
            delta="δ",
            rows=True,
            residual="target - output",
        ),
        Notation(
            "nielsen",
            "M. Nielsen, Neural Networks and Deep Learning",
            input="x",
            target="y",
            weights="w",
            bias="b",
            net="z",
            hidden="a",
            output=None,
            loss="C",
            delta="δ",
            count="n",
        ),
        Notation(
            "bishop",
            "C. Bishop, Pattern Recognition and Machine Learning",
            input="x",
            target="t",
            weights="w",
            bias="b",
            net="a",
            hidden="z",
            output="y",
            loss="E",
            delta="δ",
            example="n",
        ),
        Notation(
            "goodfellow",
            "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning",
            input="x",
            target="y",
            weights="W",
            bias="b",
            net="a",
            hidden="h",
            output="ŷ",
            loss="J",
            delta="g",
            rate="ε",
            count="m",
            others={"ε": "δ"},
            also={"ŷ": ("y_hat",)},
        ),
        Notation(
            "cs231n",
            "Stanford CS231n, course notes",
            input="x",
            target="y",
            weights="W",
            bias="b",
            net="s",
            hidden="h",
            output="f",
            loss="L",
            delta="δ",
            rate="α",
            layer="suffix",
        ),
        Notation(
            "pytorch",
            "PyTorch, rows are examples",
            input="X",
            target="y",
            weights="W",
            bias="b",
            net="z",
            hidden="a",
            output="y_pred",
            loss="loss",
            delta="δ",
            rate="lr",
            example="n",
            layer="suffix",
            rows=True,
            also={"y_pred": ("ypred", "yhat", "y_hat", "ŷ")},
        ),
    )
}


def find_notation(name: str) -> Notation:
    """The notation called `name`. Raises UsageError with the nearest names."""
    if name in NOTATIONS:
        return NOTATIONS[name]
    from difflib import get_close_matches  # only ever needed once something is wrong

    near = get_close_matches(name.lower(), NOTATIONS, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(NOTATIONS)}."
    raise UsageError(f"there is no notation called {name!r}.", hint=hint)

"""The layers of a file, each with its number and its place, those inside a block among them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from backprop_tutor.exercise.layer_arrays import LayerArray
from backprop_tutor.exercise.layer_kind import BlockKind, LayerKind
from backprop_tutor.exercise.yaml_reader import Path

__all__ = ["PlacedLayer", "placed", "placed_layers", "placed_leaves"]


class PlacedLayer(NamedTuple):
    """A layer with its number, or a block with that of its last layer and the layers `inside`."""

    number: int
    place: Path
    layer: LayerKind
    inside: tuple["PlacedLayer", ...] = ()

    @property
    def all(self) -> Iterator["PlacedLayer"]:
        """The layers inside, or itself."""
        for inner in self.inside:
            yield from inner.all
        if not self.inside:
            yield self

    @property
    def is_recurrent(self) -> bool:
        return any(one.layer.is_recurrent for one in self.all)


def placed(
    layers: Sequence[LayerKind], place: Path = ("network", "layers"), number: int = 1
) -> tuple[PlacedLayer, ...]:
    found: list[PlacedLayer] = []
    for index, layer in enumerate(layers):
        here = (*place, index)
        if isinstance(layer, BlockKind):
            inside = placed(layer.inner, (*here, layer.kind), number)
            number = inside[-1].number
            found.append(PlacedLayer(number, here, layer, inside))
        else:
            found.append(PlacedLayer(number, here, layer))
        number += 1
    return tuple(found)


def placed_layers(layers: Sequence[LayerKind]) -> Iterator[PlacedLayer]:
    """All that have a number, in its order."""
    for top in placed(layers):
        yield from top.all


def placed_leaves(layers: Sequence[LayerKind]) -> dict[str, tuple[Path, LayerArray]]:
    """The arrays of all layers by name, each with the place of its layer; what is not trained is given."""
    found = {}
    for one in placed_layers(layers):
        for leaf in one.layer.leaves(one.number):
            found[leaf.name] = one.place, leaf if one.layer.trainable else leaf._replace(role="given")
    return found

"""Which notation an exercise is shown and answered in."""

from backprop_tutor.engine.optimizers import optimizer_with
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.exercise.quantity import quantities
from backprop_tutor.language import CANONICAL, Lettering, find_notation
from backprop_tutor.language.deltas import delta_of

__all__ = ["lettering_of"]


def lettering_of(exercise: Exercise, notation: str | None = None) -> Lettering:
    """The letters of `notation`, or else of the exercise's own, on its network.

    In a graph exercise the names are the author's, and no notation changes them. Raises UsageError for a
    notation that does not exist.
    """
    chosen = notation or exercise.notation
    found = find_notation(chosen) if chosen else None
    if found is None or exercise.layers is None:
        return CANONICAL
    update = None if exercise.learning_rate is None else optimizer_with(*exercise.optimizer)
    axes = {name: node.axes for name, node in quantities(exercise.graph, update, exercise.steps).items()}
    deltas = {delta: axes[name] for name in axes if (delta := delta_of(name))}
    lettering = Lettering(found, len(exercise.layers), axes | deltas)
    return lettering if exercise.is_feed_forward else lettering.by_rows()

"""Which notation an exercise is shown and answered in."""

from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.systems.form import FORM
from backprop_tutor.exercise.ledger import ledger_of
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.language import CANONICAL, Lettering, find_notation
from backprop_tutor.language.deltas import delta_of
from backprop_tutor.language.expr import Expr
from backprop_tutor.walkthrough.formulas import forward_formula

__all__ = ["lettering_of"]


def lettering_of(exercise: Exercise, notation: str | None = None) -> Lettering:
    """The letters of `notation`, or else of the exercise's own, on its network.

    In a graph exercise the names are the author's, and no notation changes them. Raises UsageError for a
    notation that does not exist.
    """
    chosen = notation or exercise.notation
    found = find_notation(chosen) if chosen else None
    if found is None or exercise.layers is None:
        return Lettering(formulas=formulas) if (formulas := _unnamed(exercise.graph)) else CANONICAL
    ledger = ledger_of(exercise.graph, exercise.rates, exercise.optimizer, exercise.steps)
    axes = {name: node.axes for name, node in ledger.quantities.items()}
    deltas = {delta: axes[name] for name in axes if (delta := delta_of(name))}
    lettering = Lettering(found, len(exercise.layers), axes | deltas)
    return lettering if exercise.is_feed_forward else lettering.by_rows()


def _unnamed(graph: Graph) -> dict[str, Expr]:
    """The parts of formulas, by the names that they are asked for by."""
    names = (name for name in graph.nodes if not graph.is_named(name))
    return {name: forward_formula(graph, graph.nodes[name], FORM.counting()).expr for name in names}

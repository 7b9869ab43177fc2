"""What is to be said beside the lines of a derivation, so that they can be read."""

from collections.abc import Iterator

from backprop_tutor.engine import ops
from backprop_tutor.engine.systems.places import is_computed
from backprop_tutor.language.expr import Call, Item
from backprop_tutor.walkthrough.derivation.definitions import Definitions
from backprop_tutor.walkthrough.derivation.derivation_form import Note, Section
from backprop_tutor.walkthrough.derivation.terms import index_of, walk

__all__ = ["remarks"]

OUTSIDE = "What stands outside its array is 0: {}."
WINS = "{} is 1 where the first is the entry that the window of the second picked, of equal ones the first."


def remarks(definitions: Definitions, sections: list[Section], wrt: str) -> Iterator[Note]:
    """What signs in the lines mean, and what courses call the last line where windows slide over an array."""
    parts = [part for section in sections for line in section.lines for part in walk(line.expr)]
    outside = [part for part in parts if isinstance(part, Item) and any(map(is_computed, index_of(part)))]
    if outside:
        yield Note(OUTSIDE, (outside[-1],))
    wins = [part for part in parts if isinstance(part, Call) and part.name == "wins"]
    if wins:
        yield Note(WINS, (wins[0],))
    for consumer, slot in definitions.graph.consumers[wrt]:
        op = ops.get(definitions.graph.nodes[consumer].op)
        if op.windows:
            yield Note(op.explanation(slot))

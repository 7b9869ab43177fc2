"""The derivation of one element where index letters cannot say what the graph does: by its numbers."""

from backprop_tutor.errors import ProofError
from backprop_tutor.language.expr import Partial
from backprop_tutor.walkthrough.derivation.derive import TooLong, derive
from backprop_tutor.walkthrough.derivation.ground import Ground
from backprop_tutor.walkthrough.derivation.lines import Section
from backprop_tutor.walkthrough.derivation.numbered import element
from backprop_tutor.walkthrough.derivation.proof import proved
from backprop_tutor.walkthrough.derivation.rule import Scene
from backprop_tutor.walkthrough.derivation.sections import written

__all__ = ["derived_by_element"]

MAX_ELEMENTS = 200

At = tuple[int, ...]


def derived_by_element(ground: Ground, of: At, wrt: At) -> Section:
    """∂of/∂wrt of two elements, each rule applied to all of its places at once, proved.

    Raises TooLong where there are too many elements, and ProofError.
    """
    above, below = ground.question.nodes
    if ground.elements > MAX_ELEMENTS:
        raise TooLong
    start = Partial(element(above, of), element(below, wrt))
    bench = ground.numbered
    lines = tuple(derive(Scene(bench.definitions, start), start, everywhere=True))
    (section,) = proved([written(Section(start, start, lines), ground.lettering)], bench)
    if any(line.verified is False for line in section.lines):
        raise ProofError(ground.question.name, "a line of its derivation does not hold.")
    return section

"""The derivation in general, as in lecture notes: sums over p and k, the indices i and j as letters."""

from backprop_tutor.errors import ProofError
from backprop_tutor.walkthrough.derivation.derivation_form import DerivationForm, Note, Section
from backprop_tutor.walkthrough.derivation.own_values import evaluated
from backprop_tutor.walkthrough.derivation.premises import Premises
from backprop_tutor.walkthrough.derivation.proof import proved
from backprop_tutor.walkthrough.derivation.question import Derivatives
from backprop_tutor.walkthrough.derivation.sections import index_sections, left_out, written

__all__ = ["index_form"]

TOLERANCE = 1e-9
_UNPROVED = Note("This graph is too large for its lines to be proved; the last one agrees with the engine.")


def index_form(premises: Premises, derivatives: Derivatives, *, unroll: bool) -> DerivationForm:
    """The proved derivation. Raises ProofError where a line does not hold, TooLong and Unwritable."""
    question, definitions = premises.question, premises.definitions
    derived = index_sections(
        definitions, question.of.name, question.wrt.name, unroll=unroll, targets=premises.targets
    )
    sections = [written(section, premises.lettering) for section in derived]
    notes = () if unroll else tuple(left_out(definitions, question.wrt.name, sections))
    if not premises.can_be_proved:
        _compare(premises, sections, derivatives)
        return DerivationForm("index", tuple(sections), (*notes, _UNPROVED))
    sections = proved(sections, premises.bench, premises.special)
    for section in sections:
        for line in section.lines:
            if line.verified is False:
                raise ProofError(question.name, f"the line by the rule {line.rule!r} does not hold.")
    _compare(premises, sections, derivatives)
    return DerivationForm("index", tuple(sections), notes)


def _compare(premises: Premises, sections: list[Section], derivatives: Derivatives) -> None:
    """The last line of each section with the engine, on the exercise's own numbers."""
    of, wrt = premises.question.first
    premises.solution.first.prepare([premises.question.wrt.name])  # and all on the way, in one pass
    for section in sections:
        places = premises.places(section, of, wrt)
        found, fraction = evaluated(section.result, places, premises)
        if section is sections[-1]:
            value, exact = derivatives.element(of, wrt)
        else:
            node = premises.definitions.node(section.meaning.wrt)
            assert node is not None
            at = tuple(places.values())
            value = float(premises.solution.first.gradient(node.name)[at])
            fractions = premises.solution.first.exact_gradient(node.name)
            exact = None if fractions is None else fractions[at]
        both = exact is not None and fraction is not None
        if (both and fraction != exact) or not abs(found - value) <= TOLERANCE * (1 + abs(value)):
            raise ProofError(
                premises.question.name,
                f"the last line gives {fraction if both else found}, the engine {value}.",
            )

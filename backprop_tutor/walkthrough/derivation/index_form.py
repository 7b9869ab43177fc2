"""The derivation in general, as in lecture notes: sums over p and k, the indices i and j as letters."""

from dataclasses import replace
from functools import partial
from typing import Any

from backprop_tutor.engine.systems.exact import Irrational
from backprop_tutor.errors import ProofError
from backprop_tutor.language.expr import Sym
from backprop_tutor.walkthrough.derivation.collapsing import collapsed
from backprop_tutor.walkthrough.derivation.condensed import condensed
from backprop_tutor.walkthrough.derivation.derivation_form import DerivationForm, Note, Section
from backprop_tutor.walkthrough.derivation.own_values import require_agreement
from backprop_tutor.walkthrough.derivation.premises import Premises
from backprop_tutor.walkthrough.derivation.proof import proved
from backprop_tutor.walkthrough.derivation.question import Derivatives
from backprop_tutor.walkthrough.derivation.remarks import remarks
from backprop_tutor.walkthrough.derivation.sections import index_sections, left_out, written
from backprop_tutor.walkthrough.derivation.terms import index_of

__all__ = ["index_form", "without_example"]

_UNPROVED = Note("This graph is too large for its lines to be proved; the last one agrees with the engine.")


_AT_ONCE = Note("Steps that belong together are taken at once; explain --all shows each by itself.")


def index_form(
    premises: Premises, derivatives: Derivatives, *, unroll: bool, every: bool = False
) -> DerivationForm:
    """The proved derivation, with `every` line or with no more than fit a page.

    Raises ProofError where a line does not hold, TooLong and Unwritable.
    """
    question, definitions = premises.question, premises.definitions
    derived = index_sections(
        definitions, question.of.name, question.wrt.name, unroll=unroll, targets=premises.targets
    )
    if derived and question.of.name == definitions.graph.loss and not unroll and premises.can_be_proved:
        derived = [collapsed(section, premises.bench) for section in derived]
    sections = [written(section, premises.lettering) for section in derived]
    notes = () if unroll else tuple(left_out(definitions, question.wrt.name, sections))
    if question.of.name == definitions.graph.loss:
        notes += tuple(remarks(definitions, sections, question.wrt.name))
    if not every:
        whole, sections = sections, condensed(sections)
        notes += (_AT_ONCE,) if sections != whole else ()
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
        if section is sections[-1]:
            claimed = derivatives.element(of, wrt)
            truth = partial(derivatives.precise, of, wrt)
        else:
            node = premises.definitions.node(section.meaning.wrt)
            assert node is not None
            at = tuple(
                places[place.name] if isinstance(place, Sym) else 0 for place in index_of(section.meaning.wrt)
            )
            value = float(premises.solution.first.gradient(node.name)[at])
            fractions = premises.solution.first.exact_gradient(node.name)
            claimed = value, None if fractions is None else fractions[at]
            truth = partial(_precisely, premises, node.name, at)
        require_agreement(section.result, places, premises, claimed, truth)


def _precisely(premises: Premises, node: str, at: tuple[int, ...]) -> Any:
    found = premises.solution.precise(premises.solution.gradient_prefix + node)
    if found is None:
        raise Irrational
    return found[at]


def without_example(premises: Premises, form: DerivationForm) -> DerivationForm:
    """The form where the graph's only example goes unsaid, as it does in what is written of one."""
    said = premises.definitions.without_example
    if not premises.definitions.has_one_example:
        return form

    def section(part: Section) -> Section:
        left = said(part.left)
        lines = (replace(line, expr=said(line.expr), left=left) for line in part.lines)
        return replace(part, left=left, lines=tuple(lines))

    notes = (replace(note, quantities=tuple(map(said, note.quantities))) for note in form.notes)
    return replace(form, sections=tuple(map(section, form.sections)), notes=tuple(notes))

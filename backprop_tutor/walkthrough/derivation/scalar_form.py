"""The same derivation for the sizes of the exercise, its sums spelled out."""

from dataclasses import replace

from backprop_tutor.engine.systems.letters import Unwritable
from backprop_tutor.errors import ProofError
from backprop_tutor.language.expr import Call, Expr
from backprop_tutor.walkthrough.derivation.derivation_form import DerivationForm, Line, Note, Section
from backprop_tutor.walkthrough.derivation.derive import TooLong
from backprop_tutor.walkthrough.derivation.premises import Premises
from backprop_tutor.walkthrough.derivation.proof import proved
from backprop_tutor.walkthrough.derivation.random_model import Bench
from backprop_tutor.walkthrough.derivation.sections import index_sections, written
from backprop_tutor.walkthrough.derivation.spelled_out import LONG, Spelling, terms
from backprop_tutor.walkthrough.derivation.terms import walk

__all__ = ["scalar_form"]

_OTHERS = "; 0 for the other elements"  # which a Kronecker delta leaves out
MANY = 48  # terms of a line that is still written out
MAX_ELEMENTS = 300  # of a graph whose sizes a proof works with


def scalar_form(premises: Premises, index: DerivationForm) -> DerivationForm:
    """The derivation of the first element asked; `index` is the same in general, proved."""
    question, sections = premises.question, list(index.sections)
    notes = list[Note]()
    whole = _unrolled(premises) if len(sections) > 1 else sections
    count = max((terms(line.expr, premises.sizes) for part in whole for line in part.lines), default=0)
    if whole and count <= MANY and premises.elements <= MAX_ELEMENTS:
        sections, spelling = whole, Spelling(premises.sizes, shape=premises.shape)
    else:
        spelling = Spelling(premises.sizes, short=True, shape=premises.shape)
        count = max(terms(line.expr, premises.sizes) for part in sections for line in part.lines)
        if count > LONG:
            notes.append(Note(f"The longest line has {count:,} terms; where … stands, some are left out."))
    if question.count > 1:
        notes.append(Note("This is the first element of those asked; the others follow in the same way."))
    spelled = [_spelled(premises, spelling, section) for section in sections]
    if not spelling.short:
        definitions, targets, sizes = premises.definitions, premises.targets, premises.sizes
        special = Bench(definitions, targets, sizes) if targets else None
        spelled = proved(spelled, Bench(definitions, sizes=sizes), special)
        if any(line.verified is False for section in spelled for line in section.lines):
            raise ProofError(question.name, "a line of the scalar form does not hold.")
    return DerivationForm(
        "scalar", tuple(_without_example(spelling, section) for section in spelled), tuple(notes)
    )


def _unrolled(premises: Premises) -> list[Section]:
    """The derivation without deltas, or nothing where it is too long."""
    of, wrt = premises.question.of.name, premises.question.wrt.name
    try:
        derived = index_sections(premises.definitions, of, wrt, unroll=True, targets=premises.targets)
        return [written(section, premises.lettering) for section in derived]
    except (TooLong, Unwritable):
        return []


def _spelled(premises: Premises, spelling: Spelling, section: Section) -> Section:
    of, wrt = premises.question.first
    places = premises.places(section, of, wrt)
    left, start = spelling.line(section.left, places), spelling.line(section.meaning, places)
    lines: list[Line] = []
    before = start
    deltas = 0
    for line in section.lines:
        spelling.vanished.clear()
        known, deltas, rule = deltas, _deltas(line.expr), line.rule
        expr = spelling.line(line.expr, places)
        if spelling.vanished and deltas > known:
            rule += _OTHERS
        if expr != before:  # a sum of one term has nothing to sum
            lines.append(replace(line, expr=expr, left=left, rule=rule))
        before = expr
    return replace(section, left=left, meaning=start, lines=tuple(lines) or section.lines[-1:])  # type: ignore[arg-type]


def _deltas(expr: Expr) -> int:
    return sum(isinstance(part, Call) and part.name == "kronecker" for part in walk(expr))


def _without_example(spelling: Spelling, section: Section) -> Section:
    left = spelling.written(section.left)
    lines = tuple(replace(line, expr=spelling.written(line.expr), left=left) for line in section.lines)
    return replace(section, left=left, lines=lines)

"""The verdict on a number: right, right after an earlier slip, or wrong for a reason."""

from functools import partial

from backprop_tutor.grading import messages
from backprop_tutor.grading.book import Book
from backprop_tutor.grading.compare import Closeness
from backprop_tutor.grading.diagnosis import formula_causes, number_causes
from backprop_tutor.grading.elements import Element
from backprop_tutor.grading.follow_through import followed, origin_of, rounded, trivial_zero
from backprop_tutor.grading.history import History
from backprop_tutor.grading.number import Number
from backprop_tutor.grading.verdict import Verdict
from backprop_tutor.grading.working import Student
from backprop_tutor.language.expr import Expr

__all__ = ["number_verdict"]

FORGOTTEN = "update-forgotten"  # the misconception


def number_verdict(
    book: Book,
    place: Element,
    given: str,
    echo: str,
    number: Number,
    history: History,
    formula: Expr | None = None,
) -> Verdict:
    """The verdict on `number` as the answer to the element at `place`, after the answers of `history`;
    `formula` is the one that gave it, if one was typed."""
    verdict = partial(Verdict, book.elements.name(*place), given, echo=echo, number=number)
    closeness = book.closeness(place, number)
    if closeness is Closeness.RIGHT:
        return verdict("correct", message=messages.RIGHT)
    judge = partial(_not_right, book, place, number, closeness, history, verdict, formula)
    if formula is not None:
        return judge()
    return book.kept.verdict((place, given, echo, number), history.before(place[0]), judge)


def _not_right(
    book: Book,
    place: Element,
    number: Number,
    closeness: Closeness,
    history: History,
    verdict: "partial[Verdict]",
    formula: Expr | None,
) -> Verdict:
    """The verdict on a number that is not the right value as it stands."""
    honest = rounded(book, place, number, history)
    if honest is Closeness.RIGHT:
        return verdict("correct", message=messages.RIGHT_FROM_ROUNDED)
    student = history.student(place[0])
    own = followed(book, place, number, history) if student else honest
    if student and own is Closeness.RIGHT:
        return _carried_on(book, place, history, student, verdict)
    if Closeness.HIDDEN in (closeness, honest, own):
        return verdict("undecided", message=messages.HIDDEN)
    if Closeness.VAGUE in (honest, own):
        return verdict("undecided", message=messages.VAGUE)
    if closeness is Closeness.OLD:
        return verdict("wrong", misconceptions=(FORGOTTEN,), message=messages.OLD)
    if closeness is Closeness.ROUNDED:
        return verdict("wrong", message=messages.rounded_too_early(number, book.precision), rounded=True)
    if closeness is Closeness.CUT_OFF:
        return verdict("wrong", message=messages.CUT_OFF, rounded=True)
    if closeness is Closeness.NEARLY:
        return verdict("wrong", message=messages.NEARLY, rounded=True)
    return _diagnosed(book, place, number, history, student, verdict, formula)


def _carried_on(
    book: Book, place: Element, history: History, student: Student, verdict: "partial[Verdict]"
) -> Verdict:
    """The verdict on an answer that is right but for an earlier slip."""
    origin, zero = origin_of(book, place, history, student), trivial_zero(book, place, student)
    if not zero:
        message = messages.follow_through(book.said(origin))
        return verdict("follow-through", message=message, origin=origin)
    slip = history.verdicts.get(origin)
    ids, ambiguous = (slip.misconceptions, slip.ambiguous) if slip else ((), False)
    message = messages.trivial(book.said(zero), book.said(origin))
    return verdict("wrong", misconceptions=ids, ambiguous=ambiguous, message=message, origin=origin)


def _diagnosed(
    book: Book,
    place: Element,
    number: Number,
    history: History,
    student: Student | None,
    verdict: "partial[Verdict]",
    formula: Expr | None,
) -> Verdict:
    quantity, index = place
    found = (
        number_causes(book, place, number, history, student)
        if formula is None
        else formula_causes(book, place, formula)
    )
    if not found.causes:
        return verdict("wrong", message=messages.unexplained(_right_factors(book, place, history)))
    step = book.workbook.text(quantity, index)
    echo, name = verdict.keywords["echo"], verdict.args[0]
    message, slip = (messages.explained(echo, name, quantity, f, found, book.said) for f in (step, ""))
    return verdict("wrong", misconceptions=found.ids, ambiguous=not found.certain, message=message, slip=slip)


def _right_factors(book: Book, place: Element, history: History) -> list[str]:
    """What the step uses and the student has already got right."""
    names = [book.elements.name(*element) for element in book.workbook.used(*place)]
    verdicts = history.verdicts
    return [book.said(name) for name in names if name in verdicts and verdicts[name].verdict == "correct"]

"""The right method on the student's own values: what it gives, and whether that earns credit."""

from collections.abc import Iterator

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.grading.book import Book
from backprop_tutor.grading.compare import Closeness
from backprop_tutor.grading.elements import Element
from backprop_tutor.grading.history import History
from backprop_tutor.grading.number import Number
from backprop_tutor.grading.working import Student, Working

__all__ = ["followed", "origin_of", "rounded", "trivial_zero"]

NEAR = (Closeness.RIGHT, Closeness.HIDDEN, Closeness.VAGUE)
MUCH = 0.1  # of a value: rounding that changes it by more leaves hardly a digit of it
UNITS = 2  # of the last digit asked, which rounding may always change


def rounded(book: Book, place: Element, number: Number, history: History) -> Closeness:
    """How near `number` comes to what the right method gives with the student's right but rounded values."""
    return _nearest(book, place, number, _workings(book, place[0], history, slips=False))


def followed(book: Book, place: Element, number: Number, history: History) -> Closeness:
    """How near it comes to what the right method gives with all of the student's values."""
    return _nearest(book, place, number, _workings(book, place[0], history, slips=True))


def _workings(book: Book, quantity: str, history: History, *, slips: bool) -> Iterator[Working]:
    """The ways in which a student may go on: from what is written, at net rather than at a wrong h, or from
    what they worked out and did not write."""
    written = history.working(quantity, slips=slips)
    if written is None:
        return
    yield written
    if slips and not written.student.changed.isdisjoint(book.ledger.activations):
        fresh = history.working(quantity, fresh=True)
        yield from (fresh,) if fresh else ()
    unwritten = history.working(quantity, slips=slips, stand_in=False)
    if unwritten and unwritten is not written:
        yield unwritten


def _nearest(book: Book, place: Element, number: Number, workings: Iterator[Working]) -> Closeness:
    found = Closeness.WRONG
    for working in workings:
        closeness = _closeness(book, place, number, working)
        if closeness is Closeness.RIGHT:
            return closeness
        found = closeness if closeness in NEAR else found
    return found


def _closeness(book: Book, place: Element, number: Number, working: Working) -> Closeness:
    student, index = working.student, place[1]
    if not np.isfinite(working.expected[index]):
        return Closeness.WRONG
    if working.expected[index] == 0:
        if book.is_noise(place[0], number):
            return Closeness.RIGHT
        working = working.as_written  # 0 is where terms cancel: what they leave over is no rounding of it

    def compared(result: Array, reach: Array) -> Closeness:
        value = float(result[index])
        found = book.compared(place, number, value, student.known, float(reach[index]))
        most = max(MUCH * abs(value), UNITS * book.precision.grain(value))
        return Closeness.VAGUE if found is Closeness.RIGHT and abs(number.value - value) > most else found

    found = compared(working.expected, working.ample)
    if found not in NEAR:  # most numbers are far away
        return found
    each = [compared(result, working.reach) for result in working.results]
    return next((closeness for closeness in NEAR if closeness in each), each[0])


def trivial_zero(book: Book, place: Element, student: Student) -> str:
    """The name of a wrong zero among the student's values that kills every term, so that there was
    nothing to work out; empty where there is none."""
    quantity = place[0]
    node = book.solution.graph.nodes.get(quantity)
    if node and len(node.parents) == 1:  # an activation of a net that is 0 has been worked out
        return ""
    if student.expected[place[1]] != 0:
        return ""
    for name, at in book.workbook.used(*place):
        own, right = student.known.get(name), book.solution.values.get(name)
        if name in student.changed and own is not None and right is not None and own[at] == 0 != right[at]:
            return book.elements.name(name, at)
    return ""


def origin_of(book: Book, place: Element, history: History, student: Student) -> str:
    """The element in which the slip was made that the step at `place` carries on."""
    used = [history.verdicts.get(book.elements.name(*element)) for element in book.workbook.used(*place)]
    made = [v.quantity for v in used if v and v.verdict == "wrong" and v.number is not None]
    carried = [verdict.origin for verdict in used if verdict and verdict.origin]
    return next(iter((*made, *carried)), student.origin)

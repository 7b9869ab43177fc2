"""The map of a course: its lessons, what is done, what comes next; as blocks and as JSON."""

import json
from collections.abc import Iterator, Sequence

from backprop_tutor.course.course import Course, LessonHead
from backprop_tutor.course.lesson_store import LessonProgress
from backprop_tutor.render.blocks import Block, Column, Heading, Prose, Row, Table, Words, cell

__all__ = ["course_json", "course_map", "next_lesson"]

Places = Sequence[tuple[LessonHead, LessonProgress | None]]


def next_lesson(places: Places) -> LessonHead | None:
    """The lesson that was left last, or else the first that is not done; None where all are."""
    open_ones = [(head, progress) for head, progress in places if not (progress and progress.done)]
    left = [(progress.saved, head) for head, progress in open_ones if progress and progress.at]
    return max(left, key=lambda pair: pair[0])[1] if left else next((head for head, _ in open_ones), None)


def course_map(course: Course, places: Places) -> Iterator[Block]:
    """A row a lesson: its number, what it is called, what it asks, how far it is."""
    yield Heading((Words(course.title),))
    if course.about:
        yield Prose((Words(course.about),))
    following = next_lesson(places)
    rows = [_row(head, progress, is_next=head is following) for head, progress in places]
    columns = (
        Column((), "quiet", "right"),
        Column((), "asked"),
        Column((), "quiet", "right"),
        Column((), "correct"),
    )
    yield Table(columns, tuple(rows), borders=False)
    if following:
        yield Prose(())
        yield Prose((Words(f"Next: {following.number}, {following.title}."),), "section")
        yield Prose((Words(following.question),))


def _row(head: LessonHead, progress: LessonProgress | None, *, is_next: bool) -> Row:
    far = how_far(progress)
    mark = "next" if is_next and not far else far
    shown = f"cannot be read: {head.fault.what}" if head.fault else head.question
    said = f"lesson {head.number}: {head.title} ({mark or f'{head.minutes} min'}): {shown}"
    title = f"{head.title}: {shown}" if head.fault else head.title
    return Row((cell(str(head.number)), cell(title), cell(f"{head.minutes} min"), cell(mark)), cell(said))


def how_far(progress: LessonProgress | None) -> str:
    """`done`, `3/7`, or nothing."""
    if progress is None or (not progress.done and progress.at == 0):
        return ""
    return "done" if progress.done else f"{progress.at}/{progress.screens}"


def course_json(course: Course, places: Places) -> str:
    """Format 1: the lessons in order, each with how far it is."""
    following = next_lesson(places)
    document = {
        "format": 1,
        "title": course.title,
        "lessons": [
            {
                "number": head.number,
                "name": head.name,
                "title": head.title,
                "question": head.question,
                "minutes": head.minutes,
                "screens": head.screens,
                "exercise": head.exercise,
                "further": list(head.further),
                "fault": head.fault and head.fault.located(str(head.path)),
                "done": bool(progress and progress.done),
                "at": progress.at if progress else 0,
                "right": progress.right if progress else 0,
            }
            for head, progress in places
        ],
        "further": list(course.further),
        "next": following and following.name,
    }
    return json.dumps(document, ensure_ascii=False)

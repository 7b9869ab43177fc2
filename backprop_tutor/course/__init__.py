"""The course: lessons read from files, every number in them from their exercises, and who is how far."""

from typing import TYPE_CHECKING

from backprop_tutor.lazy import lazy_names

if TYPE_CHECKING:
    from backprop_tutor.course.course import Course, LessonHead, open_course, shipped_course
    from backprop_tutor.course.lesson import Lesson
    from backprop_tutor.course.lesson_loading import load_lesson
    from backprop_tutor.course.lesson_session import LessonSession
    from backprop_tutor.course.lesson_state import LessonState
    from backprop_tutor.course.lesson_store import LessonProgress, LessonStore

__all__ = [
    "Course",
    "Lesson",
    "LessonHead",
    "LessonProgress",
    "LessonSession",
    "LessonState",
    "LessonStore",
    "load_lesson",
    "open_course",
    "shipped_course",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "course": ("Course", "LessonHead", "open_course", "shipped_course"),
        "lesson": ("Lesson",),
        "lesson_loading": ("load_lesson",),
        "lesson_session": ("LessonSession",),
        "lesson_state": ("LessonState",),
        "lesson_store": ("LessonProgress", "LessonStore"),
    },
)

"""The file of a course, checked: every fault of it at once."""

from pathlib import Path

from backprop_tutor.course.lesson_file import CourseFile, checked_course
from backprop_tutor.course.lesson_loading import exercise_of, refused
from backprop_tutor.errors import AccessError
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.rectangles import describe
from backprop_tutor.exercise.schema_faults import checked_model
from backprop_tutor.exercise.yaml_reader import MAX_BYTES, read
from backprop_tutor.files import read_bytes
from backprop_tutor.language import clean

__all__ = ["load_course"]


def load_course(path: Path) -> CourseFile:
    """The course that the file at `path` lists, whose lessons lie beside it.

    Raises AccessError where there is nothing to read, and ExerciseError with every fault.
    """
    report = FaultReport(read(read_bytes(path, MAX_BYTES)), clean(str(path)))
    data = report.document.data
    if not isinstance(data, dict):
        if data is not None or not report.faults:
            report.add((), f"a course is a mapping of keys, not {describe(data)}.", "Begin with `title:`.")
        raise refused(report, "course")
    file = checked_model(data, checked_course, CourseFile, report)
    for place, name in enumerate(file.lessons if file else ()):
        if not (path.parent / f"{name.removesuffix('.yaml')}.yaml").is_file():
            report.add(("lessons", place), f"there is no lesson {clean(name)}.yaml beside this file.")
    for place, name in enumerate(file.further if file else ()):
        try:
            exercise_of(name, path.parent)
        except AccessError as error:
            report.add(("further", place), f"{clean(name)}: {error.what}", error.hint)
    if file is None or report.faults:
        raise refused(report, "course")
    return file

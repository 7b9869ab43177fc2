"""The error tree: what its head says is what the classes are."""

import re

import pytest

from backprop_tutor import errors
from backprop_tutor.errors import BackpropTutorError, EvaluationError, ExerciseError, Fault, LanguageError

CLASSES = {
    name: value
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, BackpropTutorError)
}


def drawn_tree() -> dict[str, tuple[int, int | None]]:
    """Name -> (depth, exit status), read from the drawing in the module's docstring."""
    rows = re.findall(r"^([│├└─ ]*)(\w+Error) +(\d*)", errors.__doc__ or "", re.MULTILINE)
    return {name: (len(branch) // 4, int(status) if status else None) for branch, name, status in rows}


def test_the_drawing_shows_every_class_in_its_place() -> None:
    depths = {name: value.__mro__.index(BackpropTutorError) for name, value in CLASSES.items()}
    assert {name: depth for name, (depth, _) in drawn_tree().items()} == depths


def test_a_class_is_drawn_under_its_parent() -> None:
    ancestors: list[str] = []
    for name, (depth, _) in drawn_tree().items():
        ancestors[depth:] = [name]
        if depth:
            assert CLASSES[name].__base__ is CLASSES[ancestors[depth - 1]]


def test_the_drawing_shows_the_exit_statuses() -> None:
    drawn = {name: status for name, (depth, status) in drawn_tree().items() if depth}
    actual = {name: value.exit_status for name, value in CLASSES.items() if value is not BackpropTutorError}
    assert drawn == actual


def test_every_class_is_public() -> None:
    assert set(errors.__all__) == {*CLASSES, "Fault"}


@pytest.mark.parametrize("error", CLASSES.values())
def test_every_class_has_a_title_of_its_own(error: type[BackpropTutorError]) -> None:
    assert "title" in vars(error)


def test_an_error_reads_as_place_what_and_advice() -> None:
    error = BackpropTutorError("no such file", where="a.yaml", hint="Try `list`.")
    assert str(error) == "a.yaml: no such file Try `list`."
    assert str(BackpropTutorError("no such file")) == "no such file"


def test_an_invalid_exercise_reports_every_fault() -> None:
    error = ExerciseError([Fault("a", "b", line=1, column=2), Fault("c")], file="x.yaml")
    assert str(error) == "x.yaml:1:2: a b\nx.yaml: c"
    assert (error.what, error.where, error.hint) == ("a", "x.yaml:1:2", "b")


def test_a_failing_step_is_named() -> None:
    error = EvaluationError("net1", "division by zero", file="x.yaml")
    assert error.step == "net1"
    assert str(error) == "x.yaml: net1: division by zero"


def test_a_language_error_marks_at_least_one_character() -> None:
    assert LanguageError("?", text="1 +", start=3).end == 4
    assert LanguageError("?", text="1 +", start=0, end=2).end == 2

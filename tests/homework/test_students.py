"""Whose sheet a file is."""

from unicodedata import normalize

import pytest

from backprop_tutor.errors import UsageError
from backprop_tutor.homework.students import student_finder


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("lastname_12345_67890_sheet.yaml", "lastname"),
        ("leeann_LATE_123_456_answers (1).yaml", "leeann"),
        ("Ann Lee_123_assignsubmission_file_/sheet.yaml", "Ann Lee"),
        ("Ann Lee_123_assignsubmission_file_sheet.yaml", "Ann Lee"),
        ("hw/Ann_Lee_123_assignsubmission_file_my_1_2_sheet.yaml", "Ann_Lee"),
        ("a\\b\\bob.yaml", "bob"),
        ("a\\bob\\sheet.yaml", "bob"),
        ("week1/bob/answers.yaml", "bob"),
        ("week1/bob.yaml", "bob"),
        ("exercise1-s123-sheet.yaml", "s123"),
        ("=cmd()_1_2_x.yaml", "=cmd()"),
        ("\x1b[31mred\u202e.yaml", "red"),
        ("a" * 5_000 + ".yaml", "a" * 200),
    ],
)
def test_by_the_conventions_of_platforms(path: str, student: str) -> None:
    assert student_finder("exercise1")(path) == student


def test_a_name_is_the_same_however_its_letters_are_composed() -> None:
    composed, apart = normalize("NFC", "zoë josé"), normalize("NFD", "zoë josé")
    assert composed != apart
    for roster, path in ((composed, apart), (apart, composed)):
        find = student_finder("exercise1", roster=[roster])
        assert find(f"hw/{path}.yaml") == roster
        assert find(f"{path}_1_2_sheet.yaml") == roster
        assert find(f"exercise1-{path}-sheet.yaml") == roster
    assert student_finder("exercise1")(f"{apart}.yaml") == composed


def test_by_a_pattern() -> None:
    find = student_finder("exercise1", "*-{student}-v*.yaml")
    assert find("hw/2026-ann-v3.yaml") == "ann"
    assert find("elsewise.yaml") == "elsewise.yaml"


@pytest.mark.parametrize("pattern", ["*.yaml", "{student}{student}"])
def test_a_pattern_says_where_the_student_stands(pattern: str) -> None:
    with pytest.raises(UsageError, match="where the student stands"):
        student_finder("exercise1", pattern)


def test_a_roster_gives_the_id_as_it_is_written_there() -> None:
    find = student_finder("exercise1", roster=["Ann.Lee@x.de", "S1"])
    from backprop_tutor.homework.publish import file_stem

    assert find("s1_1_2_sheet.yaml") == "S1"
    assert find(file_stem("exercise1-Ann.Lee@x.de") + "-sheet.yaml") == "Ann.Lee@x.de"
    assert find("stranger.yaml") == "stranger"

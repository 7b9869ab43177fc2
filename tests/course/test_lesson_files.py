"""What a lesson file may say, and that every fault in one is told at its place."""

from pathlib import Path

import pytest

from backprop_tutor.course import load_lesson, open_course
from backprop_tutor.course.lesson import Lesson
from backprop_tutor.course.lesson_template import LESSON_STARTER
from backprop_tutor.errors import AccessError, ExerciseError, UsageError

GOOD = """\
title: A knob
question: Which way?
idea: Against the slope.
exercise: one-weight
screens:
  - say: |
      `x` is {x} and {w} · {x} = {z}.

        `J = (z - t)**2 / 2`
    picture: {graph: z}
  - say: **Look** at it.
    picture: {curve: J, of: w, range: [0, 8]}
    predict:
      ask: Which way?
      choices:
        - {say: Up., when: dJ/dw < 0}
        - {say: Down., when: dJ/dw > 0, but: No.}
      then: Up.
  - do: [z, J]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "knob.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(ExerciseError) as caught:
        load_lesson(written(folder, text))
    assert caught.value.exit_status == 3
    return [str(fault.located("F")) for fault in caught.value.faults]


def good(folder: Path) -> Lesson:
    return load_lesson(written(folder, GOOD.replace("**Look** at it.", '"**Look** at it."')))


def test_a_lesson_is_read(tmp_path: Path) -> None:
    lesson = good(tmp_path)
    assert (lesson.title, lesson.minutes, lesson.exercise) == ("A knob", 5, "one-weight")
    assert [screen.ask for screen in lesson.screens] == [(), (), ("z", "J")]
    prediction = lesson.screens[1].prediction
    assert prediction
    assert prediction.right == 0
    assert lesson.remarks == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{x} and", "{y} and", "F:7:14: y is not a quantity"),
        ("{w} · {x} = {z}", "{w} · {x} = {t}", "F:6:10: this says 2 · 3 = 12, which is not so"),
        ("`J = (z - t)**2 / 2`", "`J = (z - u)**2 / 2`", "F:9:9: u is not a quantity"),
        ("exercise: one-weight", "exercise: one-wieght", "F:4:11: one-wieght: there is no shipped exercise"),
        ("{graph: z}", "{graph: zz}", "F:10:22: zz is not a quantity"),
        ("{graph: z}", "{graph: w}", "F:10:22: w is no step"),
        ("{graph: z}", "{grap: z}", "F:10:15: there is no key `grap` here. Did you mean `graph`?"),
        ("{graph: z}", "{graph: z, function: relu}", "F:10:14: a picture is one of"),
        ("{graph: z}", "{function: rleu}", "F:10:25: `rleu` is no function"),
        ("range: [0, 8]", "range: [8, 0]", "F:12:14: a curve needs"),
        ("of: w", "of: z", "`z` cannot be changed"),
        ("when: dJ/dw > 0", "when: dJ/dw < 0", "F:15:7: one answer must be right, and here 1 and 2 are."),
        ("when: dJ/dw < 0", "when: dJ/dw = 0", "F:15:7: one answer must be right, and here none is."),
        ("when: dJ/dw < 0", "when: dJ/dw", "F:16:28: `dJ/dw` compares nothing"),
        ("do: [z, J]", "do: [z, K]", "F:19:13: K is not a quantity"),
        ("do: [z, J]", "do: []", "F:19:9: at least 1 item"),
        ("title: A knob", "title: ''", "F:1:8: this text is empty."),
        ("question: Which way?\n", "", "F:1:1: the key `question` is missing."),
        ("  - do: [z, J]", "  - {}", "F:19:5: this screen is empty."),
        ("idea: Against the slope.", "minutes: 90\nidea: Against.", "F:3:10: 90 is out of range."),
    ],
)
def test_a_fault_is_told_at_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = GOOD.replace("**Look** at it.", "Look.")
    assert old in text
    found = faults(tmp_path, text.replace(old, new))
    assert any(line.startswith(said) or said in line for line in found), found


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("**Look** at it.", "Look at {u}.").replace("{x} and", "{y} and")
    assert len(faults(tmp_path, text.replace("[z, J]", "[K]"))) == 3


def test_a_number_written_down_is_remarked_on(tmp_path: Path) -> None:
    lesson = load_lesson(written(tmp_path, GOOD.replace("**Look** at it.", "Look at these 3 numbers.")))
    assert lesson.remarks == (
        "line 11: the number 3 is written down. Write { } around it, and what it is: {3} at least.",
    )


def test_the_lesson_that_new_writes_is_one(tmp_path: Path) -> None:
    lesson = load_lesson(written(tmp_path, LESSON_STARTER))
    assert lesson.remarks == ()
    assert [screen.prediction.answer_text for screen in lesson.screens if screen.prediction] == ["1", "-18"]


def test_what_is_no_mapping_is_no_lesson(tmp_path: Path) -> None:
    assert faults(tmp_path, "- 1\n")[0].startswith("F:1:1: a lesson is a mapping of keys, not a list")


def test_a_course_of_its_own_has_its_own_exercises(tmp_path: Path) -> None:
    exercise = "title: T\ngraph:\n  parameters: {w: 5}\n  compute: {f: w**2}\n  loss: f\n"
    (tmp_path / "square.yaml").write_text(exercise, encoding="utf-8")
    text = (
        "title: Squares\nquestion: How fast?\nidea: Twice.\nexercise: square.yaml\n"
        'screens:\n  - say: "`f` is {f}."\n'
    )
    (tmp_path / "b-square.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "a-knob.yaml").write_text(GOOD.replace("**Look** at it.", "Look."), encoding="utf-8")
    course = open_course(tmp_path)
    assert [head.name for head in course.lessons] == ["a-knob", "b-square"], "an exercise is no lesson"
    assert load_lesson(course.lessons[1].path).exercise == str(tmp_path / "square.yaml")
    (tmp_path / "course.yaml").write_text("title: Ours\nlessons: [b-square, a-knob]\n", encoding="utf-8")
    course = open_course(tmp_path)
    assert (course.title, [head.name for head in course.lessons]) == ("Ours", ["b-square", "a-knob"])
    assert course.find("2").name == course.find("A kn").name == course.find("a-knob").name == "a-knob"
    for wrong in ("3", "0", "", "zzz"):
        with pytest.raises(UsageError, match="no lesson"):
            course.find(wrong)


def test_there_may_be_no_course(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="no lesson in this folder"):
        open_course(tmp_path)
    with pytest.raises(AccessError, match="no such lesson"):
        open_course(tmp_path / "nowhere")


def test_text_of_a_file_is_cleaned(tmp_path: Path) -> None:
    hostile = GOOD.replace("**Look** at it.", '"Look \\e[31m\\u202e here."')
    lesson = load_lesson(written(tmp_path, hostile.replace("A knob", '"A \\u202eknob"')))
    assert "\x1b" not in repr(lesson.screens[1].say)
    assert "\u202e" not in lesson.title + repr(lesson.screens[1].say)

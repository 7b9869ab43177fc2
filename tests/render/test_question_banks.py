"""Questions for Moodle, Canvas and Blackboard, read by the rules of their formats, as the grader marks."""

import io
import re
import zipfile
from fractions import Fraction
from functools import cache
from html import unescape
from xml.etree import ElementTree as ET

import pytest
from cloze_reader import places

from backprop_tutor import UsageError, load, loads, solve
from backprop_tutor.grading.checking import Checker
from backprop_tutor.homework.class_versions import draw_class
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports import exporter
from backprop_tutor.render.exports.to_moodle import MAX_PLACES

EXERCISES = (
    "exercise1",
    "exercise3",
    "mazur",
    "softmax-batch",
    "lstm-two-steps",
    "adam-two-steps",
    "fan-out",
)
HOSTILE = """
title: 'A ]]> & <b> } ~ # "title" / here'
description: 'Take {1:NUMERICAL:=3} and \\( x \\) <script>'
graph:
  given: {x: 1/3, tiny: 1e-9}
  parameters: {w: 2}
  compute: {q: w*x*tiny, J: q + w}
  loss: J
ask: [q, J, dJ/dw]
marks: {q: 1/2, J: 3}
"""


@cache
def documents(name: str, count: int = 0) -> tuple[Document, ...]:
    exercise = loads(HOSTILE) if name == "hostile" else load(name)
    drawn = draw_class(exercise, 7, [str(n) for n in range(count)], jobs=1) if count else []
    return tuple(Document(solve(version)) for version in [d.version.exercise for d in drawn] or [exercise])


def rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits - 1}e}")


# Moodle


def moodle(name: str, count: int = 0) -> list[ET.Element]:
    text = exporter("moodle").content(documents(name, count))
    root = ET.fromstring(text)
    assert root.tag == "quiz"
    category, *questions = root
    assert category.get("type") == "category"
    assert category.findtext("category/text", "").startswith("$course$/top/")
    return questions


@pytest.mark.parametrize("name", [*EXERCISES, "hostile"])
def test_moodle_marks_as_the_grader_does(name: str) -> None:
    (question,) = moodle(name)
    assert question.get("type") == "cloze"
    assert question.findtext("name/text") == documents(name)[0].solution.exercise.title
    found = places(question.findtext("questiontext/text", "").split("Note: Answer with decimals")[1])
    checker = Checker(documents(name)[0].solution)
    elements = [(q.quantity, index) for q in checker.questions for index in q.indices]
    assert len(found) == len(elements)
    book = checker.marker.book
    for place, element, weight in zip(found, elements, checker.weights, strict=True):
        value = book.right(element)
        right, *wrong = place.alternatives
        assert (right.share, right.value) == (1, pytest.approx(value, rel=1e-11, abs=1e-15))
        said = book.elements.name(*element)
        for digits in (9,) if said.endswith("_new") or "_new[" in said else (book.precision.digits, 9):
            answer = rounded(value, digits) if book.precision.decimals is None else value
            verdict = checker.check({said: repr(answer)}).verdicts
            (own,) = [v for v in verdict if v.quantity == said]
            is_right = place.mark(answer)
            assert (is_right is right) == (own.verdict == "correct"), (said, answer, own)
        for slip in wrong:
            assert slip.share == 0
            assert place.mark(slip.value) is slip
            assert abs(slip.value - value) > right.tolerance
            assert slip.feedback.startswith(("That is ", "That may be "))
        assert place.weight * Fraction(sum(checker.weights)) == weight * sum(p.weight for p in found)


def test_a_usual_slip_is_told() -> None:
    (question,) = moodle("exercise1")
    text = question.findtext("questiontext/text", "")
    J = places(text)[-5]  # J, then two gradients and two new weights
    assert [a.feedback for a in J.alternatives if a.value == 1] == [
        "That is J with the factor 1/2 forgotten."
    ]


def test_each_version_is_a_question() -> None:
    questions = moodle("exercise1", 3)
    names = [question.findtext("name/text") for question in questions]
    ids = [question.findtext("idnumber") for question in questions]
    assert len(set(names)) == len(set(ids)) == 3
    first = [places(q.findtext("questiontext/text", ""))[0].alternatives[0].value for q in questions]
    for document, value in zip(documents("exercise1", 3), first, strict=True):
        assert value == document.solution.value("net1").flat[0]


def test_text_cannot_leave_its_place() -> None:
    (question,) = moodle("hostile")
    text = question.findtext("questiontext/text", "")
    assert "<script>" not in text
    assert len(places(text)) == 3, "the author's own words hold no place"


def test_too_many_places_are_refused() -> None:
    numbers = list(range(1, MAX_PLACES + 2))
    graph = f"graph: {{given: {{x: {numbers}}}, compute: {{y: x*2, J: sum(y)}}, loss: J}}"
    exercise = loads(f"title: t\n{graph}\nask: [{{quantity: y, by: element}}]")
    with pytest.raises(UsageError, match="too many"):
        exporter("moodle").content([Document(solve(exercise))])


# QTI 1.2: what may stand in what, in which order (IMS QTI ASI 1.2, XML binding)

MODEL = {
    "questestinterop": "assessment",
    "assessment": "qtimetadata section",
    "section": "(item )+",
    "item": "itemmetadata presentation (resprocessing )*(itemfeedback )*",
    "itemmetadata": "qtimetadata",
    "qtimetadata": "(qtimetadatafield )+",
    "qtimetadatafield": "fieldlabel fieldentry",
    "presentation": "material (response_str )?",
    "response_str": "render_fib",
    "render_fib": "(response_label )*",
    "response_label": "",
    "material": "mattext",
    "resprocessing": "outcomes (respcondition )+",
    "outcomes": "decvar",
    "respcondition": "conditionvar (setvar )*(displayfeedback )*",
    "conditionvar": "(or|other) ",
    "or": "varequal and",
    "and": "vargte varlte",
    "itemfeedback": "flow_mat",
    "flow_mat": "material",
    **dict.fromkeys(("fieldlabel", "fieldentry", "mattext", "decvar", "setvar", "displayfeedback"), ""),
    **dict.fromkeys(("varequal", "vargte", "varlte", "other"), ""),
}
NEEDED = {
    "assessment": {"ident", "title"},
    "section": {"ident"},
    "item": {"ident", "title"},
    "response_str": {"ident", "rcardinality"},
    "response_label": {"ident"},
    "itemfeedback": {"ident"},
    "displayfeedback": {"linkrefid"},
    "varequal": {"respident"},
    "vargte": {"respident"},
    "varlte": {"respident"},
}


def assert_fits(element: ET.Element) -> None:
    tag = element.tag.rpartition("}")[2]
    inside = "".join(f"{child.tag.rpartition('}')[2]} " for child in element)
    model = MODEL[tag]
    pattern = model if model.endswith((" ", ")+", ")*", ")?")) or not model else f"{model} "
    assert re.fullmatch(pattern, inside), (tag, inside)
    assert NEEDED.get(tag, set()) <= {*element.keys()}, tag
    for child in element:
        assert_fits(child)


def package(name: str, count: int = 0) -> dict[str, ET.Element]:
    data = exporter("qti").content(documents(name, count))
    assert data == exporter("zip").content(documents(name, count)), "the same each time"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {file: ET.fromstring(archive.read(file)) for file in archive.namelist()}


def plain(root: ET.Element) -> ET.Element:
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


@pytest.mark.parametrize("name", [*EXERCISES, "hostile"])
def test_a_package_follows_the_specification(name: str) -> None:
    files = package(name)
    manifest = plain(files.pop("imsmanifest.xml"))
    named = {file.get("href") for file in manifest.iter("file")}
    assert named == set(files)
    identifiers = [resource.get("identifier") for resource in manifest.iter("resource")]
    assert len(set(identifiers)) == len(identifiers)
    assert {d.get("identifierref") for d in manifest.iter("dependency")} <= {*identifiers}
    quiz = plain(files["quiz1/quiz1.xml"])
    assert_fits(quiz)
    idents = [item.get("ident") for item in quiz.iter("item")]
    assert len(set(idents)) == len(idents)
    for item in quiz.iter("item"):
        linked = {shown.get("linkrefid") for shown in item.iter("displayfeedback")}
        assert linked == {feedback.get("ident") for feedback in item.iter("itemfeedback")}


@pytest.mark.parametrize("name", [*EXERCISES, "hostile"])
def test_small_numbers_survive_four_decimals(name: str) -> None:
    """Canvas keeps four: the right number is still told from its neighbours and from usual slips."""
    quiz = plain(package(name)["quiz1/quiz1.xml"])
    checker = Checker(documents(name)[0].solution)
    elements = [(q.quantity, index) for q in checker.questions for index in q.indices]
    task, *asked = quiz.iter("item")
    assert "Answer with decimals" in task.findtext(".//mattext", "")
    assert len(asked) == len(elements)
    for item, element in zip(asked, elements, strict=True):
        value = checker.marker.book.right(element)
        low, high = (float(item.findtext(f".//{bound}", "")) for bound in ("vargte", "varlte"))
        text = unescape(item.findtext(".//mattext", ""))
        factor = int(found[1]) if (found := re.search(r"multiplied by (\d+)", text)) else 1
        digits = 9 if element[0].endswith("_new") else checker.marker.book.precision.digits
        answer = round(rounded(value, digits) * factor, 4)
        assert low <= answer <= high, (element, value)
        if value:
            assert not low <= 0 <= high, (element, value)
            assert not low <= round(1.1 * value * factor, 4) <= high or high - low > 0.1 * abs(value * factor)


def test_each_version_is_a_quiz() -> None:
    files = package("exercise1", 2)
    quizzes = [plain(files[f"quiz{n}/quiz{n}.xml"]) for n in (1, 2)]
    titles = {quiz.find("assessment").get("title") for quiz in quizzes}  # type: ignore[union-attr]
    assert len(titles) == 2


def test_the_old_weight_is_not_the_new_one() -> None:
    (question,) = moodle("mazur")
    checker = Checker(documents("mazur")[0].solution)
    elements = [(q.quantity, index) for q in checker.questions for index in q.indices]
    found = places(question.findtext("questiontext/text", ""))
    assert len(found) == len(elements)
    for place, (quantity, index) in zip(found, elements, strict=True):
        if quantity.endswith("_new"):
            old = float(checker.solution.value(quantity.removesuffix("_new"))[index])
            marked = place.mark(old)
            assert marked is None or marked.share == 0

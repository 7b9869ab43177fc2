"""Sheets: blank ones, and the reading of filled ones with the line of every answer."""

import json
import random
import re
from contextlib import suppress
from io import BytesIO
from time import process_time
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from backprop_tutor import Solution, load, loads, solve
from backprop_tutor.exercise import shipped_names
from backprop_tutor.homework.marked import SheetMarker
from backprop_tutor.homework.sheet import AnswerText, Sheet, SheetError, Value, layout, text_of
from backprop_tutor.homework.sheet_file import read_sheet
from backprop_tutor.homework.versions import Versions
from backprop_tutor.language import NOTATIONS
from backprop_tutor.render.answer_sheet import FORMATS, blank_sheet
from backprop_tutor.walkthrough import lettering_of

BLANK = re.compile(r"\b_\b")
SHEET = """\
# a comment
exercise: exercise1   # another
variant: 'v1'
student: ann
answers:
  net1: [[?, 1/2]]
  h1:
    - [x[1]*2, max(1,2)]
    - - 3
      - "4"
  z: *x
  J: ?
  dJ/dW2: [[1, 2; 3]
  "dJ/db[1]": -(t - z)*h1[1]
  W_new: [1, 0; -1, 1]
  r:
    - 5
  s:
  - 1
  - -2
  t: - 1
  u: [1, [2]]
  v: [[1,2],
      [3,4]]
  w: ["a,b", 'it''s']
  e: []
"""


def entries(sheet: Sheet) -> dict[str, tuple[int, str, tuple[int, ...] | None]]:
    return {entry.key: (entry.line, text_of(entry.value), layout(entry.value)) for entry in sheet.entries}


def leaves(value: object) -> list[object]:
    return [leaf for item in value for leaf in leaves(item)] if isinstance(value, list) else [value]


NAMES_IN_QUOTES = """
title: "Words: that YAML takes for others # or cuts off"
graph:
  given: {on: 2, no: [1, 2], x: 1}
  compute: {yes: "on * x", "null": sum(no * x), f: yes + null}
  loss: f
"""


@pytest.mark.parametrize("notation", [None, *NOTATIONS])
def test_every_blank_sheet_is_yaml_with_blanks_alone(notation: str | None) -> None:
    exercises = [load(name) for name in shipped_names()] + [loads(NAMES_IN_QUOTES, "2026-01-01")] * (
        not notation
    )
    for exercise in exercises:
        solution = solve(exercise)
        text = blank_sheet(solution, "yaml", lettering_of(exercise, notation))
        read = yaml.safe_load(text)
        assert read["exercise"] == exercise.name
        assert {leaf for value in read["answers"].values() for leaf in leaves(value)} == {"_"}
        assert all(isinstance(key, str) for key in read["answers"])
        marked = SheetMarker(solution).mark(read_sheet(text, "a.yaml"))
        assert marked.count() == {"blank": len(marked.rows)}
        assert marked.faults == ()


@pytest.mark.parametrize(
    "blank", ["_", "?", "", "null", "~", '"_"', "''", "[[_]]", "[[?]]", "[[ ]]", "\n    - - _"]
)
def test_what_is_read_as_a_blank(blank: str) -> None:
    marked = SheetMarker(solve(load("exercise1"))).mark(
        read_sheet(f"answers:\n  z: {blank}\n  J: 1/2\n", "a.yaml")
    )
    assert marked.verdicts["z[1]"].verdict == "blank"
    assert marked.verdicts["J"].verdict == "correct"


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "at least 3 significant digits"),
        ("digits: 5", "5 significant digits"),
        ("decimals: 1", "at least 1 decimal in"),
    ],
)
def test_a_sheet_says_how_many_digits_are_asked(form: str, key: str, said: str) -> None:
    text = blank_sheet(solve(loads(f"{NAMES_IN_QUOTES}{key}\n")), form)
    assert said in text.replace("\n# ", " ")


def test_yaml_is_read_with_the_line_of_every_answer() -> None:
    sheet = read_sheet(SHEET, "a.yaml")
    assert (sheet.exercise, sheet.variant, sheet.faults) == ("exercise1", "v1", [])
    assert entries(sheet) == {
        "net1": (6, "[[?, 1/2]]", (1, 2)),
        "h1": (7, "[[x[1]*2, max(1,2)], [3, 4]]", (2, 2)),
        "z": (11, "*x", ()),
        "J": (12, "?", ()),
        "dJ/dW2": (13, "[[1, 2; 3]", ()),
        "dJ/db[1]": (14, "-(t - z)*h1[1]", ()),
        "W_new": (15, "[1, 0; -1, 1]", ()),
        "r": (16, "[5]", (1,)),
        "s": (18, "[1, -2]", (2,)),
        "t": (21, "- 1", ()),
        "u": (22, "[1, [2]]", None),
        "v": (23, "[[1, 2], [3, 4]]", (2, 2)),
        "w": (25, "[a,b, it's]", (2,)),
        "e": (26, "[]", (0,)),
    }


@pytest.mark.parametrize(
    "text",
    [
        "exercise: exercise1\nanswers: {net1: [[1, x[1]]], J: 1/2, z: null}\n",
        "exercise: exercise1\nanswers: {\n  net1: [[1, x[1]]], J: 1/2,\n  z: ~,\n}\n",
        "{exercise: exercise1, answers: {net1: [[1, x[1]]], 'J': '1/2', z: }}\n",
        "  exercise: exercise1\n  answers:\n    net1: [[1, x[1]]]\n    J: 1/2\n    z: NULL\n",
        "Exercise: exercise1\nAnswers:\n  net1: [[1, x[1]]]\n  J: 1/2\n  z: ~\n",
        "%YAML 1.2\n---\nexercise: exercise1\nanswers:\n  net1: [[1, x[1]]]\n  J: 1/2\n  z:\n...\n",
        "exercise: exercise1\nanswers:\n  net1:\n  - - 1\n    - x[1]\n  J: >\n    1/2\n  z: null # no idea\n",
        "exercise: exercise1\nanswers:\n  net1: [[1,\n    x[1]]]\n  J: |-\n    1/2\n  z: |\n",
        "exercise: exercise1\nanswers:\nnet1: [[1, x[1]]]\nJ: 1/2\nz: ''\n",
    ],
)
def test_yaml_is_read_in_the_other_ways_in_which_it_is_written(text: str) -> None:
    sheet = read_sheet(text, "a.yaml")
    read = {entry.key: text_of(entry.value) for entry in sheet.entries}
    assert (sheet.exercise, sheet.faults) == ("exercise1", [])
    assert read == {"net1": "[[1, x[1]]]", "J": "1/2", "z": ""}


def test_the_pairs_in_braces_have_the_lines_on_which_they_stand() -> None:
    sheet = read_sheet("answers: {J: 1/2, z: {a: 1},\n\n  # mine\n  h1: [1,\n  0]\n}\nW1: 'a, b'\n", "a.yaml")
    assert entries(sheet) == {
        "J": (1, "1/2", ()),
        "z": (1, "{a: 1}", ()),
        "h1": (4, "[1, 0]", (2,)),
        "W1": (7, "a, b", ()),
    }


def test_nothing_is_left_out_in_silence() -> None:
    texts = {
        "a.yaml": "student: ann\nextra: 3\nanswers:\n  h1: [[1, 0]]\ncourse: ML\nJ: 1/2\n",
        "a.json": '{"name": "ann", "extra": 3, "answers": {"h1": [[1, 0]]},\n "course": "ML", "J": "1/2"}',
    }
    for name, text in texts.items():
        sheet = read_sheet(text, name)
        assert sorted(entry.key for entry in sheet.entries) == ["J", "course", "extra", "h1"]


def test_an_exercise_is_no_sheet() -> None:
    with pytest.raises(SheetError, match="no answers"):
        read_sheet("title: T\ngraph:\n  given: {x: 1}\n  loss: x\n", "a.yaml")


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("sep=;\nJ;0,5\ndJ/dW2[1,1];-1,5e-3\n", {"J": "0.5", "dJ/dW2[1,1]": "-1.5e-3"}),
        ("quantity;answer\nJ;0,5*W2[1,2]+max((1),2,3)\n", {"J": "0.5*W2[1,2]+max((1),2,3)"}),
        ("dJ/dW2[1,1];'1/2\nJ;=\n", {"dJ/dW2[1,1]": "1/2", "J": "="}),
        ("J;1,250\nz;-12,345\n", {"J": "1,250", "z": "-12,345"}),
        ("J;1,250\nz;max(0,5)\n", {"J": "1,250", "z": "max(0,5)"}),
        ("J;1,250\nz;-0,125\n", {"J": "1.250", "z": "-0.125"}),
        ("J;1,250\nz;12,5*W2[1,2]\n", {"J": "1.250", "z": "12.5*W2[1,2]"}),
        ('"dJ/dW2[1,1]",1\nJ,"0,5"\n', {"dJ/dW2[1,1]": "1", "J": "0,5"}),
        ('"sep=\t"\nname\tAnn\nJ\t1;2\n', {"J": "1;2"}),
    ],
)
def test_csv_is_read_as_spreadsheets_of_the_world_save_it(text: str, answers: dict[str, str]) -> None:
    sheet = read_sheet(text, "a.csv")
    assert {entry.key: text_of(entry.value) for entry in sheet.entries} == answers
    assert sheet.entries[-1].line == text.count("\n")


def test_brackets_without_end_are_read_in_no_time() -> None:
    start = process_time()
    for text in ("[" * 100_000, "J;" + "(" * 100_000 + "1,2"):
        assert read_sheet(text, "a.csv").entries
    assert process_time() - start < 5


def test_csv_is_read_in_the_code_page_of_excel() -> None:
    text = blank_sheet(solve(load("exercise1")), "csv")
    assert text.startswith("\ufeff")  # or Excel would take it for its code page
    assert "²" in text
    saved = text.lstrip("\ufeff").replace(",_", ",1").replace("Σ", "S").encode("cp1252", "replace")
    assert {text_of(entry.value) for entry in read_sheet(saved, "A.CSV").entries} == {"1"}
    yaml = "# Übung\nexercise: exercise1\nanswers:\n  J: 1/2\n"
    for code in ("cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-8"):
        assert [text_of(one.value) for one in read_sheet(yaml.encode(code), "a.yaml").entries] == ["1/2"]


def packed(**files: str) -> bytes:
    with BytesIO() as memory:
        with ZipFile(memory, "w", ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(name.replace("__", "/", 1) + ".yaml", text)
        return memory.getvalue()


def test_a_sheet_that_was_packed_by_itself_is_read() -> None:
    sheet = "exercise: exercise1\nanswers:\n  J: 1/2\n"
    for source in (packed(mine=sheet), packed(**{"sub__mine": sheet, ".DS_Store": "x"})):
        assert [text_of(one.value) for one in read_sheet(source, "answers.zip").entries] == ["1/2"]
    for source in (packed(mine=sheet, other=sheet), packed(mine="#" * 1_000_000), packed(mine=sheet)[:60]):
        with pytest.raises(SheetError, match=r"zip file|KB"):
            read_sheet(source, "answers.zip")


@pytest.mark.parametrize("odd", ["\ufeff", "\x1a", "\x0c", "\x07"])
def test_a_sheet_with_a_character_that_is_no_text_is_read(odd: str) -> None:
    text = f"# A comment of some length, as every sheet has\nexercise: exercise1\nanswers:\n  J: 1/2\n{odd}"
    assert [text_of(one.value) for one in read_sheet(text.encode(), "a.yaml").entries] == ["1/2"]
    table = f'"{odd}# A comment of some length, as every sheet has it"\nquantity,answer\nJ,1/2\n'
    assert [text_of(one.value) for one in read_sheet(table.encode(), "a.csv").entries] == ["1/2"]


@pytest.mark.parametrize("name", ["rnn-three-steps", "lstm-two-steps", "attention-one-head"])
def test_the_names_on_a_sheet_survive_every_code_page(name: str) -> None:
    solution = solve(load(name))
    saved = blank_sheet(solution, "csv").lstrip("\ufeff").encode("cp1252", "replace")
    wanted = [question for asked in SheetMarker(solution).checker.questions for question in asked.elements]
    assert [entry.key for entry in read_sheet(saved, "a.csv").entries] == wanted


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a picture"),
        (b"\x89PNG\r\n\x1a\n\0", "a picture"),
        (b"\0\0\0\x20ftypheic", "a picture or a film"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"{\\rtf1\\ansi answers:}", "a document of a word processor"),
        (b"PK\x03\x04..word/document.xml", "a Word document"),
        (b"PK\x03\x04..answers.yaml", "a zip file"),
    ],
)
def test_a_file_that_is_no_text_is_called_what_it_is(start: bytes, kind: str) -> None:
    with pytest.raises(SheetError, match=f"this is {kind}.*, not a text"):
        read_sheet(start, "answers.yaml")


def test_json_that_is_no_answer_is_shown_as_it_is() -> None:
    sheet = read_sheet('{"answers": {"J": true, "z": {"a": 1}, "h1": [[false]]}}', "a.json")
    assert [text_of(entry.value) for entry in sheet.entries] == ["true", "{…}", "[[false]]"]


def test_csv_is_read_whatever_separates_its_cells() -> None:
    for sign in ",;\t":
        text = f'# task\nexercise{sign}exercise1\nquantity{sign}answer\nJ{sign}1/2\n"dJ/dW2[1,1]"{sign}-1\n'
        sheet = read_sheet(text, "a.csv")
        assert sheet.exercise == "exercise1"
        assert entries(sheet) == {"J": (4, "1/2", ()), "dJ/dW2[1,1]": (5, "-1", ())}


def test_what_a_sheet_says_of_itself_may_stand_below_other_rows() -> None:
    sheet = read_sheet(
        "Homework 3\ncourse,ML\n\nvariant,v0123456789\nQuantity,answer\nJ,1/2\nname,7\n", "a.csv"
    )
    assert sheet.variant == "v0123456789"
    assert [(entry.key, entry.line) for entry in sheet.entries][-2:] == [("J", 6), ("name", 7)]


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.tsv"])
@pytest.mark.parametrize("code", ["utf-16", "utf-8-sig"])
def test_the_unicode_text_of_excel_is_read(name: str, code: str) -> None:
    saved = 'exercise\texercise1\r\nquantity\tanswer\r\nnet1\t"[1\n-1]"\r\nJ\t1/2\r\n'.encode(code)
    sheet = read_sheet(saved, name)
    assert sheet.exercise == "exercise1"
    assert {entry.key: text_of(entry.value) for entry in sheet.entries} == {"net1": "[1\n-1]", "J": "1/2"}


def test_yaml_in_utf_16_is_read() -> None:
    for code in ("utf-16", "utf-16-be"):
        text = "\ufeffanswers:\n  J: 1/2\n" if code == "utf-16-be" else "answers:\n  J: 1/2\n"
        assert entries(read_sheet(text.encode(code), "a.yaml")) == {"J": (2, "1/2", ())}


def test_json_keeps_numbers_as_they_were_written() -> None:
    text = '{"exercise": "exercise1",\n "answers": {"J": 0.50,\n  "z": [[1]],\n "h1": null}}'
    sheet = read_sheet(text, "a.json")
    assert entries(sheet) == {"J": (2, "0.50", ()), "z": (3, "[[1]]", (1, 1)), "h1": (4, "", ())}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "the file is empty"),
        ("hello", "this line is not understood"),
        ("answers:\n", "no answers on this sheet"),
        ('{"answers": 1}', "not an object"),
        ('{"answers": {', "not valid JSON"),
        ("[" * 100_000, "not understood"),
        ("{" * 100_000, "not valid JSON"),
        ('{"a":' * 50_000, "too deeply"),
    ],
)
def test_what_is_no_sheet_is_said(text: str, what: str) -> None:
    with pytest.raises(SheetError, match=what):
        read_sheet(text, "a.yaml")


@given(st.text())
def test_no_text_is_too_much(text: str) -> None:
    for name in ("a.yaml", "a.csv", "a.json"):
        with suppress(SheetError):
            read_sheet(text, name)


@given(st.binary())
def test_no_bytes_are_too_much(source: bytes) -> None:
    with suppress(SheetError):
        read_sheet(b"answers:\n  J: " + source, "a.yaml")


@pytest.mark.parametrize("name", shipped_names())
@pytest.mark.parametrize("form", ["yaml", "csv"])
def test_a_blank_sheet_is_read_as_blank(name: str, form: str) -> None:
    solution = solve(load(name))
    marked = SheetMarker(solution).mark(read_sheet(blank_sheet(solution, form), f"a.{form}"))
    assert marked.count().keys() == {"blank"}
    assert marked.faults == ()
    assert marked.score == 0


@pytest.mark.parametrize("name", shipped_names())
def test_a_blank_sheet_filled_in_rightly_earns_every_mark(name: str) -> None:
    solution = solve(load(name))
    marking = SheetMarker(solution)
    for form in ("yaml", "csv"):
        text = "\n".join(filled(line, form, solution) for line in blank_sheet(solution, form).splitlines())
        marked = marking.mark(read_sheet(text, f"a.{form}"))
        assert {row.verdict.message for row in marked.rows if row.verdict.verdict != "correct"} == set()
        assert (marked.score, marked.passed) == (marked.out_of, True)


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("form", ["yaml", "csv"])
def test_a_sheet_in_a_notation_says_so_and_is_read_in_it(form: str, notation: str) -> None:
    solution = solve(load("exercise3"))
    blank = blank_sheet(solution, form, lettering_of(solution.exercise, notation))
    answers = iter(
        filled(line, form, solution).removeprefix(before_blank(line))
        for line in blank_sheet(solution, form).splitlines()
        if BLANK.search(line) and "#" not in line
    )
    lines = [
        before_blank(line) + next(answers) if BLANK.search(line) and "#" not in line else line
        for line in blank.splitlines()
    ]
    for otherwise in (None, lettering_of(solution.exercise, "bishop")):  # the sheet's own word counts
        marked = SheetMarker(solution, lettering=otherwise).mark(read_sheet("\n".join(lines), f"a.{form}"))
        assert (marked.faults, marked.score) == ((), marked.out_of)


def test_names_of_either_kind_are_read_and_arrays_are_rows() -> None:
    solution = solve(load("exercise3"))
    nielsen = lettering_of(solution.exercise, "nielsen")
    own = SheetMarker(solution).mark(read_sheet(blank_sheet(solution), "a.yaml"))
    text = (
        "exercise: exercise3\nanswers:\n  net1: [[1, 1/2], [-1, 1], [0, 3/2]]\n"
        "  z: [[0.374289], [0.2327], [0.2432]]\n  a1: [[0.7311, 0.6225], [0.2689, 0.7311], [0.5, 0.8176]]\n"
        '  z^2: "[w2[1,1]*a1(1)[1] + w2[1,2]*a1(1)[2]; -1.19318; -1.13515]"\n'
        '  "dC/da2(1)[1]": 1/n*(a2(1)[1] - y(1)[1])\n'
    )
    marked = SheetMarker(solution, lettering=nielsen).mark(read_sheet(text, "a.yaml"))
    assert marked.faults == ()
    assert marked.count() == {"correct": 3 * 2 + 3 * 2 + 3 + 3 + 1, "blank": len(own.rows) - 19}
    unknown = text.replace("answers:", "notation: nilsen\nanswers:")
    with pytest.raises(SheetError, match="no notation called 'nilsen'"):
        SheetMarker(solution).mark(read_sheet(unknown, "a.yaml"))


def test_messages_have_the_letters_and_the_json_has_not() -> None:
    solution = solve(load("exercise1"))
    letters = lettering_of(solution.exercise, "nielsen")
    sheet = read_sheet(
        "answers: \n  z1: [[1, -1]]\n  a1: [[1, 0]]\n  a2: [[1]]\n  dC/dw2: [[1, -2]]\n", "a.yaml"
    )
    told = SheetMarker(solution, None, letters, letters.styled()).mark(sheet)
    plain = SheetMarker(solution, None, letters).mark(sheet)
    assert [row.name for row in told.rows][:5] == ["z¹[1]", "z¹[2]", "a¹[1]", "a¹[2]", "a²[1]"]
    assert "That is -(2 - 1)" not in told.rows[6].message
    assert "∂C/∂z²[1]·a¹[1]" in told.rows[6].message
    assert "∂J/∂net2[1]·h1[1]" in plain.rows[6].message
    assert [row.quantity for row in told.rows] == [row.quantity for row in plain.rows]
    assert "a¹" not in json.dumps(plain.document(), ensure_ascii=False)


def before_blank(line: str) -> str:
    return BLANK.split(line, maxsplit=1)[0].rstrip("[")


def filled(line: str, form: str, solution: Solution) -> str:
    if not BLANK.search(line) or line.startswith(("#", '"#')):
        return line
    key = line.split(": ")[0] if form == "yaml" else line.rpartition(",")[0].strip('"')
    texts = iter(right_texts(solution, key.strip().strip("'")))
    return BLANK.sub(lambda _: next(texts), line)


def right_texts(solution: Solution, key: str) -> list[str]:
    quantity = solution.find(key)
    floats, exact = solution.value(quantity.name), solution.exact(quantity.name)
    indices = quantity.indices(floats.shape)
    return [f"{floats[i]:.6g}" if exact is None else str(exact[i]) for i in indices]


def test_a_sheet_for_paper_has_a_line_an_element() -> None:
    text = blank_sheet(solve(load("exercise1")), "md")
    assert "| `dJ/dW2[1,2]` |" in text
    assert "W1 = [[1, 0], [-1, 1]]" in text
    assert FORMATS == ("yaml", "csv", "md")


def test_nested_lists_survive_writing_and_reading() -> None:
    chance = random.Random(3)

    def nested(depth: int) -> Value:
        if depth == 0:
            return AnswerText(chance.choice(["1", "-1/2", "h1[1]*2", "f(1, 2)", "?", "x(1)[2]"]), 2)
        return [nested(depth - 1) for _ in range(chance.randint(1, 3))]

    for _ in range(200):
        value = nested(chance.randint(0, 3))
        (entry,) = read_sheet(f"answers:\n  q: {text_of(value)}", "a.yaml").entries
        assert entry.value == value
        document = {"answers": {"q": json.loads(json.dumps(plain(value)))}}
        (entry,) = read_sheet(json.dumps(document), "a.json").entries
        assert plain(entry.value) == plain(value)


def plain(value: Value) -> object:
    return value.text if isinstance(value, AnswerText) else [plain(item) for item in value]


def answers_of(text: str, name: str) -> dict[str, str]:
    return {entry.key: text_of(entry.value) for entry in read_sheet(text, name).entries}


@pytest.mark.parametrize(
    "text",
    [
        "exercise: exercise1\n  J: 1/2\n  net1: [[1, -1]]\n",  # the line `answers:` is lost
        "exercise = exercise1\nanswers =\n  J = 1/2\n  net1 = [[1, -1]]\n",
        "exercise\uff1aexercise1\nanswers\uff1a\n  J\uff1a1/2\n  net1\uff1a [[1, -1]]\n",
        "<p>exercise: exercise1<br />answers:<br />&nbsp; J: 1/2</p><p>&nbsp; net1: [[1, &minus;1]]</p>",
        "<!DOCTYPE html><html><head><title>J: 7</title></head><body><div>exercise: exercise1</div>\n"
        "<div>answers:</div><div>J: 1/2</div><script>J: 8</script><div>net1: [[1, -1]]</div></body></html>",
        "<h1>Lee, Ann</h1><p>exercise: exercise1</p><p>answers:</p><p>J: 1/2</p><p>net1: [[1, -1]]</p>",
        "Name: Ann (ann)\nAssignment: HW3\n\nSubmission Field:\nexercise: exercise1\nanswers:\n  J: 1/2\n"
        "  net1: [[1, -1]]\n\nComments:\nThere are no student comments.\n\nFiles:\n\tanswers.yaml\n",
        "Name: Ann (ann)\r\n\r\nSubmission Field:\r\n<p>exercise: exercise1</p><p>answers:</p><p>J: 1/2</p>"
        "<p>net1: [[1, -1]]</p>\r\n\r\nComments:\r\nJ: 7\r\n",
        '{"exercise": "exercise1", "J": "1/2", "net1": [[1, -1]]}',
    ],
)
def test_a_sheet_is_read_as_it_is_typed_or_typed_again(text: str) -> None:
    sheet = read_sheet(text, "answers.txt")
    assert sheet.exercise == "exercise1"
    found = {entry.key: text_of(entry.value).replace("\u2212", "-") for entry in sheet.entries}
    assert found == {"J": "1/2", "net1": "[[1, -1]]"}


def test_a_sheet_for_paper_can_be_filled_in_as_a_file() -> None:
    solution = solve(load("exercise1"))
    filled = blank_sheet(solution, "md").replace("`J` | ", "`J` | 1/2").replace("`z[1]` | ", "`z[1]` | 1")
    found = answers_of(filled, "answers.md")
    assert (found["J"], found["z[1]"], found["net1[1]"]) == ("1/2", "1", "")
    version = Versions(load("exercise1"), 1).of("ann")
    sheet = read_sheet(blank_sheet(solve(version.exercise), "md"), "answers.md")
    assert sheet.variant == version.id


@pytest.mark.parametrize(
    "text",
    [
        "answer,quantity\n1/2,J\n-1,net1[2]\n",
        "quantity,my notes,answer\nJ,easy,1/2\nnet1[2],,-1\n",
        ";quantity;answer\n1;J;1/2\n2;net1[2];-1\n",
    ],
)
def test_columns_are_found_by_their_titles(text: str) -> None:
    for ending in ("csv", "txt"):
        assert answers_of(text, f"a.{ending}") == {"J": "1/2", "net1[2]": "-1"}


def test_a_decimal_comma_without_quotes_is_no_end_of_a_cell() -> None:
    text = "quantity,answer\nJ,0,5\nz[1],-1,25\nnet1[1],1,\nnet1[2],1/2,not sure\n"
    assert answers_of(text, "a.csv") == {"J": "0,5", "z[1]": "-1,25", "net1[1]": "1", "net1[2]": "1/2"}
    titled = "quantity,answer,minutes\nJ,1,5\n"
    assert answers_of(titled, "a.csv") == {"J": "1"}

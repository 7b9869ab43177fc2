"""The report on a class, as text and as a page."""

import re

from on_screen import screen

from backprop_tutor import load, solve
from backprop_tutor.homework.sheet_record import SheetRecord, SlipMet
from backprop_tutor.homework.statistics import ClassReport
from backprop_tutor.language import Style
from backprop_tutor.render.class_page import class_page
from backprop_tutor.render.painters.plain import PlainPainter
from backprop_tutor.render.subjects.class_report import class_blocks
from backprop_tutor.tutor.skills import SKILLS


def report_of(*students: str) -> ClassReport:
    report = ClassReport("exercise1", "Two layers", 10.0, ["J"])
    for student in students:
        slip = SlipMet("sign-flipped", "J", "-1/2", certain=True)
        record = SheetRecord("", student, f"{student}.yaml", "marked", "", 9.0, {}, ("J",), (slip,))
        report.add(record)
    return report


def class_lines(report: ClassReport) -> list[str]:
    return list(PlainPainter(Style()).paint(class_blocks(report)))


def test_a_misconception_is_a_sentence() -> None:
    report = report_of("ann", "bob")
    text = "\n".join(class_lines(report))
    assert "\na sign turned round: 2 students; J (2); e.g. J = -1/2; A minus sign got lost" in text
    page = class_page(report)
    assert page.index("a sign turned round.") < page.index("A minus sign got lost")
    assert "sign-flipped" not in text + page
    assert page.count("A minus sign got lost") == 1, "read out once"
    assert "More than one sheet" not in text + class_page(report)


def test_the_most_marks_are_shown_to_a_hundredth() -> None:
    report = report_of("ann")
    report.out_of = 28 / 3
    assert "Mean score 9 of 9.33." in class_lines(report)
    assert "Mean score 9 of 9.33.</p>" in class_page(report)


def test_two_sheets_by_one_student_are_said() -> None:
    report = report_of("<b>", "ann", "<b>", "cy", "<b>")
    assert "More than one sheet, each with its own row: <b> (3)." in class_lines(report)
    assert "each with its own row: &lt;b&gt; (3).</p>" in class_page(report)
    many = report_of(*[f"s{n:02}" for n in range(25)] * 2)
    assert many.several().endswith("s18 (2), s19 (2), and 5 more")


def test_a_title_that_is_broken_is_not_cut() -> None:
    shown = screen(class_blocks(report_of("ann", "bob")), Style(), 80)
    assert "possibly" in shown
    assert "more │" in shown


def slips(report: ClassReport, student: str, *slips: SlipMet) -> None:
    elements = tuple(slip.element for slip in slips)
    report.add(SheetRecord("", student, f"{student}.yaml", "marked", "", 1.0, {}, elements, slips))


def test_students_are_counted_once_and_the_certain_apart() -> None:
    report = ClassReport("exercise1", "Two layers", 10.0, ["J", "dJ/dW2[1,1]"])
    certain, possible = (SlipMet("sign-flipped", "J", "-1/2", sure) for sure in (True, False))
    slips(report, "ann", possible, certain._replace(element="dJ/dW2[1,1]", given="1\n"))
    slips(report, "ann", certain)  # another sheet of hers
    slips(report, "bo", possible)
    slips(report, "bo", certain)
    slips(report, "cy", possible, possible)
    (found,) = report.misconceptions()
    assert (found.certain, found.possible) == (2, 1)
    assert found.steps == [("J", 6), ("dJ/dW2[1,1]", 1)]
    (line,) = [line for line in class_lines(report) if "a sign turned round" in line]
    assert "2 students and possibly 1 more; J (6), dJ/dW2[1,1] (1); e.g. dJ/dW2[1,1] = 1; " in line


def test_each_slip_comes_with_what_practises_it() -> None:
    report = ClassReport("exercise1", "Two layers", 10.0, ["J"])
    slips(report, "ann", SlipMet("missing-factor-two", "J", "1", certain=True))
    slips(report, "bo", SlipMet("transposed", "dJ/dW2[1,1]", "[[1], [2]]", certain=True))
    slips(report, "cy", SlipMet("sign-flipped", "W2_new[1,1]", "[/b]<i>" * 20, certain=True))
    solution = solve(load("exercise1"))
    lines = "\n".join(PlainPainter(Style()).paint(class_blocks(report, solution)))
    known = {skill.id for skill in SKILLS}
    practised = re.findall(r"practise: backprop-tutor practice --skill ([\w-]+)", lines)
    assert practised == ["loss", "update", "weight-gradient"]
    assert set(practised) <= known
    assert "transposed: rows and columns exchanged: 1 student; " in lines
    page = class_page(report, solution)
    assert "[/b]&lt;i&gt;" in page
    assert "<i>" not in page

"""The report on a class, as text and as a page."""

from on_screen import screen

from backprop_tutor.homework.record import SheetRecord
from backprop_tutor.homework.statistics import ClassReport
from backprop_tutor.language import Style
from backprop_tutor.render.class_page import class_page
from backprop_tutor.render.painters.plain import PlainPainter
from backprop_tutor.render.subjects.class_report import class_blocks


def report_of(*students: str) -> ClassReport:
    report = ClassReport("exercise1", "Two layers", 10.0, ["J"])
    for student in students:
        record = SheetRecord("", student, f"{student}.yaml", "marked", "", 9.0, {}, (("J", "sign-flipped"),))
        report.add(record)
    return report


def class_lines(report: ClassReport) -> list[str]:
    return list(PlainPainter(Style()).paint(class_blocks(report)))


def test_a_misconception_is_a_sentence() -> None:
    report = report_of("ann", "bob")
    text = "\n".join(class_lines(report))
    assert "\nsign-flipped: 2; J (2); A minus sign got lost" in text
    page = class_page(report)
    assert page.index("A minus sign got lost") < page.index('<span class="role-quiet">sign-flipped</span>')
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

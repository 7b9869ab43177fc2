"""What a class got wrong: students and sheets counted by hand."""

from backprop_tutor.homework.sheet_record import SUPERSEDED, SheetRecord, SlipMet
from backprop_tutor.homework.statistics import SHOWN_REFUSED, SHOWN_SEVERAL, ClassReport


def report_of(*records: SheetRecord) -> ClassReport:
    report = ClassReport("e", "An exercise", 10.0, ["a", "b", "c"])
    for record in records:
        report.add(record)
    return report


def sheet(student: str, score: float = 10.0, missed: str = "", *slips: SlipMet) -> SheetRecord:
    return SheetRecord("", student, f"{student}.yaml", "marked", "", score, {}, tuple(missed), slips)


def unmarked(student: str, status: str) -> SheetRecord:
    return SheetRecord("", student, f"{student}.yaml", status, "why")


def certain(slip: str, element: str = "a") -> SlipMet:
    return SlipMet(slip, element, "1", certain=True)


def possible(slip: str, element: str = "a") -> SlipMet:
    return SlipMet(slip, element, "2", certain=False)


def test_files_are_counted_for_what_they_are() -> None:
    records = [sheet("ann"), sheet("bob"), sheet("bob"), unmarked("cyd", "refused")]
    report = report_of(*records, unmarked("dan", "missing"), unmarked("ann", SUPERSEDED))
    report.add(sheet("ann"), row=False)
    counts = (report.sheets, report.marked, report.not_marked, report.missing)
    assert counts == (4, 3, 1, 1)
    assert (report.superseded, report.left_out) == (1, 1)
    assert report.refused == [("cyd.yaml", "why")]
    assert report.several() == "bob (2)"


def test_means_and_bins() -> None:
    report = report_of(*(sheet(f"s{score}", score) for score in (0, 0.9, 1, 9.9, 10)))
    assert report.mean == 21.8 / 5
    assert report.bins == [2, 1, *[0] * 6, 0, 2]
    assert ClassReport("e", "t", 10.0, []).mean == 0
    free = ClassReport("e", "t", 0.0, [])
    free.add(sheet("ann", 0.0))
    assert free.bins[-1] == 1  # nothing to get wrong


def test_the_hardest_elements() -> None:
    report = report_of(sheet("ann", 1, "b"), sheet("bob", 1, "bc"), sheet("cyd", 1, "b"), sheet("dan"))
    assert report.hardest() == [("b", 1 / 4), ("c", 3 / 4)]
    assert report.hardest(1) == [("b", 1 / 4)]


def test_a_student_has_a_slip_once_and_for_certain_if_any_sheet_says_so() -> None:
    report = report_of(
        sheet("ann", 1, "", possible("p"), certain("q"), certain("q", "b")),
        sheet("ann", 1, "", certain("p", "b"), possible("q")),
        sheet("bob", 1, "", possible("p"), possible("p", "b")),
        sheet("bob", 1, "", possible("p")),
        sheet("cyd", 1, "", possible("r")),
        sheet("dan", 1, "", possible("r"), possible("s")),
    )
    found = [(slip.misconception, slip.certain, slip.possible) for slip in report.misconceptions()]
    assert found == [("p", 1, 1), ("q", 1, 0), ("r", 0, 2), ("s", 0, 1)]
    first = report.misconceptions(1)
    assert [slip.misconception for slip in first] == ["p"]
    assert first[0].steps == [("a", 3), ("b", 2)]
    assert first[0].example == certain("p", "b")  # rather than a possible one


def test_lists_are_cut_after_so_many() -> None:
    many = [unmarked(f"s{n:02}", "refused") for n in range(SHOWN_REFUSED + 1)]
    assert len(report_of(*many).refused) == SHOWN_REFUSED
    twice = [sheet(f"s{n:02}") for n in range(SHOWN_SEVERAL + 1) for _ in range(2)]
    assert report_of(*twice[:-2]).several().endswith(f", s{SHOWN_SEVERAL - 1} (2)")
    assert report_of(*twice).several().endswith(f", s{SHOWN_SEVERAL - 1} (2), and 1 more")

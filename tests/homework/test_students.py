"""Whose sheet a file is."""

import zipfile
from pathlib import Path
from unicodedata import normalize

import pytest
from platform_archives import ARCHIVES, Platform

from backprop_tutor.errors import UsageError
from backprop_tutor.homework.layouts import LAYOUTS, PLAIN
from backprop_tutor.homework.publish import file_stem
from backprop_tutor.homework.roster import Roster, read_roster
from backprop_tutor.homework.students import HandIns, Matching
from backprop_tutor.homework.submissions import Folder, Zip


def student_of(path: str, matching: Matching | None = None) -> str:
    return (matching or Matching("exercise1")).hand_in(path).student


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
def test_a_path_by_itself(path: str, student: str) -> None:
    assert student_of(path) == student


def handed(platform: Platform, folder: Path, layout: str = "") -> HandIns:
    return Matching("exercise1", layout).hand_ins(Folder(platform.write(folder)))


def by_file(found: HandIns) -> dict[str, str]:
    names = dict.fromkeys(one.file for one in found.sheets)
    return {name: " + ".join(one.student for one in found.sheets if one.file == name) for name in names}


@pytest.mark.parametrize("platform", ARCHIVES, ids=lambda platform: platform.name)
def test_every_layout_is_guessed_and_tells_students_apart(platform: Platform, tmp_path: Path) -> None:
    for layout in ("", platform.layout):
        found = handed(platform, tmp_path / (layout or "guessed"), layout)
        assert found.layout.name == platform.layout
        assert by_file(found) == platform.students
        assert found.beside == platform.beside


@pytest.mark.parametrize("platform", ARCHIVES, ids=lambda platform: platform.name)
def test_a_zip_and_a_folder_above_change_nothing(platform: Platform, tmp_path: Path) -> None:
    folder = platform.write(tmp_path / "in" / "Homework 3")
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(tmp_path / "in"))
    found = Matching("exercise1").hand_ins(Zip(tmp_path / "in.zip"))
    assert found.layout.name == platform.layout
    assert {name.partition("/")[2]: who for name, who in by_file(found).items()} == platform.students


def test_every_layout_has_an_archive() -> None:
    assert {platform.layout for platform in ARCHIVES} == {layout.name for layout in (*LAYOUTS, PLAIN)}


def test_a_layout_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ann.yaml").write_text("x")
    with pytest.raises(UsageError, match=r"no file is named as in a Canvas download: the first is ann\.yaml"):
        Matching("exercise1", "canvas").hand_ins(Folder(tmp_path))
    with pytest.raises(UsageError, match=r"no layout blackbord. There are gradescope, .*, plain"):
        Matching("exercise1", "blackbord")


@pytest.mark.parametrize(
    "files",
    [
        ["hw/exercise1/ann.yaml", "hw/exercise1/bo.yaml"],
        ["group-1/ann.yaml", "group-2/bo.yaml", "group-3/cy.yaml"],
        ["week1/ann.yaml", "week1/bo.yaml", "week2/cy.yaml"],
        ["g1/hw/ann.yaml", "g2/hw/bo.yaml"],
        ["ann/hw1.yaml", "bo/hw1.yaml", "cy/hw1.yaml"],
        ["week1/ann/answers.yaml", "week1/bo/answers.yaml"],
        ["ann-lee/answers.yaml", "bo/answers.yaml"],
        ["ann/hw/answers.yaml", "bo/hw/answers.yaml", "cy/answers.yaml", "ann-lee/answers.yaml"],
        ["ann/hw1.txt", "bo/hw1.txt"],
        ["ann/answers (1).yaml", "bo/answers.yaml.txt", "cy/solution.yaml"],
    ],
)
def test_folders_that_are_no_platform_s(files: list[str], tmp_path: Path) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    found = Matching("exercise1").hand_ins(Folder(tmp_path))
    assert found.layout is PLAIN
    due = {"ann", "bo", "cy", "ann-lee"}
    assert all(one.student in due for one in found.sheets)
    assert len({one.student for one in found.sheets}) == len(files)


@pytest.mark.parametrize(
    ("files", "students"),
    [
        # three folders whose names begin alike are repositories; two are, if something else speaks for it
        ("pset-ann/a.yaml pset-bo/a.yaml pset-cy/a.yaml", "ann bo cy"),
        ("pset-ann/a.yaml pset-bo/a.yaml", "pset-ann pset-bo"),
        ("pset1-ann/a.yaml pset1-bo/a.yaml", "ann bo"),
        ("exercise1-ann/a.yaml exercise1-bo/a.yaml", "ann bo"),
        ("pset-ann/a.yaml pset-ann/README.md pset-bo/a.yaml", "ann bo"),
        ("pset-submissions/pset-ann/a.yaml pset-submissions/pset-bo/a.yaml", "ann bo"),
        ("pset-a/hw/a.yaml pset-a/hw/timestamp.txt pset-b/hw/a.yaml", "pset-a pset-b"),  # of nbgrader's
        ("submitted/pset-a/hw/a.yaml submitted/pset-b/hw/a.yaml", "pset-a pset-b"),
        ("pset-ann/hw/a.yaml pset-bo/hw/a.yaml pset-cy/hw/a.yaml", "ann bo cy"),
        ("pset-ann/src/readme.md pset-ann/src/a.yaml pset-bo/src/a.yaml", "pset-ann pset-bo"),
        # most of them hold files of the same names, or of names that say nothing of a student
        ("pset-a/x.yaml pset-b/x.yaml pset-c/x.yaml pset-d/d.yaml", "a b c d"),
        ("pset-a/x.yaml pset-b/x.yaml pset-c/c.yaml pset-d/d.yaml", "c d x"),
        ("pset-a/sheet.yaml pset-b/answers.yaml pset-c/c.yaml", "a b c"),
    ],
)
def test_repositories_by_what_their_names_begin_with(files: str, students: str, tmp_path: Path) -> None:
    for name in files.split():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    found = Matching("exercise1").hand_ins(Folder(tmp_path)).sheets
    assert sorted({one.student for one in found}) == students.split()


def test_a_name_is_the_same_however_its_letters_are_composed() -> None:
    composed, apart = normalize("NFC", "zoë josé"), normalize("NFD", "zoë josé")
    assert composed != apart
    for roster, path in ((composed, apart), (apart, composed)):
        matching = Matching("exercise1", roster=Roster.of([roster]))
        for file in (f"hw/{path}.yaml", f"{path}_1_2_sheet.yaml", f"exercise1-{path}-sheet.yaml"):
            assert student_of(file, matching) == roster
    assert student_of(f"{apart}.yaml") == composed


def test_names_in_a_zip_are_those_that_a_mac_or_windows_packed(tmp_path: Path) -> None:
    for code, flag in (("utf-8", 0), ("cp437", 0), ("utf-8", 0x800)):
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.writestr("zoXX.yaml", "x")
            archive.writestr("__MACOSX/._zoXX.yaml", "x")
            archive.writestr("sub\\bo.yaml", "x")
            archive.writestr("__MACOSX\\sub\\._bo.yaml", "x")
        raw = (tmp_path / "a.zip").read_bytes()
        name = "zoë".encode(code)
        packed = raw.replace(b"zoXX", name.ljust(4, b"_"))
        if flag:
            for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
                place = packed.index(sign) + at
                packed = packed[:place] + flag.to_bytes(2, "little") + packed[place + 2 :]
        (tmp_path / "a.zip").write_bytes(packed)
        found = Matching("exercise1").hand_ins(Zip(tmp_path / "a.zip"))
        assert sorted(one.student.rstrip("_") for one in found.sheets) == ["bo", "zoë"]


def test_by_a_pattern() -> None:
    matching = Matching("exercise1", pattern="*-{student}-v*.yaml")
    assert student_of("hw/2026-ann-v3.yaml", matching) == "ann"
    assert student_of("elsewise.yaml", matching) == "elsewise.yaml"


@pytest.mark.parametrize("pattern", ["*.yaml", "{student}{student}"])
def test_a_pattern_says_where_the_student_stands(pattern: str) -> None:
    with pytest.raises(UsageError, match="where the student stands"):
        Matching("exercise1", pattern=pattern)


def test_a_roster_gives_the_id_as_it_is_written_there() -> None:
    matching = Matching("exercise1", roster=Roster.of(["Ann.Lee@x.de", "S1"]))
    assert student_of("s1_1_2_sheet.yaml", matching) == "S1"
    assert student_of(file_stem("exercise1-Ann.Lee@x.de") + "-sheet.yaml", matching) == "Ann.Lee@x.de"
    stranger = matching.hand_in("stranger.yaml")
    assert (stranger.student, stranger.problem) == ("stranger", "the student is not on the roster")


def matched(files: list[str], roster: str, folder: Path, content: str = "x") -> dict[str, str]:
    """The student of each file, or why there is none."""
    (folder / "class.csv").write_text(roster, encoding="utf-8")
    for name in files:
        (folder / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "in" / name).write_text(content)
    found = Matching("exercise1", roster=read_roster(folder / "class.csv")).hand_ins(Folder(folder / "in"))
    return {one.file: one.problem or one.student for one in found.sheets}


def test_all_in_a_student_s_folder_is_theirs(tmp_path: Path) -> None:
    files = ["ann/answers.yaml", "ann/IMG_1.jpg", "bo/answers.csv", "bo/scans/IMG_1.jpg", "cy/IMG_1.jpg"]
    for name in (*files, "A/dan/answers.yaml", "B/dan/answers.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    found = {one.file: one.student for one in Matching("exercise1").hand_ins(Folder(tmp_path)).sheets}
    assert {name: found[name] for name in files} == {name: name.partition("/")[0] for name in files}


def test_students_of_one_name_in_two_folders_are_two(tmp_path: Path) -> None:
    for name in ("A/ann/answers.yaml", "A/bo/answers.yaml", "B/ann/answers.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    found = Matching("exercise1").hand_ins(Folder(tmp_path))
    assert [one.student for one in found.sheets] == ["ann (A)", "ann (B)", "bo"]


MOODLE, CANVAS = "{}_{}_assignsubmission_file_/answers.yaml", "{}_{}_5001_answers.yaml"


@pytest.mark.parametrize(
    ("files", "roster", "students"),
    [
        # a number of the platform's own, which the roster has for somebody else
        (
            [MOODLE.format("Ann Lee", 42), MOODLE.format("Bo Ek", 41)],
            "id,name\n41,Ann Lee\n42,Bo Ek\n",
            ["41", "42"],
        ),
        (
            [CANVAS.format("leeann", 103), CANVAS.format("weili", 104)],
            "id,name\n103,Wei Li\n104,Ann Lee\n",
            ["104", "103"],
        ),
        ([MOODLE.format("Ann Smith", 42)], "id,name\n42,Bo Ek\n", ["the student is not on the roster"]),
        # a number that is known outside of it
        (
            ["Lee, Ann(bo02)/Submission attachment(s)/answers.yaml"],
            "username,name\nann01,Ann Lee\nbo02,Bo Ek\n",
            ["the number and the name are those of bo02 and of ann01"],
        ),
        # two accounts, and one name of the roster for both
        (
            [MOODLE.format("Jörg Müller", 42), MOODLE.format("Muller, Jorg", 43)],
            "id,name\ns1,Jörg Müller\n",
            ["2 accounts have the name of s1: it is not known whose is whose"] * 2,
        ),
        (
            [CANVAS.format("leeann", 101), CANVAS.format("annlee", 999)],
            "Student,ID,SIS User ID\n\"Lee, Ann\",101,s1\n",
            ["s1", "2 accounts have the name of s1: it is not known whose is whose"],
        ),
        # in the platform's own list the number is enough
        (
            [CANVAS.format("leeann", 101)],
            "Student,ID,SIS Login ID,Section\n\"Smith, Ann\",101,ann,A\n",
            ["ann"],
        ),
        # a sheet by its name another's, in the folder of one student
        (
            ["s1/exercise1-s2-sheet.yaml", "s2/exercise1-s2-sheet.yaml"],
            "id\ns1\ns2\n",
            ["the names of the file and its folder are those of s1 and of s2", "s2"],
        ),
        (
            [MOODLE.format("Ann Lee", 1).replace("answers", "exercise1-s2-sheet")],
            "id,name\ns1,Ann Lee\ns2,Bo\n",
            ["s1"],
        ),
        (
            [MOODLE.format("Li Wei", 9)],
            "id,name\ns1,Wei Li\ns2,Wei Li\n",
            ["the roster has several of the name Li Wei"],
        ),
        (["lee_ann.yaml", "Bo_Ek.yaml"], "id,name\ns1,Ann Lee\ns2,Bo Ek\n", ["s1", "s2"]),
        (["ann lee/my homework.yaml", "bo/backprop.yaml"], "id,name\ns1,Ann Lee\ns2,Bo\n", ["s1", "s2"]),
    ],
)  # fmt: skip
def test_nobody_is_taken_for_another(
    files: list[str], roster: str, students: list[str], tmp_path: Path
) -> None:
    assert [matched(files, roster, tmp_path)[name] for name in files] == students


def test_a_version_is_not_its_owner_s_work_under_another_name(tmp_path: Path) -> None:
    (tmp_path / "class.csv").write_text(
        "id,First name,Last name\ns1,Ann Marie,Lee\ns2,Bo,Ek\n", encoding="utf-8"
    )
    versions = {"s1": "v0000000001", "s2": "v0000000002"}

    def students(files: dict[str, str]) -> list[str]:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        for name, version in files.items():
            (folder / name).parent.mkdir(parents=True)
            (folder / name).write_text(f"variant: {version}\nanswers:\n  J: 1\n")
        matching = Matching("exercise1", roster=read_roster(tmp_path / "class.csv"), versions=versions)
        found = {one.file: one.problem or one.student for one in matching.hand_ins(Folder(folder)).sheets}
        return [found[name] for name in files]

    other = "it is the version of s2, who has another name"
    assert students({MOODLE.format("Max Fremd", 9): "v0000000002"}) == [other]
    assert students({CANVAS.format("fremdmax", 9): "v0000000002"}) == [other]
    # with less or more around it, in blind marking, and where the name is a login
    named = {MOODLE.format("Ann Lee", 1): "v0000000001", MOODLE.format("Group A-Bo Ek", 2): "v0000000002"}
    assert students(named) == ["s1", "s2"]
    blind = {MOODLE.format("Teilnehmerin", n): f"v000000000{n}" for n in (1, 2)}
    assert students(blind) == ["s1", "s2"]
    assert students({MOODLE.format("Participant", 1): "v0000000001"}) == ["s1"]
    assert students({"submitted/be77/hw/a.yaml": "v0000000002"}) == ["s2"]

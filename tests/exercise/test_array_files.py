import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from pydantic_core import SchemaValidator

from backprop_tutor.exercise.array_files import MAX_EXACT, load_array
from backprop_tutor.exercise.load import load, loads
from backprop_tutor.exercise.rectangles import ArrayProblem
from backprop_tutor.exercise.schema_types import ArrayFile

LIMIT = 1_000_000


def reference(file: str, **keys: object) -> ArrayFile:
    """What `{file: …}` in an exercise is read as."""
    given = {key: value for key, value in keys.items() if value is not None}
    checked: ArrayFile = SchemaValidator(ArrayFile.schema).validate_python({"file": file, **given})
    return checked


def problem(folder: Path | None, limit: int = LIMIT, *, file: str = "a.npz", **keys: object) -> str:
    result = load_array(reference(file, **keys), folder, limit)
    assert isinstance(result, ArrayProblem)
    return f"{result.what} {result.hint}"


def test_an_npz_array_is_loaded_as_floats(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.arange(6, dtype=np.int32).reshape(2, 3), y=np.float32([0.5]))
    array = load_array(reference("a.npz", array="x"), tmp_path, LIMIT)
    assert not isinstance(array, ArrayProblem)
    assert array.dtype == np.float64
    assert array.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_the_only_array_of_an_npz_needs_no_name(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", x=np.eye(2))
    array = load_array(reference("a.npz"), tmp_path, LIMIT)
    assert not isinstance(array, ArrayProblem)
    assert array.shape == (2, 2)


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (np.array([{}], dtype=object), "holds no plain numbers (object). Save an array of float64."),
        (np.array(["x"]), "holds no plain numbers"),
        (np.array([1j]), "holds no plain numbers"),
        (np.array([1.0, np.nan]), "not finite"),
        (np.array([np.inf]), "not finite"),
        (np.zeros((0, 3)), "empty (shape (0, 3))"),
        (np.zeros(LIMIT + 1, dtype=np.uint8), "holds 1,000,001 numbers; the limit is 1,000,000."),
    ],
)
def test_an_npz_array_that_cannot_serve_is_refused(array: np.ndarray, reason: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=array)
    assert reason in problem(tmp_path, array="x")


def with_header(path: Path, header: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "x.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"\0" * 8
        )


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (lambda path: path.write_bytes(b""), "not a readable .npz file"),
        (lambda path: path.write_bytes(b"PK\x03\x04 not really"), "not a readable .npz file"),
        (lambda path: zipfile.ZipFile(path, "w").close(), "holds 0 arrays"),
        (lambda path: np.savez(path, x=[1], y=[2]), "holds 2 arrays. Say which: array: x."),
        (lambda path: with_header(path, b"garbage"), "not a readable .npz file"),
        (
            lambda path: with_header(path, b"{'descr':'<f8','fortran_order':False,'shape':(999,)}"),
            "is cut short",
        ),
        (
            lambda path: with_header(path, b"{'descr':'<f8','fortran_order':False,'shape':(99999999999,)}"),
            "the limit is 1,000,000",
        ),
    ],
)
def test_a_damaged_npz_is_refused(write: Callable[[Path], object], reason: str, tmp_path: Path) -> None:
    write(tmp_path / "a.npz")
    assert reason in problem(tmp_path)


def test_an_unknown_array_is_told_the_nearest(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=[1], labels=[2])
    assert problem(tmp_path, array="imges") == "there is no array `imges` in a.npz. Did you mean `images`?"


@pytest.mark.parametrize(
    "name",
    ["../a.npz", "/etc/a.npz", "sub/../../a.npz", "C:\\a.npz", "..\\a.npz", "\\\\host\\a.npz", "C:a.npz"],
)
def test_a_file_outside_the_folder_is_refused(name: str, tmp_path: Path) -> None:
    assert "leads out of the exercise's folder" in problem(tmp_path, file=name)


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    np.savez(outside / "a.npz", x=[1.0])
    try:
        (inside / "a.npz").symlink_to(outside / "a.npz")
        (inside / "sub").symlink_to(outside)
    except OSError:
        pytest.skip("no symbolic links here")
    assert "a link out of the exercise's folder" in problem(inside)
    assert "a link out of the exercise's folder" in problem(inside, file="sub/a.npz")


def test_a_missing_file_is_told_the_nearest(tmp_path: Path) -> None:
    np.savez(tmp_path / "digits.npz", x=[1.0])
    assert problem(tmp_path, file="digit.npz") == (
        "there is no file digit.npz beside the exercise. Did you mean `digits.npz`?"
    )
    assert "not in a folder" in problem(None)
    assert "not a .npz or .csv file" in problem(tmp_path, file="a.pkl")


def test_an_unreadable_file_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.npz").touch()
    monkeypatch.setattr(zipfile, "ZipFile", refuse)
    assert "permission denied" in problem(tmp_path)


CSV = "a, b ,c\n1,0.1,1/3\n-2,1e-3,4\n"


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (None, [[1, Fraction(1, 10), Fraction(1, 3)], [-2, Fraction(1, 1000), 4]]),
        ([Fraction(1), Fraction(2)], [[1, Fraction(1, 10)], [-2, Fraction(1, 1000)]]),
        ([Fraction(3)], [[Fraction(1, 3)], [4]]),
        (["c", "a"], [[Fraction(1, 3), 1], [4, -2]]),
    ],
)
def test_a_small_csv_is_exact(columns: list[object] | None, expected: list[object], tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV, encoding="utf-8")
    array = load_array(reference("a.csv", columns=columns), tmp_path, LIMIT)
    assert not isinstance(array, ArrayProblem)
    assert array.dtype == object
    assert array.tolist() == expected


def test_a_large_csv_is_floats_and_a_header_is_not_needed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,2\r\n" * MAX_EXACT, encoding="utf-8")
    array = load_array(reference("a.csv"), tmp_path, LIMIT)
    assert not isinstance(array, ArrayProblem)
    assert array.dtype == np.float64
    assert array.shape == (MAX_EXACT, 2)


@pytest.mark.parametrize(
    ("text", "columns", "reason"),
    [
        ("", None, "is empty"),
        ("a,b\n", None, "holds a header and no numbers"),
        ("a,b\n1,x\n", None, "a.csv, line 2, column 2: `x` is not a number."),
        ("a,b\n1\n", None, "a.csv, line 2, column 2: `` is not a number."),
        ("1,2\n1,1/0\n", None, "a.csv, line 2, column 2: 1/0 divides by zero."),
        ("1,2\n1,nan\n", None, "`nan` is not a number"),
        ("a,b\n1,2\n", ["bb"], "no column `bb`. Did you mean `b`?"),
        ("1,2\n", ["a"], "has no header"),
        ("1,2\n", [Fraction(0), Fraction(1)], "has 2 columns"),
        ("1,2\n", [Fraction(2), Fraction(1)], "has 2 columns"),
        ("1,2\n", [Fraction(1), Fraction(3)], "has 2 columns"),
        ("1,2\n", [Fraction(1, 2), Fraction(1)], "has 2 columns"),
        ("1,2\n", ["a", Fraction(1)], "has no header"),
        ("1,2\n", [], "has 2 columns"),
        ("1,2\n" * 51, None, "holds 102 numbers; the limit is 100."),
        ("1," + " " * 7_000, None, "is too large"),
    ],
)
def test_a_csv_that_cannot_serve_is_refused(
    text: str, columns: list[object] | None, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    assert reason in problem(tmp_path, 100, file="a.csv", columns=columns)


def test_a_csv_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe1\x00")
    assert "not readable CSV" in problem(tmp_path, file="a.csv")


def test_columns_and_arrays_are_not_mixed_up(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1\n", encoding="utf-8")
    np.savez(tmp_path / "a.npz", x=[1.0])
    assert "`array` belongs to a .npz file" in problem(tmp_path, file="a.csv", array="x")
    assert "`columns` belongs to a .csv file" in problem(tmp_path, columns=[Fraction(1)])


EXERCISE = """\
title: From files
network: {layers: [{activation: linear, weights: {file: weights.npz, array: W1}}]}
data:
  x: {file: points.csv, columns: [1, 2]}
  t: {file: points.csv, columns: [label]}
loss: mse
"""


def test_an_exercise_reads_the_files_beside_it(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text("u,v,label\n1,2,1/2\n3,4,5\n", encoding="utf-8")
    np.savez(tmp_path / "weights.npz", W1=[[1.0, 2.0]])
    (tmp_path / "e.yaml").write_text(EXERCISE, encoding="utf-8")
    values = load(tmp_path / "e.yaml").values
    assert values["x"].tolist() == [[1, 2], [3, 4]]
    assert values["t"].tolist() == [[Fraction(1, 2)], [5]]
    assert values["W1"].dtype == np.float64
    assert loads(EXERCISE, folder=tmp_path).graph.nodes["z"].shape == (2, 1)


def test_a_fault_in_a_reference_is_located(tmp_path: Path) -> None:
    from backprop_tutor.errors import ExerciseError

    with pytest.raises(ExerciseError) as caught:
        loads(EXERCISE, "f", folder=tmp_path)
    places = [(fault.line, fault.column) for fault in caught.value.faults]
    assert places == [(2, 57), (4, 13), (5, 13)]

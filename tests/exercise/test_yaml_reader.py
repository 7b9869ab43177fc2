from collections.abc import Callable
from fractions import Fraction

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backprop_tutor.exercise import yaml_reader
from backprop_tutor.exercise.yaml_reader import MAX_BYTES, MAX_DEPTH, YamlDocument, read


def located(document: YamlDocument) -> list[str]:
    return [fault.located("f") for fault in document.faults]


def test_values_are_plain_data_with_exact_numbers() -> None:
    document = read("a: [1, 1/3, 0.1, '2', no]\nb: {c: null, d: true}\ne: |\n  two\n  lines\n")
    assert document.faults == []
    assert document.data == {
        "a": [1, Fraction(1, 3), Fraction(1, 10), "2", "no"],
        "b": {"c": None, "d": True},
        "e": "two\nlines\n",
    }


def test_every_value_and_key_has_its_place() -> None:
    document = read("title: é\ndata:\n  - {x: [1, 20], 't': 3}\n")
    places = {path: (place.line, place.column) for path, place in document.values.items()}
    assert places == {
        (): (1, 1),
        ("title",): (1, 8),
        ("data",): (3, 3),
        ("data", 0): (3, 5),
        ("data", 0, "x"): (3, 9),
        ("data", 0, "x", 0): (3, 10),
        ("data", 0, "x", 1): (3, 13),
        ("data", 0, "t"): (3, 23),
    }
    assert document.place(("data", 0, "t"), key=True).column == 18
    assert document.place(("data", 0, "x", 1, "deeper")).column == 13, "the nearest thing around it"


@pytest.mark.parametrize(
    ("text", "inset"),
    [("a: x + y", 0), ("a: 'x + y'", 1), ('a: "x + y"', 1), ('a: "x\\x2by"', None), ("a: x +\n  y", None)],
)
def test_the_way_into_a_scalar_is_known_where_offsets_hold(text: str, inset: int | None) -> None:
    assert read(text).place(("a",)).inset == inset


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: &x 1", "f:1:4: anchors (&name) are not allowed"),
        ("a: *x", "f:1:4: aliases (*name) are not allowed"),
        ("a: !!int 1", "f:1:4: tags (!name) are not allowed"),
        ("a: !python/object:os.system x", "f:1:4: tags"),
        ("%YAML 1.1\n---\na: 1", "f:1:1: directives"),
        ("%YAML 1.3\n---\na: 1", "a directive"),
        ("%FOO bar\n---\na: 1", "a directive"),
        ("%TAG ! tag:x,2000:\n---\na: 1", "f:1:1: directives"),
        ("a: 1\n---\nb: 2", "f:2:1: a second document"),
        ("a: 1\n...\nb: 2", "f:3:1: this is not valid YAML: text after the end of the document"),
        ("a: 1\nb: 2\na: 3", "f:3:1: the key `a` is already on line 1"),
        ("a: {b: 1, b: 2}", "f:1:11: the key `b` is already on line 1"),
        ("? [a]\n: b", "a list or mapping cannot be a key"),
        ("a: 1/0", "f:1:4: 1/0 divides by zero"),
        ("a: [.nan]", "f:1:5: .nan is not a finite number"),
        ("a: [1, 2", "f:1:4: this is not valid YAML: a list [ … ] that is not closed"),
        ("a: {b: 1", "f:1:4: this is not valid YAML: a mapping { … } that is not closed"),
        ("a: 'x", "f:1:4: this is not valid YAML: a quoted text that is never closed"),
        ("a:\n\t- b", "f:2:1: this is not valid YAML: a tab. Indent with spaces."),
        ("a: @x", "f:1:4: this is not valid YAML: a character that cannot start a value"),
        ("a: b: c", "f:1:5: this is not valid YAML: a second ': ' on one line"),
        ("- a\nb: 1", "f:2:1: this is not valid YAML: a key among the items of a list"),
        ('a: "\\q"', "a backslash"),
        ("a: \x1b[31m", "f:1:4: the control character U+001B"),
        ("# nothing", "nothing but comments"),
        ("", "the file is empty"),
        (" \n\n", "the file is empty"),
        ("\ufeff", "the file is empty"),
        ("\ud800", "the control character U+D800"),
        (b"a\0b", "binary"),
        ("a: é".encode("latin-1"), "f:1:4: the byte 0xe9 is not UTF-8"),
        ("a: 1".encode("utf-16"), "UTF-16"),
        (b"x" * (MAX_BYTES + 1), "more than 256 KB"),
        ("[" * 100_000, f"nested deeper than {MAX_DEPTH} levels"),
        ("{a: " * 60_000, f"nested deeper than {MAX_DEPTH} levels"),
        ("{" * 100_000, "cannot be a key"),
        ("- " * 100_000, f"nested deeper than {MAX_DEPTH} levels"),
        ("a: " + "9" * 5_000, "5,000 digits"),
    ],
)
def test_a_fault_says_where_and_what(text: str | bytes, fault: str) -> None:
    faults = located(read(text))
    assert any(fault in line for line in faults), faults


def test_all_faults_are_reported_together() -> None:
    faults = located(read("a: 1\na: 2\nb: .inf\nc: &d 1/0\ne: *d\n"))
    assert [line.split(": ")[0] for line in faults] == ["f:2:1", "f:3:4", "f:4:4", "f:4:4", "f:5:4"]


def test_an_alias_bomb_is_never_built() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{k}: &{k} [*{j}, *{j}, *{j}]\n" for j, k in zip("abcd", "bcde"))  # noqa: B905
    document = read(bomb)
    assert len(document.faults) == 5 + 4 * 3
    assert document.data == {"a": ["x", "x"], **{key: [None] * 3 for key in "bcde"}}


def test_the_first_of_duplicate_keys_is_kept_and_the_second_still_checked() -> None:
    document = read("a: 1\na: {b: 1/0, b: 2}\n")
    assert document.data == {"a": 1}
    assert len(document.faults) == 3


def test_a_byte_order_mark_is_accepted() -> None:
    assert read("a: 1".encode("utf-8-sig")).data == {"a": 1}


def test_terminal_commands_never_get_past_the_reader() -> None:
    document = read('"\\e[1mkey": "\\e]0;title\\a[bold]\\u202etext"\n')
    assert document.data == {"key": "[bold]text"}


def test_a_caller_may_read_scalars_its_own_way() -> None:
    assert read("a: [1/3, 1e400]", scalar=str).data == {"a": ["1/3", "1e400"]}


def test_faults_are_limited() -> None:
    assert len(read("[" + "1/0, " * 500 + "]").faults) == yaml_reader.MAX_FAULTS


def test_it_works_without_the_c_library(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: [1, 1/3]\nb: {c: 'x'}\n"
    fast = read(text)
    monkeypatch.setattr(yaml_reader, "_LOADER", yaml.SafeLoader)
    slow = read(text)
    assert (slow.data, slow.values, slow.keys) == (fast.data, fast.values, fast.keys)
    for broken in ("a: [1, 2", "a: b: c", "a: 'x", "a: @x", "a:\n\t- b", "a: {b", "[" * 100_000):
        assert read(broken).faults


def is_plain(value: object) -> bool:
    match value:
        case list():
            return all(is_plain(item) for item in value)
        case dict():
            return all(type(key) is str and is_plain(item) for key, item in value.items())
        case _:
            return value is None or type(value) in (bool, str, Fraction)


@settings(deadline=None)
@given(st.text() | st.text(alphabet="ab:-?[]{},&*!|>'\"%@#1/.0e \n\t~"))
@example("a: !<tag:yaml.org,2002:python/object/apply:os.system> [x]")
@example("? ? ? a")
@example("- - - &a *a")
def test_any_text_gives_plain_data_or_faults(text: str) -> None:
    document = read(text)
    assert is_plain(document.data)
    assert document.faults or document.data is not None or text.strip()


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_give_plain_data_or_faults(data: bytes) -> None:
    document = read(data)
    assert is_plain(document.data)


@pytest.mark.parametrize("made", [lambda n: "[" * n + "1" + "]" * n, lambda n: "- " * n + "1",
                                  lambda n: "{a: " * n + "1" + "}" * n])  # fmt: skip
def test_twenty_four_levels_are_read(made: Callable[[int], str]) -> None:
    assert not read(made(24)).faults
    assert [fault.what for fault in read(made(25)).faults] == ["lists nested deeper than 24 levels."]


def test_256_kilobytes_are_read() -> None:
    whole = b"a: 1 #".ljust(256 * 1024, b"x")
    assert not read(whole).faults
    assert read(whole + b"x").faults


def test_numbers_end_where_it_is_said() -> None:
    assert not read(f"a: 0.{'1' * 999}").faults
    assert read(f"a: 0.{'1' * 1000}").faults
    assert not read(f"a: 0.{'0' * 300}1e300").faults
    assert not read(f"a: {'1' * 300}e-400").faults
    assert read(f"a: {'1' * 300}e-401").faults

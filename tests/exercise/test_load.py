import json
import os
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sample_files import GRAPH, NETWORK, faults_of, spoiled

from backprop_tutor import solve
from backprop_tutor.errors import AccessError, ExerciseError, UsageError
from backprop_tutor.exercise.load import load, loads
from backprop_tutor.exercise.schema import ExerciseFile


def test_a_shipped_name_a_path_and_a_path_without_its_ending_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(NETWORK, encoding="utf-8")
    assert load("exercise1").name == "exercise1"
    assert load("mine.yaml").name == load("mine").name == load(tmp_path / "mine.yaml").name == "mine"
    assert load("mine").path == Path("mine.yaml")


def test_a_text_is_an_exercise_without_a_path() -> None:
    exercise = loads(NETWORK.encode(), "sheet")
    assert (exercise.name, exercise.path, exercise.title) == ("sheet", None, "A network")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("exercise9", "exercise9: there is no such exercise or file. Did you mean exercise"),
        ("fan_out", "Did you mean fan-out?"),
        ("zzzzzz", "`backprop-tutor list` shows the exercises."),
        (".", ".: this is a folder, not an exercise."),
        ("", "this is a folder, not an exercise."),
        ("no/such/place.yaml", "there is no such exercise or file."),
        ("a\0b", "there is no such exercise or file."),
        ("x" * 10_000, "it cannot be read: file name too long."),
        ("\x1b[31mred", "red: there is no such exercise or file."),
    ],
)
def test_what_cannot_be_found_is_told_so(name: str, message: str) -> None:
    with pytest.raises(AccessError) as caught:
        load(name)
    assert message in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert caught.value.exit_status == 4


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with names here")
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(AccessError, match="a device or a pipe"):
        load(tmp_path / "pipe.yaml")


def test_a_file_that_may_not_be_read_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "e.yaml"
    path.write_text(NETWORK, encoding="utf-8")
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(AccessError, match=r"e\.yaml: it cannot be read: permission denied\."):
        load(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty."),
        (b"\x89PNG\r\n\x1a\n\0\0", "the file is binary, not text."),
        (NETWORK.encode("utf-16"), "the file is UTF-16 text."),
        (b"title: caf\xe9\n", ":1:11: the byte 0xe9 is not UTF-8 text."),
        (b"#" * 300_000, "the file has more than 256 KB."),
        (b"[" * 100_000, "lists nested deeper than 24 levels."),
        (b"title: x\n", "the key `network` (or `graph`) is missing."),
    ],
)
def test_a_file_that_is_no_exercise_is_told_why(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "e.yaml"
    path.write_bytes(content)
    with pytest.raises(ExerciseError) as caught:
        load(path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert caught.value.exit_status == 3


def test_faults_of_the_reader_and_of_the_model_come_together() -> None:
    text = NETWORK.replace("relu", "rleu").replace("title: A", "title: &a A").replace("1/10", "1/0")
    assert [fault.split(" ")[0] for fault in faults_of(text)] == ["1:8:", "4:20:", "9:16:"]


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("ask: [net9]", "10:7: `net9`: net9 is not a quantity of this exercise. Did you mean net"),
        ("ask: everything", "10:6: `everything`"),
        ("ask: [x + t]", "10:7: `x + t` is a formula, not the name of a quantity."),
        ("ask: ['dJ/dW1[3,1]']", "10:7: `dJ/dW1[3,1]` is outside W1, whose shape is (2, 2)"),
        ("ask: ['dJ/dW1[0,1]']", "An index starts at 1, not 0"),
        ("ask: ['h1(2)[1]']", "10:7: `h1(2)[1]` is outside h1, whose shape is (1, 2)"),
        ("ask: ['W1(1)[1]']", "10:7: `W1(1)[1]`: W1 has no examples."),
        ("ask: ['b2[1,1]']", "10:7: `b2[1,1]` has 2 indices, but b2 has the shape (1,)."),
        ("ask: ['W1_new[2,3]']", "is outside W1"),
        ("ask: ['delta1(1)[3]']", "is outside net1"),
        ("ask: [{quantity: dJ/dq}]", "10:18: `dJ/dq`"),
        ("hints: {q: x}", "10:9: `q`: q is not a quantity of this exercise."),
        ("marks: {q: 1}", "10:9: `q`: q is not a quantity of this exercise."),
        ("marks: {z: -1}", "10:12: -1 marks are fewer than none."),
        (
            "variants: {z: {choices: [1]}}",
            "10:12: `z` is not data or a parameter. It can be W1, W2, b2, t, x.",
        ),
        (
            "optimizer: {name: adam, momentum: 1/2}",
            "10:25: `momentum` is no setting of adam. It takes beta1,",
        ),
        (
            "optimizer: {name: sgd, momentum: 1/2}",
            "10:24: `momentum` is no setting of sgd. It takes no settings.",
        ),
        ("optimizer: {name: adam, beta1: 1}", "10:32: beta1 is 1: nothing would ever be forgotten."),
    ],
)
def test_names_and_settings_are_checked_against_the_graph(more: str, fault: str) -> None:
    faults = faults_of(f"{NETWORK}{more}\n")
    assert any(fault in line for line in faults), faults


def test_an_update_needs_a_learning_rate() -> None:
    text = spoiled(NETWORK, ("learning_rate: 1/10\n", ""))
    faults = faults_of(f"{text}optimizer: sgd\nsteps: 2\n")
    assert [fault[: fault.index(".")] for fault in faults] == [
        "9:1: `optimizer` needs a learning rate",
        "10:1: `steps` needs a learning rate",
    ]
    assert "W1_new is not a quantity" in faults_of(f"{text}ask: [W1_new]\n")[0]


@pytest.mark.parametrize(
    "ask",
    ["z", "J", "x(1)", "dJ/dW1", "dJ/dW1[1,2]", "dJ/dnet1(1)[2]", "delta1", "W2_new", "W2_new[1,1]", "all"],
)
def test_every_kind_of_quantity_can_be_asked(ask: str) -> None:
    assert loads(f"{NETWORK}ask: ['{ask}']\n").ask[0].quantity == ask
    assert loads(f"{NETWORK}ask: {ask}\n").ask[0].quantity == ask


MOMENTUM = f"{NETWORK}optimizer: momentum\nsteps: 2\n"


@pytest.mark.parametrize(
    ("text", "ask", "name"),
    [
        (NETWORK, "h1[2]", "h1"),
        (NETWORK, "h1(1)[2]", "h1"),
        (NETWORK, "dJ/dnet1[2]", "dJ/dnet1"),
        (NETWORK, "delta1[2]", "dJ/dnet1"),
        (NETWORK, "W1[2]", "W1"),
        (NETWORK, "W1[:,2]", "W1"),
        (MOMENTUM, "W1_new1", "W1_new1"),
        (MOMENTUM, "W1_new1[1,2]", "W1_new1"),
        (MOMENTUM, "W1_new", "W1_new"),
        (MOMENTUM, "v_W1_new", "v_W1_new"),
        (MOMENTUM, "J2", "J2"),
        (MOMENTUM, "dJ2/dW1[1,2]", "dJ2/dW1"),
    ],
)
def test_what_is_asked_hinted_at_or_weighed_is_what_a_command_finds(text: str, ask: str, name: str) -> None:
    exercise = loads(f"{text}ask: ['{ask}']\nhints: {{'{ask}': x}}\nmarks: {{'{ask}': 2}}\n")
    assert solve(exercise).find(exercise.ask[0].quantity).name == name


@pytest.mark.parametrize(
    ("text", "ask", "fault"),
    [
        (NETWORK, "h1[3]", "`h1[3]` is outside h1, whose shape is (1, 2)"),
        (NETWORK, "W1_new1", "W1_new1 is not a quantity"),
        (NETWORK, "J2", "J2 is not a quantity"),
        (NETWORK, "v_W1_new", "v_W1_new is not a quantity"),
        (NETWORK, "W1[1:2]", "an index here is one whole number, or : for all of them"),
        (MOMENTUM, "W1_new2", "W1_new2 is not a quantity"),
        (MOMENTUM, "dJ3/dW1", "`dJ3/dW1`"),
    ],
)
def test_what_no_command_finds_cannot_be_asked(text: str, ask: str, fault: str) -> None:
    assert fault in faults_of(f"{text}ask: ['{ask}']\n")[0]
    with pytest.raises(UsageError):
        solve(loads(text)).find(ask)


@pytest.mark.parametrize(
    ("old", "new", "decimals"),
    [
        ("weights: [[1, 2]]", "weights: [[1,5, 2]]", ["1,5"]),
        ("weights: [[1, 2]]", "weights: [[1,5, -0,25]]", ["1,5", "-0,25"]),
        ("bias: [0]", "bias: [0,5]", ["0,5"]),
        ("bias: [0]", "bias: [1,0]", []),
        ("weights: [[1, 2]]", "weights: [[1,0],[0,1,1]]", []),
        ("weights: [[1, 2]]", "weights: [[1, 0,0], [0,0,1]]", []),
        ("data:\n  - {x: [1, 0], t: [2]}", "data:\n  - {x: [0,1], t: [2], z: 1}", ["0,1"]),
        ("data:\n  - {x: [1, 0], t: [2]}", "data:\n  - {x: [[0,1],[1,0]], t: [2]}", []),
    ],
)
def test_a_decimal_comma_in_a_list_is_told_and_a_list_without_spaces_is_none(
    old: str, new: str, decimals: list[str]
) -> None:
    told = [fault for fault in faults_of(spoiled(NETWORK, (old, new))) if "two numbers in a list" in fault]
    assert [fault.split("`")[1] for fault in told] == decimals


def test_the_gradients_of_a_graph_bear_the_name_of_its_loss() -> None:
    used = spoiled(GRAPH, ("q * w", "q * w * sum(M)"))
    assert loads(f"{used}ask: [df/dq, 'df/dM[1,2]']\n").ask
    assert "`df/dM[1,2]` is no derivative of the loss" in faults_of(f"{GRAPH}ask: ['df/dM[1,2]']\n")[0]
    assert "dJ/dq" in faults_of(f"{GRAPH}ask: [dJ/dq]\n")[0]


LINES = [line for line in (NETWORK + GRAPH).splitlines() if line]
WORDS = [
    "title",
    "network",
    "graph",
    "compute",
    "data",
    "x",
    "relu",
    "1/0",
    "[",
    "]",
    "{",
    "}",
    ": ",
    "- ",
    "&a ",
    "!x ",
]


def assert_faults_or_nothing(text: str) -> None:
    try:
        loads(text)
    except ExerciseError as caught:
        error = caught
    else:
        return
    assert error.faults
    assert all(fault.what for fault in error.faults)


@settings(deadline=None)
@given(st.text() | st.lists(st.sampled_from(LINES + WORDS) | st.text(max_size=5)).map("\n".join))
@example("title: x\nnetwork: {layers: [{activation: relu, weights: 1}]}\ndata: {x: 1, t: 1}\nloss: mse")
@example("title: x\ngraph: {compute: {f: f}, loss: f}")
@example("title: x\ngraph: {compute: {f: ''}, loss: f}")
@example("title: x\ngraph: {given: {}, parameters: {'': 1}, compute: {'': 1}, loss: ''}")
def test_any_text_is_an_exercise_or_a_proper_error(text: str) -> None:
    assert_faults_or_nothing(text)


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_are_refused_properly(data: bytes) -> None:
    with pytest.raises(ExerciseError):
        loads(data)


VALUES = st.recursive(
    st.sampled_from([None, True, 1, 1.5, "x", "relu", "1/3", "mse", "z"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["layers", "x", "t", "W1", "weights", "activation", "file", "name", "choices", "quantity"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
VALID = {
    "title": "x",
    "network": {"layers": [{"activation": "relu", "weights": [[1]]}]},
    "data": [{"x": [1], "t": [1]}],
    "loss": "mse",
}


@settings(deadline=None)
@given(st.sampled_from(sorted(ExerciseFile.keys)), VALUES)
def test_any_value_of_any_key_is_an_exercise_or_a_proper_error(key: str, value: object) -> None:
    assert_faults_or_nothing(json.dumps({**VALID, key: value}))

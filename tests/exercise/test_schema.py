from fractions import Fraction

import pytest
from sample_files import GRAPH, NETWORK, faults_of, spoiled

from backprop_tutor.exercise.load import loads


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("relu", "ReLU", "4:20: `ReLU` is not an activation. Did you mean `relu`?"),
        ("relu", "sigmod", "4:20: `sigmod` is not an activation. Did you mean `sigmoid`?"),
        ("relu", "logistic", "4:20: `logistic` is not an activation. Did you mean `sigmoid`?"),
        ("relu", "LeakyReLU", "4:20: `LeakyReLU` is not an activation. Did you mean `leaky_relu`?"),
        ("relu", "swish", "4:20: `swish` is not an activation. Did you mean `silu`?"),
        ("relu", "3", "4:20: the number 3 is not an activation. It can be linear, relu,"),
        ("half_mse", "MSE", "8:7: `MSE` is not a loss. Did you mean `mse`?"),
        ("half_mse", "poisson", "8:7: `poisson` is not a loss. It can be half_mse, half_sse,"),
        (
            "learning_rate",
            "learning_rat",
            "9:1: there is no key `learning_rat` here. Did you mean `learning_rate`?",
        ),
        ("learning_rate", "lr", "9:1: there is no key `lr` here. Did you mean `learning_rate`?"),
        ("learning_rate", "zzz", "9:1: there is no key `zzz` here. `backprop-tutor schema` lists the keys."),
        (
            "weights: [[1, 2]]",
            "wieghts: [[1, 2]]",
            "5:28: there is no key `wieghts` here. Did you mean `weights`?",
        ),
        ("weights: [[1, 2]], ", "", "5:7: the key `weights` is missing."),
        ("t: [2]", "y: [2]", "7:17: there is no key `y` here. Did you mean `t`?"),
        ("title: A network", "level: hard", "the key `title` is missing."),
        (
            "title: A network",
            "title: 2024",
            "1:8: a text is expected here, not the number 2024. Put it in quotes",
        ),
        ("title: A network", "title:", "1:7: `title` has no value."),
        ("title: A network", "title: ''", "1:8: this text is empty."),
        ("bias: [0]", "bias: ~", "5:53: `bias` has no value. Write one, or remove the key."),
        ("loss: half_mse\n", "", "the key `loss` is missing."),
        ("data:\n  - {x: [1, 0], t: [2]}\n", "", "the key `data` is missing."),
        ("data:\n  - {x: [1, 0], t: [2]}", "data: []", "6:7: at least 1 item must stand here."),
        ("data:\n  - {x: [1, 0], t: [2]}", "data: x", "6:7: a list is expected here, not the text `x`."),
        ("network:", "netwrok:", "2:1: there is no key `netwrok` here. Did you mean `network`?"),
        ("learning_rate: 1/10", "learning_rate: -1", "9:16: -1 is out of range. Write a number above 0."),
        ("learning_rate: 1/10", "learning_rate: 0,1", "9:16: `0,1` has a decimal comma. Write 0.1."),
        ("learning_rate: 1/10", "learning_rate: {a: 1}", "9:16: expected a number, not a mapping."),
        ("learning_rate: 1/10", "relu_at_zero: 2", "9:15: 2 is out of range. Write 0, 1/2 or 1."),
        (
            "learning_rate: 1/10",
            "learning_rate: 1\nsteps: 1.5",
            "10:8: 3/2 is out of range. Write a whole number",
        ),
        ("learning_rate: 1/10", "level: easy", "9:8: `easy` is not a level. Did you mean `beginner`?"),
        ("learning_rate: 1/10", "topics: relu", "9:9: a list is expected here, not the text `relu`."),
        ("learning_rate: 1/10", "notation: bishp", "9:11: `bishp` is not a notation. Did you mean `bishop`?"),
        ("learning_rate: 1/10", "digits: 0", "9:9: 0 is out of range. Write a whole number from 1 to 12."),
        (
            "learning_rate: 1/10",
            "digits: 4\ndecimals: 4",
            "10:1: an exercise has either `digits` or `decimals`. Remove one.",
        ),
        ("learning_rate: 1/10", "tolerance: 2", "9:12: 2 is out of range. Write a number from 0 to 1."),
        ("learning_rate: 1/10", "optimizer: adm", "9:12: `adm` is not an optimizer. Did you mean `adam`?"),
        (
            "learning_rate: 1/10",
            "optimizer: {nme: adam}",
            "9:13: there is no key `nme` here. Did you mean `name`?",
        ),
        ("learning_rate: 1/10", "variants: {W1: {integers: [1]}}", "9:27: at least 2 items must stand here."),
        ("learning_rate: 1/10", "variants: {W1: {integers: [1, 1/2]}}", "9:31: 1/2 is not a whole number"),
        ("learning_rate: 1/10", "hints: [a]", "9:8: a mapping is expected here, not a list."),
        ("learning_rate: 1/10", "graph: {compute: {f: 1}, loss: f}", "9:1: an exercise has either"),
    ],
)
def test_a_spoiled_file_is_told_what_is_wrong_and_what_would_be_right(old: str, new: str, fault: str) -> None:
    faults = faults_of(spoiled(NETWORK, (old, new)))
    assert any(fault in line for line in faults), faults


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("f: q * w", "f: [1, 2]", "7:8: a formula is expected here, not a list. Put an array under `given`"),
        ("f: q * w", "f: {a: 1}", "7:8: a formula such as x + y is expected here, not a mapping."),
        ("loss: f", "los: f", "8:3: there is no key `los` here. Did you mean `loss`?"),
        ("  loss: f\n", "", "3:3: the key `loss` is missing."),
        ("  loss: f", "  loss: f\nloss: mse", "9:1: `loss` belongs to a network. In a graph it stands under"),
        ("  loss: f", "  loss: f\ndata: [1]", "9:1: `data` belongs to a network. In a graph it stands under"),
        (
            "title: A graph\n",
            "title: A graph\ngraf: 1\n",
            "2:1: there is no key `graf` here. Did you mean `graph`?",
        ),
    ],
)
def test_so_is_a_spoiled_graph(old: str, new: str, fault: str) -> None:
    faults = faults_of(spoiled(GRAPH, (old, new)))
    assert any(fault in line for line in faults), faults


@pytest.mark.parametrize("text", ["hello", "[1, 2]", "3", "null"])
def test_a_file_that_is_no_mapping_is_told_so(text: str) -> None:
    (fault,) = faults_of(text)
    assert fault.startswith("1:1: an exercise is a mapping of keys, not ")


def test_every_fault_is_reported_at_once_in_the_order_of_the_file() -> None:
    text = spoiled(
        NETWORK,
        ("title: A network", "titel: A network"),
        ("relu", "rleu"),
        ("[-1, 1]", "[-1, no]"),
        ("t: [2]", "t: [1/0]"),
        ("half_mse", "mxe"),
        ("1/10", "0"),
    )
    lines = [int(fault.split(":")[0]) for fault in faults_of(text)]
    assert lines == [1, 1, 4, 4, 7, 8, 9]


def test_a_value_that_cannot_be_read_is_reported_once() -> None:
    assert len(faults_of(spoiled(NETWORK, ("t: [2]", "t: *a")))) == 1


def test_optional_keys_reach_the_exercise() -> None:
    exercise = loads(
        NETWORK
        + "description: |\n  First.\n  Second.\n"
        + "topics: [relu, chain rule]\nlevel: beginner\nnotation: nielsen\ntolerance: 1e-3\n"
        + "optimizer: {name: momentum, momentum: 0.5}\nsteps: 3\nrelu_at_zero: 1/2\n"
        + "ask: [z, {quantity: dJ/dW1, by: element}, 'dJ/dW1[1,2]', delta1, all]\n"
        + "hints: {z: Add up., dJ/dz: [One., Two.]}\nmarks: {z: 2}\nfollow_through: 1/2\n"
        + "variants: {W1: {integers: [-3, 3]}, x: {choices: [0, 1]}, t: {fractions: [0, 1]}}\n"
    )
    assert exercise.description == "First.\nSecond."
    assert exercise.topics == ("relu", "chain rule")
    assert (exercise.level, exercise.notation, exercise.steps) == ("beginner", "nielsen", 3)
    assert exercise.precision == (3, None, Fraction(1, 1000))
    assert loads(f"{NETWORK}digits: 5\n").precision.digits == 5
    assert loads(f"{NETWORK}decimals: 2\n").precision.decimals == 2
    assert exercise.optimizer.settings == {"momentum": Fraction(1, 2)}
    assert [(ask.quantity, ask.by) for ask in exercise.ask] == [
        ("z", None),
        ("dJ/dW1", "element"),
        ("dJ/dW1[1,2]", None),
        ("delta1", None),
        ("all", None),
    ]
    assert exercise.hints == {"z": ("Add up.",), "dJ/dz": ("One.", "Two.")}
    assert exercise.marks == {"z": 2}
    assert exercise.follow_through == Fraction(1, 2)
    assert {name: rule.kind for name, rule in exercise.variants.items()} == {
        "W1": "integers",
        "x": "choices",
        "t": "fractions",
    }
    assert exercise.variants["W1"].numbers == (-3, 3)


def test_text_in_quotes_or_with_markup_is_only_text() -> None:
    exercise = loads(spoiled(NETWORK, ("A network", '"\\e[31m[bold]<script>\\e[0m \\u202eno"')))
    assert exercise.title == "[bold]<script> no"

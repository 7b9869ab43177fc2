"""Every number in an exercise file that has a limit: the last that is taken, and the first that is not."""

import pytest
from sample_files import NETWORK, faults_of, spoiled
from test_editor_schema import refused as refused_by_editor

from backprop_tutor import loads

BASE = spoiled(NETWORK, ("learning_rate: 1/10\n", ""))

NO_SCHEMA_SAYS = (
    "[1, 1]",
    "[0, 2]",
    "[q]",
    "''",
    "[0, 1000001]",
)  # of one number beside another, or of names


@pytest.mark.parametrize(
    ("key", "taken", "refused"),
    [
        ("learning_rate: {}", ["1e-9", "1/3", "[1/2]", "[1/2, 1/4]"], ["0", "-1/2", "[]", "[1/2, 0]"]),
        ("learning_rate: 1/10\nsteps: {}", ["1", "2"], ["0", "1001", "-1", "1.5"]),
        ("digits: {}", ["1", "12"], ["0", "13", "2.5"]),
        ("decimals: {}", ["1", "12"], ["0", "13"]),
        ("tolerance: {}", ["0", "1/100", "1"], ["-1/100", "1.01"]),
        ("follow_through: {}", ["0", "1/2", "1"], ["-1/2", "1.1"]),
        ("relu_at_zero: {}", ["0", "0.5", "1/2", "1"], ["1/3", "2", "-1"]),
        ("regularization: {{l2: {}}}", ["1e-9", "7"], ["0", "-1"]),
        ("regularization: {{l1: 1, factor: {}}}", ["1/2"], ["0"]),
        ("regularization: {{l1: 1, of: {}}}", ["[W1]"], ["[]"]),
        ("learning_rate: 1/10\noptimizer: {{name: momentum, momentum: {}}}", ["0", "0.9"], ["-0.1", "1.1"]),
        ("learning_rate: 1/10\noptimizer: {{name: adam, beta2: {}}}", ["0", "0.9"], ["-0.1", "1.1"]),
        ("learning_rate: 1/10\noptimizer: {{name: adam, epsilon: {}}}", ["1e-9"], ["0", "-1"]),
        ("variants: {{x: {{choices: {}}}}}", ["[5]", "[1/2, 3]"], ["[]"]),
        ("variants: {{x: {{integers: {}}}}}", ["[0, 1]", "[-1000000, 1000000]"],
         ["[0]", "[0, 1, 2]", "[1, 1]", "[0, 1000001]", "[0, 1/2]"]),
        ("variants: {{x: {{fractions: {}}}}}", ["[0, 1]", "[-1/2, 1/2]"], ["[0]", "[0, 1, 2]"]),
        ("variants: {{x: {{fractions: [0, 1], denominators: {}}}}}", ["[1]", "[2, 3]"], ["[]", "[0, 2]"]),
        ("ask: {}", ["[]", "[z]", "[J, z]"], ["[q]"]),
        ("variant: {{of: a, id: {}}}", ["abcd", "v" + 39 * "0"], ["abc", "v" + 40 * "0", "ABCD"]),
        ("title: {}", [], ["''"]),
    ],
)  # fmt: skip
def test_what_is_taken_ends_where_it_should(key: str, taken: list[str], refused: list[str]) -> None:
    base = BASE.replace("title: A network\n", "") if key.startswith("title") else BASE
    for value in taken:
        text = f"{base}{key.format(value)}\n"
        assert loads(text).title == "A network"
        assert not refused_by_editor(text)
    for value in refused:
        text = f"{base}{key.format(value)}\n"
        assert faults_of(text), value
        assert refused_by_editor(text) or value in NO_SCHEMA_SAYS, value

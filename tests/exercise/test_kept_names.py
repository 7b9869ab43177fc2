"""Names that formulas or updates of an exercise need: kept where they are needed, the author's elsewhere."""

import pytest
from sample_files import faults_of

from backprop_tutor.exercise.load import loads

CIRCUIT = "title: A circuit\ngraph:\n  given: {{{given}}}\n  parameters: {{w: -4}}\n  compute: {compute}\n"
LOSS = "  loss: J\n"


def circuit(given: str, compute: str, more: str = "") -> str:
    return CIRCUIT.format(given=given, compute=f"{{{compute}}}") + LOSS + more


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (circuit("η: 3", "J: η*w", "learning_rate: 1/10\n"), "3:11: the name η stands for the learning rate"),
        (
            circuit("μ: 3", "J: μ*w", "learning_rate: 1/10\noptimizer: momentum\n"),
            "3:11: the name μ stands for a setting of the optimizer. Give it another name.",
        ),
        (
            circuit("N: [3, 1]", "J: 'half_mse(N*w, 2*N)'"),
            "3:11: the name N stands for the number of examples.",
        ),
        (circuit("x: 1", "π: x*w, J: gelu(π)"), "5:13: the name π stands for the number π."),
        (
            circuit("x: 1", "J2: x*w, J: J2**2", "learning_rate: 1/10\nsteps: 2\n"),
            "5:13: the name J2 stands for a quantity that an update brings.",
        ),
        (
            circuit("w_new1: 1", "J: w_new1*w", "learning_rate: 1/10\nsteps: 2\n"),
            "3:11: the name w_new1 stands for",
        ),
    ],
)
def test_a_name_that_the_exercise_needs_is_refused(text: str, fault: str) -> None:
    faults = faults_of(text)
    assert [fault in line for line in faults] == [True], faults


@pytest.mark.parametrize(
    "text",
    [
        circuit("η: 3", "J: η*w"),
        circuit("μ: 3", "J: μ*w", "learning_rate: 1/10\n"),
        circuit("N: 3, π: 2", "J: N*π*w", "learning_rate: 1/10\n"),
        circuit("x: 1", "J2: x*w, J: J2**2", "learning_rate: 1/10\n"),
        circuit("η: 3", "J2: η, J: J2**2", "learning_rate: 1/10\nsteps: 2\n").replace("{w: -4}", "{}"),
    ],
)
def test_elsewhere_a_name_is_the_authors(text: str) -> None:
    assert loads(text).graph.loss == "J"

"""Exercises of PyTorch modules: the same loss, gradients and update as PyTorch's own, and clear refusals."""

import copy
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch_modules import MODULES, Of, chain, random  # noqa: E402

from backprop_tutor import UsageError, from_torch, load, solve  # noqa: E402
from backprop_tutor.exercise.torch_import.traced_module import LOSSES  # noqa: E402
from backprop_tutor.walkthrough.derivation import explain  # noqa: E402

nn, F = torch.nn, torch.nn.functional


def name_of(said: str) -> str:
    """fc1.weight -> fc1_weight, 0.weight -> weight_0"""
    first, _, rest = said.partition(".")
    return f"{rest.replace('.', '_')}_{first}" if first.isdigit() else said.replace(".", "_")


def made(name: str) -> tuple[Any, ...]:
    torch.manual_seed(len(name))
    module, inputs, targets, loss = MODULES[name]()
    return module.double() if name != "single precision" else module, inputs, targets, loss


def in_pytorch(
    module: Any, inputs: Any, targets: Any, loss: Any, optimizer: Callable[[Any], Any]
) -> tuple[float, dict[str, Any], dict[str, Any]]:
    """Its loss, its gradients and its parameters after a step, in double precision."""
    module = copy.deepcopy(module).double()
    doubled = lambda x: x.double() if torch.is_tensor(x) and x.is_floating_point() else x  # noqa: E731
    found = [doubled(x) for x in (inputs if isinstance(inputs, tuple) else (inputs,))]
    z = module(**inputs) if isinstance(inputs, dict) else module(*found)
    function = getattr(F, LOSSES[loss]) if isinstance(loss, str) else loss
    J = function(z) if targets is None else function(z, doubled(targets))
    step = optimizer(module.parameters())
    J.backward()
    gradients = {n: p.grad.clone().numpy() for n, p in module.named_parameters() if p.grad is not None}
    step.step()
    after = {n: p.detach().numpy() for n, p in module.named_parameters()}
    return J.item(), gradients, after


@pytest.mark.parametrize("name", MODULES)
def test_gradients_and_a_step_are_pytorchs(name: str) -> None:
    module, inputs, targets, loss = made(name)
    before = copy.deepcopy(module.state_dict())
    exercise = from_torch(module, inputs, targets, loss, learning_rate=0.1)
    J, gradients, after = in_pytorch(module, inputs, targets, loss, lambda p: torch.optim.SGD(p, lr=0.1))
    solution = solve(exercise)
    assert solution.loss == pytest.approx(J, rel=1e-12)
    assert [name_of(said) for said in gradients] == list(exercise.graph.parameters)
    for said, gradient in gradients.items():
        own = name_of(said)
        size = max(1, np.abs(gradient).max())
        assert np.abs(solution.value(f"dJ/d{own}") - gradient).max() <= 1e-12 * size, said
        assert np.abs(solution.value(f"{own}_new") - after[said]).max() <= 1e-12, said
    assert all(torch.equal(value, before[key]) for key, value in module.state_dict().items()), (
        "it was changed"
    )


OPTIMIZERS: dict[str, Callable[[Any], Any]] = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.05, weight_decay=0.01),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.8),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.8, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.8, 0.99)),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9),
    "adagrad": lambda p: torch.optim.Adagrad(p, lr=0.01),
    "adadelta": lambda p: torch.optim.Adadelta(p, lr=0.5),
    "climbing": lambda p: torch.optim.SGD(p, lr=0.05, maximize=True),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_keeps_its_settings(name: str) -> None:
    module, inputs, targets, loss = made("mlp")
    exercise = from_torch(module, inputs, targets, loss, optimizer=OPTIMIZERS[name](module.parameters()))
    _, _, after = in_pytorch(module, inputs, targets, loss, OPTIMIZERS[name])
    solution = solve(exercise)
    for said, values in after.items():
        assert np.abs(solution.value(f"{name_of(said)}_new") - values).max() <= 1e-12


def test_single_precision_is_kept_exactly() -> None:
    module = nn.Linear(2, 1)
    exercise = from_torch(module, torch.ones(1, 2), torch.ones(1, 1), "mse")
    found = exercise.values["weight"].tolist()[0]
    assert found == [Fraction(value) for value in module.weight[0].tolist()]


def test_it_is_explained() -> None:
    assert explain(solve(from_torch(*made("residual"))), "dJ/dfc1_weight[1,2]").index.sections


def test_large_arrays_are_not_written_out() -> None:
    torch.manual_seed(1)
    module, t = chain(nn.Linear(40, 60), nn.ReLU(), nn.Linear(60, 10)).double(), torch.tensor([1, 0, 9, 3])
    exercise = from_torch(module, random(4, 40), t, "cross_entropy")
    x = torch.tensor(exercise.values["x"])
    _, gradients, _ = in_pytorch(module, x, t, "cross_entropy", OPTIMIZERS["sgd"])
    found = solve(exercise).value("dJ/dweight_0")
    assert np.abs(found - gradients["0.weight"]).max() <= 1e-12


def half_cleared(x: Any) -> Any:
    x[:, 0] = 0
    return x


@pytest.mark.parametrize(
    ("module", "loss", "said"),
    [
        (lambda: chain(nn.Linear(2, 2), nn.Dropout(0.5)), "mse", "dropout which draws random numbers"),
        (lambda: Of(lambda m, x: m.a(x).cumsum(0).sort()[0], a=nn.Linear(2, 2)), "mse", "cumsum; sort"),
        (
            lambda: Of(lambda m, x: half_cleared(m.a(x).clone()), a=nn.Linear(2, 2)),
            "mse",
            "part of an array in place",
        ),
        (lambda: Of(lambda m, x: torch.fft.fft(m.a(x)).abs(), a=nn.Linear(2, 2)), "mse", "fft_fft"),
        (lambda: nn.Linear(2, 2), nn.MultiMarginLoss(), "cannot run or export"),
        (lambda: nn.Linear(2, 2), lambda z, t: z - t, "one number"),
        (lambda: nn.Linear(3, 2), "mse", "cannot run or export Linear"),
        (lambda: nn.Linear(2, 2), "hinge", "no loss 'hinge'"),
        (lambda: 3, "mse", "a module is wanted"),
    ],
)
def test_what_has_no_counterpart_is_named(module: Callable[[], Any], loss: Any, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        from_torch(module(), torch.ones(2, 2), torch.ones(2, 2) / 2, loss)
    assert said in str(caught.value)


def test_an_optimizer_without_counterpart_is_named() -> None:
    module = nn.Linear(2, 2)
    for optimizer in (
        torch.optim.LBFGS(module.parameters()),
        torch.optim.SGD(module.parameters(), dampening=0.1),
    ):
        with pytest.raises(UsageError, match="no counterpart"):
            from_torch(module, torch.ones(2, 2), torch.ones(2, 2), "mse", optimizer=optimizer)


SCRIPT = """
import sys
import torch
from torch import nn
import helper_beside  # found beside the script
print("training", file=sys.stdout)

def exercise():
    torch.manual_seed(3)
    net = nn.Sequential(nn.Linear(2, SIZE), nn.Tanh(), nn.Linear(SIZE, 1))
    return net, torch.ones(1, 2), torch.ones(1, 1), nn.MSELoss(), torch.optim.Adam(net.parameters(), lr=0.5)

def broken():
    return missing

def other():
    return 3

def asks():
    return input()

def loops():
    while True:
        pass

SIZE = 3
if __name__ == "__main__":
    sys.exit(2)
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    (tmp_path / "helper_beside.py").write_text("", encoding="utf-8")
    (tmp_path / "train.py").write_text(SCRIPT, encoding="utf-8")
    return tmp_path / "train.py"


def new(script: Path, function: str, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [
        sys.executable,
        "-m",
        "backprop_tutor",
        "new",
        "made.yaml",
        "--from-torch",
        f"train.py:{function}",
    ]
    return subprocess.run([*command, *words], cwd=script.parent, capture_output=True, text=True, check=False)


def test_a_script_becomes_an_exercise(script: Path) -> None:
    done = new(script, "exercise")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Wrote made.yaml.")
    assert "training" in done.stderr
    exercise = load(script.parent / "made.yaml")
    assert exercise.graph.parameters == ["weight_0", "bias_0", "weight_2", "bias_2"]
    assert exercise.update == "adam, learning rate 1/2"
    assert new(script, "exercise").returncode == 4
    script.write_text(SCRIPT.replace("SIZE = 3", "SIZE = 700"), encoding="utf-8")
    done = new(script, "exercise", "--force")
    assert "Wrote made.npz." in done.stdout
    assert load(script.parent / "made.yaml").values["weight_0"].shape == (700, 2)


@pytest.mark.parametrize(
    ("function", "words", "status", "said"),
    [
        ("broken", (), 4, "NameError: name 'missing' is not defined"),
        ("other", (), 4, "(module, inputs, targets, loss)"),
        ("nothing", (), 4, "no function nothing"),
        ("asks", (), 4, "EOFError"),
        ("loops", ("--timeout", "15"), 4, "15 seconds"),
        ("a b", (), 2, "SCRIPT:FUNCTION"),
    ],
)
def test_what_a_script_does_wrong_is_said(
    script: Path, function: str, words: Any, status: int, said: str
) -> None:
    done = new(script, function, *words)
    assert (done.returncode, said in done.stderr) == (status, True), done.stderr
    assert not (script.parent / "made.yaml").exists()


def test_nothing_else_imports_torch() -> None:
    code = "import sys, backprop_tutor as b; b.solve(b.load('exercise1')); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_page_on_pytorch_does_what_it_says(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "pytorch.md").read_text(encoding="utf-8")
    script, library = (block.split("```")[0] for block in page.split("```py\n")[1:])
    (tmp_path / "train.py").write_text(script, encoding="utf-8")
    assert new(tmp_path / "train.py", "exercise").returncode == 0
    exec(library, {})  # our own page


def test_every_name_of_a_module_can_stand_in_a_formula() -> None:
    module = Of(
        lambda m, x: (m._a + m.delta1 + m.sigmoid + m.N + m.pi + m.W_new + m.J + m.z + m.t + m.n_1__b) * x,
        **{
            name: nn.Parameter(torch.ones(1))
            for name in ("_a", "delta1", "sigmoid", "N", "pi", "W_new", "J", "z")
        },
        t=nn.Parameter(torch.ones(1)),
        n_1__b=nn.Parameter(torch.ones(1)),
    )
    exercise = from_torch(module, torch.ones(1), torch.zeros(1), "mse", learning_rate=0.1)
    assert len(exercise.graph.parameters) == 10
    assert solve(exercise).loss == pytest.approx(100)

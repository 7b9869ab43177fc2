"""Modules of many kinds, with inputs, targets and a loss: (module, inputs, targets, loss)."""

from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional


def random(*shape: int) -> Any:
    return torch.randn(*shape, dtype=torch.float64)


class Of(nn.Module):
    """Parts, and what is done with them."""

    def __init__(self, does: Callable[..., Any], **parts: Any) -> None:
        super().__init__()
        self.does = does
        for name, part in parts.items():
            if isinstance(part, nn.Module | nn.Parameter):
                setattr(self, name, part)
            else:
                self.register_buffer(name, part)

    def forward(self, *inputs: Any, **named: Any) -> Any:
        return self.does(self, *inputs, **named)


def chain(*layers: Any) -> Any:
    return nn.Sequential(*layers)


def last_step(kind: Any, **settings: Any) -> Any:
    units = 2 * (1 + settings.get("bidirectional", False))
    return Of(
        lambda m, x: m.out(m.rnn(x)[0][:, -1]),
        rnn=kind(2, 2, batch_first=True, **settings),
        out=nn.Linear(units, 1),
    )


def every_step(kind: Any, **settings: Any) -> Any:
    units = 2 * (1 + settings.get("bidirectional", False))
    return Of(lambda m, x: m.out(m.rnn(x)[0]), rnn=kind(2, 2, **settings), out=nn.Linear(units, 1))


def cells(kind: Any) -> Any:
    def run(m: Any, x: Any) -> Any:
        state = None
        for row in x.unbind(1):
            state = m.cell(row, state)
        return m.out(state[0] if isinstance(state, tuple) else state)

    return Of(run, cell=kind(2, 2), out=nn.Linear(2, 1))


def evaluated(module: Any, x: Any) -> Any:
    module(x)
    return module.eval()


def frozen(module: Any, *names: str) -> Any:
    for name in names:
        module.get_parameter(name).requires_grad_(False)
    return module


def residual() -> Any:
    def run(m: Any, x: Any) -> Any:
        h = F.relu(m.fc1(x))
        return m.out(h + torch.tanh(m.fc2(h)))

    return Of(run, fc1=nn.Linear(3, 3), fc2=nn.Linear(3, 3), out=nn.Linear(3, 2))


def attention(**settings: Any) -> Any:
    return Of(lambda m, x: m.a(x, x, x, **settings)[0], a=nn.MultiheadAttention(4, 2, batch_first=True))


def masked_by_hand(m: Any, x: Any) -> Any:
    scores = m.q(x) @ m.k(x).transpose(-1, -2) / 2**0.5
    seen = torch.tril(torch.ones(x.shape[-2], x.shape[-2]))
    return F.softmax(scores.masked_fill(seen == 0, float("-inf")), -1) @ m.v(x)


def tied() -> Any:
    return Of(
        lambda m, x: torch.sigmoid(m.enc(x)) @ m.enc.weight + m.back,
        enc=nn.Linear(4, 2),
        back=nn.Parameter(torch.zeros(4)),
    )


def tied_layers() -> Any:
    module = chain(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 2))
    module[2].weight = module[0].weight
    return module


def learned_start() -> Any:
    return Of(
        lambda m, x: m.rnn(x, m.start.expand(-1, 2, -1).contiguous())[0][:, -1],
        rnn=nn.RNN(2, 2, batch_first=True),
        start=nn.Parameter(torch.ones(1, 1, 2) / 2),
    )


def positions(m: Any, ids: Any) -> Any:
    return m.out(m.emb(ids) + m.pos(torch.arange(ids.shape[1])))


def gate(m: Any, x: Any) -> Any:
    a, b = m.fc(x).chunk(2, dim=-1)
    return torch.where(a > 0, a * torch.sigmoid(b), 0.1 * a)


LABELS = torch.tensor([2, 0])


def taken_apart(m: Any, x: Any) -> Any:
    likeness = F.cosine_similarity(x, m.fc(x), 1)
    return F.glu(torch.einsum("ij,kj->ik", x, m.fc.weight)) * likeness[:, None]


MODULES: dict[str, Callable[[], tuple[Any, ...]]] = {
    "mlp": lambda: (chain(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)), random(4, 2), random(4, 1), "mse"),
    "one example": lambda: (chain(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2)), random(2), random(2), "mse"),
    "residual": lambda: (residual(), random(2, 3), random(2, 2), nn.MSELoss(reduction="sum")),
    "images": lambda: (
        chain(nn.Conv2d(1, 2, 2), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(2, 3)),
        random(2, 1, 3, 3),
        LABELS,
        "cross_entropy",
    ),
    "sequences": lambda: (
        chain(nn.Conv1d(1, 2, 3, padding=1, stride=2), nn.SiLU(), nn.AvgPool1d(2), nn.Flatten()),
        random(2, 1, 4),
        torch.tensor([1, 0]),
        nn.CrossEntropyLoss(reduction="sum"),
    ),
    "batch norm": lambda: (
        chain(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 1)),
        random(4, 2),
        random(4, 1),
        "l1",
    ),
    "batch norm of images": lambda: (
        chain(nn.Conv2d(1, 2, 2), nn.BatchNorm2d(2), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
        random(2, 1, 3, 3),
        random(2, 2),
        nn.HuberLoss(delta=0.5),
    ),
    "eval": lambda: (
        evaluated(
            chain(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Dropout(0.5), nn.Linear(3, 1)).double(), random(8, 2)
        ),
        random(4, 2),
        random(4, 1),
        "mse",
    ),
    "layer norm": lambda: (
        chain(nn.Linear(2, 3), nn.LayerNorm(3), nn.GELU(), nn.Linear(3, 1)),
        random(4, 2),
        random(4, 1),
        "huber",
    ),
    "norms without scale": lambda: (
        chain(nn.Linear(2, 4), nn.LayerNorm(4, elementwise_affine=False), nn.RMSNorm(4)),
        random(2, 2),
        random(2, 4),
        nn.SmoothL1Loss(beta=0.5),
    ),
    "group norm": lambda: (
        chain(nn.Conv1d(1, 4, 1), nn.GroupNorm(2, 4)),
        random(2, 1, 3),
        random(2, 4, 3),
        "mse",
    ),
    "embedding": lambda: (
        Of(
            lambda m, x: m.out(m.lstm(m.emb(x))[0][:, -1]),
            emb=nn.Embedding(5, 3),
            lstm=nn.LSTM(3, 2, batch_first=True),
            out=nn.Linear(2, 3),
        ),
        torch.tensor([[1, 2, 0], [4, 4, 3]]),
        LABELS,
        "cross_entropy",
    ),
    "positions": lambda: (
        Of(positions, emb=nn.Embedding(4, 2), pos=nn.Embedding(3, 2), out=nn.Linear(2, 4)),
        torch.tensor([[1, 2, 0]]),
        torch.tensor([[2, 0, 3]]),
        lambda z, t: F.cross_entropy(z.flatten(0, 1), t.flatten()),
    ),
    "rnn": lambda: (last_step(nn.RNN), random(2, 3, 2), random(2, 1), "mse"),
    "rnn of one sequence": lambda: (every_step(nn.RNN), random(3, 2), random(3, 1), "mse"),
    "rnn, every step": lambda: (
        every_step(nn.RNN, nonlinearity="relu"),
        random(3, 2, 2),
        random(3, 2, 1),
        "mse",
    ),
    "lstm": lambda: (last_step(nn.LSTM, bias=False), random(2, 3, 2), random(2, 1), "mse"),
    "lstm, one example": lambda: (last_step(nn.LSTM), random(1, 3, 2), random(1, 1), "mse"),
    "lstm, both ways": lambda: (last_step(nn.LSTM, bidirectional=True), random(2, 3, 2), random(2, 1), "mse"),
    "gru": lambda: (last_step(nn.GRU, num_layers=2), random(2, 3, 2), random(2, 1), "mse"),
    "gru, both ways": lambda: (
        every_step(nn.GRU, bidirectional=True, num_layers=2),
        random(2, 2, 2),
        random(2, 2, 1),
        "mse",
    ),
    "learned start": lambda: (learned_start(), random(2, 3, 2), random(2, 2), "mse"),
    "rnn cell": lambda: (cells(nn.RNNCell), random(2, 3, 2), random(2, 1), "mse"),
    "lstm cell": lambda: (cells(nn.LSTMCell), random(2, 3, 2), random(2, 1), "mse"),
    "gru cell": lambda: (cells(nn.GRUCell), random(2, 3, 2), random(2, 1), "mse"),
    "attention": lambda: (attention(), random(1, 3, 4), random(1, 3, 4), "mse"),
    "attention, two examples": lambda: (
        attention(need_weights=False),
        random(2, 3, 4),
        random(2, 3, 4),
        "mse",
    ),
    "causal attention": lambda: (
        Of(masked_by_hand, q=nn.Linear(2, 2), k=nn.Linear(2, 2), v=nn.Linear(2, 2)),
        random(3, 2),
        random(3, 2),
        "mse",
    ),
    "transformer block": lambda: (
        nn.TransformerEncoderLayer(4, 2, 6, dropout=0.0, batch_first=True),
        random(1, 3, 4),
        random(1, 3, 4),
        "mse",
    ),
    "tied weights": lambda: (tied(), torch.rand(2, 4), torch.rand(2, 4), "bce_with_logits"),
    "tied layers": lambda: (tied_layers(), random(2, 2), random(2, 2), "mse"),
    "mask": lambda: (
        Of(
            lambda m, x: m.o(torch.tanh(m.fc(x)) * m.mask / 0.5),
            fc=nn.Linear(2, 3),
            o=nn.Linear(3, 1),
            mask=torch.tensor([1.0, 0, 1]),
        ),
        random(2, 2),
        random(2, 1),
        "mse",
    ),
    "frozen": lambda: (
        frozen(chain(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1)), "0.weight", "0.bias"),
        random(2, 2),
        torch.tensor([[1.0], [0.0]]),
        "bce_with_logits",
    ),
    "bce": lambda: (chain(nn.Linear(2, 1), nn.Sigmoid()), random(2, 2), torch.tensor([[1.0], [0.0]]), "bce"),
    "nll": lambda: (chain(nn.Linear(2, 3), nn.LogSoftmax(1)), random(2, 2), LABELS, "nll"),
    "kl": lambda: (
        chain(nn.Linear(2, 3), nn.LogSoftmax(-1)),
        random(2, 2),
        torch.softmax(random(2, 3), 1),
        nn.KLDivLoss(reduction="batchmean"),
    ),
    "soft labels": lambda: (
        nn.Linear(2, 3),
        random(2, 2),
        torch.tensor([[0.5, 0.25, 0.25], [0, 1, 0]]),
        "cross_entropy",
    ),
    "smoothed labels": lambda: (
        nn.Linear(2, 3),
        random(2, 2),
        LABELS,
        nn.CrossEntropyLoss(label_smoothing=0.1),
    ),
    "weights of positives": lambda: (
        nn.Linear(2, 2),
        random(2, 2),
        torch.tensor([[1.0, 0], [0, 1]]),
        nn.BCEWithLogitsLoss(pos_weight=torch.tensor([2.0, 0.5])),
    ),
    "pixels": lambda: (
        nn.Conv2d(1, 3, 1),
        random(1, 1, 2, 2),
        torch.tensor([[[0, 1], [2, 1]]]),
        "cross_entropy",
    ),
    "loss of one's own": lambda: (
        nn.Linear(2, 1),
        random(3, 2),
        random(3, 1),
        lambda z, t: ((z - t) ** 2).mean() / 2,
    ),
    "penalty": lambda: (
        nn.Linear(2, 1),
        random(3, 2),
        None,
        lambda z: z.exp().sum().log() + z.square().mean(),
    ),
    "activations": lambda: (
        chain(
            nn.Linear(2, 4),
            nn.ELU(0.5),
            nn.Softplus(),
            nn.LeakyReLU(0.1),
            nn.Hardtanh(),
            nn.Mish(),
            nn.LogSigmoid(),
            nn.SELU(),
            nn.Softsign(),
        ),
        random(2, 2),
        random(2, 4),
        "mse",
    ),
    "gate": lambda: (Of(gate, fc=nn.Linear(2, 4)), random(3, 2), random(3, 2), "mse"),
    "a loss by hand": lambda: (
        Of(lambda m, x: F.log_softmax(m.fc(x), 1)[torch.arange(2), LABELS], fc=nn.Linear(2, 3)),
        random(2, 2),
        None,
        lambda z: -z.mean(),
    ),
    "gathered": lambda: (
        Of(lambda m, x: m.fc(x).gather(1, LABELS[:, None]), fc=nn.Linear(2, 3)),
        random(2, 2),
        random(2, 1),
        "mse",
    ),
    "taken apart": lambda: (
        Of(taken_apart, fc=nn.Linear(4, 4)),
        random(2, 4),
        random(2, 2),
        nn.SoftMarginLoss(),
    ),
    "prelu": lambda: (chain(nn.Linear(2, 2), nn.PReLU()), random(3, 2), random(3, 2), "mse"),
    "states handed on": lambda: (
        Of(
            lambda m, x: m.decoder(x, m.encoder(x)[1])[0],
            encoder=nn.GRU(2, 2, batch_first=True),
            decoder=nn.GRU(2, 2, batch_first=True),
        ),
        random(1, 2, 2),
        random(1, 2, 2),
        "mse",
    ),
    "two inputs": lambda: (
        Of(lambda m, left, right: m.a(left) + m.b(right), a=nn.Linear(2, 2), b=nn.Linear(3, 2)),
        (random(2, 2), random(2, 3)),
        random(2, 2),
        "mse",
    ),
    "inputs by name": lambda: (
        Of(lambda m, x, scale: m.a(x) * scale, a=nn.Linear(2, 2)),
        {"x": random(2, 2), "scale": random(2)},
        random(2, 2),
        "mse",
    ),
    "single precision": lambda: (nn.Linear(2, 2).float(), torch.randn(2, 2), torch.randn(2, 2), "mse"),
}

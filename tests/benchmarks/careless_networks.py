"""Networks worked out by a careless student, in plain NumPy: one mistake, and what follows from it.

Nothing is shared with the program: layers, losses and mistakes are written out here once more.
"""

from typing import Any

import numpy as np

Arrays = dict[str, Any]
Slip = tuple[str, int, int]  # the mistake, the layer it is made in (0: every layer), and which of its kinds

ACTIVATIONS = ("relu", "leaky_relu", "sigmoid", "tanh", "softplus", "linear")
LOSSES = ("half_mse", "mse", "half_sse", "sse", "bce", "cross_entropy")
MEANS = ("half_mse", "mse", "bce", "cross_entropy")
UPDATES = ("ascent-not-descent", "learning-rate-forgotten", "gradient-not-subtracted")
MISTAKES = (
    "missing-activation-derivative",
    "derivative-at-activation",
    "sign-flipped",
    "missing-one-over-n",
    "missing-factor-two",
    "transposed-weights",
    "transposed-outer-product",
    "missing-path",
    "wrong-layer-input",
    "activation-not-applied",
    "bias-omitted",
    "bias-not-summed",
    "only-one-example",
    "relu-mask-from-output-gradient",
    "updated-weights-used",
    *UPDATES,
    "softmax-derivative-applied-twice",
    "off-diagonal-jacobian-dropped",
    "upstream-forgotten",
    "local-forgotten",
    "arithmetic-slip",
)


def act(name: str, u: Any) -> Any:
    if name == "relu":
        return np.where(u > 0, u, 0.0)
    if name == "leaky_relu":
        return np.where(u > 0, u, 0.1 * u)
    if name == "sigmoid":
        return 1 / (1 + np.exp(-u))
    if name == "tanh":
        return np.tanh(u)
    if name == "softplus":
        return np.log1p(np.exp(u))
    if name == "softmax":
        e = np.exp(u - u.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)
    return u


def slope(name: str, u: Any) -> Any:
    if name == "relu":
        return np.where(u > 0, 1.0, 0.0)
    if name == "leaky_relu":
        return np.where(u > 0, 1.0, 0.1)
    if name == "sigmoid":
        return act(name, u) * (1 - act(name, u))
    if name == "tanh":
        return 1 - np.tanh(u) ** 2
    if name == "softplus":
        return 1 / (1 + np.exp(-u))
    return np.ones_like(u)


class Network:
    """A random network with short decimals for weights and data."""

    def __init__(self, random: np.random.Generator) -> None:
        depth = int(random.integers(1, 4))
        self.loss = str(random.choice(LOSSES))
        N = self.N = int(random.integers(1, 4))
        square = random.random() < 0.5
        width = int(random.integers(2, 4))
        sizes = [width if square else int(random.integers(2, 4)) for _ in range(depth)]
        outputs = int(random.integers(1, 4)) if self.loss != "cross_entropy" else int(random.integers(2, 4))
        self.sizes = [*sizes, width if square and self.loss != "bce" else outputs]
        self.acts = [str(random.choice(ACTIVATIONS)) for _ in range(depth)]
        self.acts[-1] = {"bce": "sigmoid", "cross_entropy": "softmax"}.get(self.loss, self.acts[-1])
        self.bias = [bool(random.random() < 0.6) for _ in range(depth)]
        self.eta = float(random.choice([0.1, 0.5, 0.25]))
        short = lambda *shape: np.round(random.normal(0, 1, shape), 2)  # noqa: E731
        self.W = [short(self.sizes[i + 1], self.sizes[i]) for i in range(depth)]
        self.b = [short(self.sizes[i + 1]) if self.bias[i] else None for i in range(depth)]
        self.x = short(N, self.sizes[0])
        if self.loss == "cross_entropy":
            self.t = np.eye(self.sizes[-1])[random.integers(0, self.sizes[-1], N)]
        elif self.loss == "bce":
            self.t = random.integers(0, 2, (N, self.sizes[-1])).astype(float)
        else:
            self.t = short(N, self.sizes[-1])

    def yaml(self, ask: list[str]) -> str:
        layers = []
        for W, b, name in zip(self.W, self.b, self.acts, strict=True):
            bias = "" if b is None else f", bias: {b.tolist()}"
            extra = ", slope: 0.1" if name == "leaky_relu" else ""
            layers.append(f"    - {{activation: {name}, weights: {W.tolist()}{bias}{extra}}}")
        data = [f"  - {{x: {x.tolist()}, t: {t.tolist()}}}" for x, t in zip(self.x, self.t, strict=True)]
        lines = ["title: A random network", "network:", "  layers:", *layers, "data:", *data]
        return "\n".join([*lines, f"loss: {self.loss}", f"learning_rate: {self.eta}", f"ask: {ask}"])

    def key(self) -> list[str]:
        """What is asked where the steps in between are not."""
        return ["J", *(name for name in self.work(None) if "/dW" in name or "/db" in name or "_new" in name)]

    def slips(self, random: np.random.Generator) -> list[Slip]:
        """Every mistake once, in every layer or in one of them, in one of its kinds."""
        depth = len(self.W)
        return [(name, int(random.integers(0, depth + 1)), int(random.integers(0, 12))) for name in MISTAKES]

    def work(self, slip: Slip | None) -> Arrays:
        """Every quantity, in the order of the walkthrough."""
        what, where, kind = slip or ("", -1, 0)
        depth, N = len(self.W), self.N
        out: Arrays = {}
        hs, nets = [self.x], []
        for i in range(depth):
            W, b, name = self.W[i], self.b[i], self.acts[i]
            mine = where in (0, i + 1)
            h = hs[-1]
            if what == "wrong-layer-input" and kind % 4 == 3 and mine and i and nets[-1].shape == h.shape:
                h = nets[-1]
            M = (
                W.T
                if what == "transposed-weights" and kind % 4 == 3 and mine and W.shape[0] == W.shape[1]
                else W
            )
            net = h @ M.T
            if b is not None and not (what == "bias-omitted" and mine):
                net = net + b
            if what == "arithmetic-slip" and kind % 2 == 0 and where == i + 1:
                net = net.copy()
                term = W[0, 0] * h[0, 0]
                net[0, 0] += (-term, -2 * term, term)[kind // 2 % 3]
            nets.append(net)
            out[f"net{i + 1}"] = net
            y = net if what == "activation-not-applied" and mine else act(name, net)
            hs.append(y)
            out["z" if i == depth - 1 else f"h{i + 1}"] = y
        z, t = hs[-1], self.t
        out["J"] = self._loss(z, t, what, kind)
        dz = self._loss_slope(z, t, what, kind)
        out["dJ/dz"] = dz
        grad_h, news = dz, {}
        for i in reversed(range(depth)):
            mine = where in (0, i + 1)
            name, net, h, y = self.acts[i], nets[i], hs[i], hs[i + 1]
            delta = self._delta(grad_h, name, net, y, what, kind, mine)
            out[f"dJ/dnet{i + 1}"] = delta
            out[f"dJ/dW{i + 1}"] = dW = self._weights(delta, h, i, hs, nets, what, kind, mine, where == i + 1)
            if self.b[i] is not None:
                db = delta.sum(axis=0)
                if what == "bias-not-summed" and mine:
                    db = delta[kind % N]
                if what == "only-one-example" and mine:
                    db = delta[kind % N] * (N if kind % 2 and self.loss in MEANS else 1)
                if what == "upstream-forgotten" and kind % 3 == 2 and mine:
                    db = np.full_like(db, N)
                out[f"dJ/db{i + 1}"] = db
            if i:
                W = self.W[i]
                if what == "updated-weights-used" and mine:
                    W = W - self.eta * dW
                if what == "transposed-weights" and kind % 4 != 3 and mine and W.shape[0] == W.shape[1]:
                    W = W.T
                grad_h = delta @ W
                if what == "missing-path" and mine:
                    k = (-1, 0)[kind % 2]
                    grad_h = np.outer(delta[:, k], W[k])
                if what == "local-forgotten" and kind % 3 == 2 and mine and delta.shape == hs[i].shape:
                    grad_h = delta
                out[f"dJ/dh{i}"] = grad_h
        for i in range(depth):
            for letter, old in (("W", self.W[i]), ("b", self.b[i])):
                if old is not None:
                    news[f"{letter}{i + 1}_new"] = self._update(old, out[f"dJ/d{letter}{i + 1}"], what, kind)
        return out | news

    def _loss(self, z: Any, t: Any, what: str, kind: int) -> Any:
        with np.errstate(all="ignore"):
            if self.loss == "bce":
                each = -(t * np.log(z) + (1 - t) * np.log(1 - z)).sum(axis=1)
            elif self.loss == "cross_entropy":
                each = -(t * np.log(z)).sum(axis=1)
            else:
                each = ((t - z) ** 2).sum(axis=1)
        total = each[kind % self.N] if what == "only-one-example" else each.sum()
        if self.loss.startswith("half") and not (what == "missing-factor-two" and kind % 2 == 0):
            total = total / 2
        if self.loss in MEANS and what != "missing-one-over-n":
            total = total / (1 if what == "only-one-example" and kind % 2 else self.N)
        return np.asarray(total)

    def _loss_slope(self, z: Any, t: Any, what: str, kind: int) -> Any:
        with np.errstate(all="ignore"):
            if self.loss == "bce":
                slope_z = -(t / z - (1 - t) / (1 - z))
            elif self.loss == "cross_entropy":
                slope_z = -t / z
            elif self.loss.startswith("half"):
                factor = (2 if kind % 2 == 0 else 0.5) if what == "missing-factor-two" else 1
                slope_z = -(t - z) * factor
            else:
                slope_z = -(t - z) * (1 if what == "missing-factor-two" else 2)
        if self.loss in MEANS and what != "missing-one-over-n":
            slope_z = slope_z / self.N
        return -slope_z if what == "sign-flipped" else slope_z

    def _delta(self, g: Any, name: str, net: Any, y: Any, what: str, kind: int, mine: bool) -> Any:
        if name == "softmax":
            right = y * (g - (g * y).sum(axis=1, keepdims=True))
            if what == "off-diagonal-jacobian-dropped":
                return g * y * (1 - y)
            if what == "softmax-derivative-applied-twice":
                return right * y * (1 - y)
            if mine and what == "missing-activation-derivative":
                return g
            return right
        if mine and name != "linear":
            if what == "missing-activation-derivative" or (what == "local-forgotten" and kind % 3 == 0):
                return g
            if what == "derivative-at-activation":
                if kind % 2:
                    at_net = {"sigmoid": net * (1 - net), "tanh": 1 - net**2}
                    return g * at_net.get(name, slope(name, net))
                return g * slope(name, y)
            if what == "relu-mask-from-output-gradient" and name in ("relu", "leaky_relu"):
                return g * np.where(g > 0, 1.0, 0.0 if name == "relu" else 0.1)
            if what == "upstream-forgotten" and kind % 3 == 0:
                return slope(name, net)
        return g * slope(name, net)

    def _weights(
        self,
        delta: Any,
        h: Any,
        i: int,
        hs: list[Any],
        nets: list[Any],
        what: str,
        kind: int,
        mine: bool,
        here: bool,
    ) -> Any:
        if mine and what == "wrong-layer-input" and kind % 4 != 3 and i:
            other = self.x if kind % 4 == 0 else nets[i - 1]
            h = other if other.shape == h.shape else nets[i - 1]
        dW = delta.T @ h
        if mine and what == "transposed-outer-product" and dW.shape[0] == dW.shape[1]:
            dW = dW.T
        if mine and what == "only-one-example":
            p = kind % self.N
            dW = np.outer(delta[p], h[p]) * (self.N if kind % 2 and self.loss in MEANS else 1)
        if mine and what == "upstream-forgotten" and kind % 3 != 0:
            dW = np.ones_like(delta).T @ h / (self.N if kind % 3 == 2 else 1)
        if mine and what == "local-forgotten" and kind % 3 == 1:
            dW = np.repeat(delta.sum(axis=0)[:, None], h.shape[1], axis=1)
        if here and what == "arithmetic-slip" and kind % 2 and self.N > 1:
            term = delta[0, 0] * h[0, 0]
            dW = dW.copy()
            dW[0, 0] += (-term, -2 * term, term)[kind // 2 % 3]
        return dW

    def _update(self, old: Any, g: Any, what: str, kind: int) -> Any:
        if what == "ascent-not-descent":
            return old + self.eta * g
        if what == "learning-rate-forgotten":
            return old - g
        if what == "gradient-not-subtracted":
            return self.eta * g if kind % 2 else -self.eta * g
        return old - self.eta * g

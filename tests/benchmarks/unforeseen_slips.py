"""Slips that no table of misconceptions lists, worked out in plain NumPy on networks and circuits.

Nothing is shared with the program, its editor of formulas least of all: each slip is a line of its own in a
computation that is written out here once more. A slip is made in one quantity, which is answered wrongly;
what came before was answered rightly. It counts as named if one of the ids that mean it is told.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

Arrays = dict[str, Any]

ACTIVATIONS = ("relu", "sigmoid", "tanh", "linear", "softplus")
LOSSES = ("half_mse", "mse", "half_sse", "sse", "bce")


class Slip(NamedTuple):
    """`value` is the whole quantity with the slip; `ids` are the misconceptions that mean it."""

    name: str
    quantity: str
    value: Any
    ids: frozenset[str]


def function(name: str, u: Any) -> Any:
    return {
        "relu": lambda: np.maximum(u, 0),
        "sigmoid": lambda: 1 / (1 + np.exp(-u)),
        "tanh": lambda: np.tanh(u),
        "softplus": lambda: np.log1p(np.exp(u)),
        "linear": lambda: u,
    }[name]()


def slope(name: str, u: Any) -> Any:
    h = function(name, u)
    return {
        "relu": lambda: (u > 0) * 1.0,
        "sigmoid": lambda: h * (1 - h),
        "tanh": lambda: 1 - h**2,
        "softplus": lambda: 1 / (1 + np.exp(-u)),
        "linear": lambda: np.ones_like(u),
    }[name]()


class Network:
    """Two layers with random short decimals."""

    def __init__(self, random: np.random.Generator) -> None:
        self.random = random
        self.loss = str(random.choice(LOSSES))
        self.N, inputs, hidden = (
            int(random.integers(1, 4)),
            int(random.integers(2, 4)),
            int(random.integers(2, 4)),
        )
        outputs = int(random.integers(1, 4))
        self.acts = [str(random.choice(ACTIVATIONS)), "sigmoid" if self.loss == "bce" else "linear"]
        if self.loss != "bce" and random.random() < 0.5:
            self.acts[1] = str(random.choice(ACTIVATIONS))
        short = lambda *shape: np.round(random.normal(0, 1, shape), 2)  # noqa: E731
        self.W = [short(hidden, inputs), short(outputs, hidden)]
        self.b = [short(hidden), short(outputs)]
        self.x = short(self.N, inputs)
        self.t = short(self.N, outputs)
        if self.loss == "bce":
            self.t = random.integers(0, 2, (self.N, outputs)).astype(float)
        self.eta = float(random.choice([0.1, 0.5, 0.25]))

    def yaml(self) -> str:
        layers = [
            f"    - {{activation: {act}, weights: {W.tolist()}, bias: {b.tolist()}}}"
            for act, W, b in zip(self.acts, self.W, self.b, strict=True)
        ]
        data = [f"  - {{x: {x.tolist()}, t: {t.tolist()}}}" for x, t in zip(self.x, self.t, strict=True)]
        lines = ["title: A network", "network:", "  layers:", *layers, "data:", *data]
        ask = list(self.right())
        return "\n".join([*lines, f"loss: {self.loss}", f"learning_rate: {self.eta}", f"ask: {ask}"])

    def factor(self) -> float:
        """Of the loss: the 1/N and the 1/2 in it."""
        return {
            "half_mse": 1 / (2 * self.N),
            "mse": 1 / self.N,
            "half_sse": 0.5,
            "sse": 1.0,
            "bce": 1 / self.N,
        }[self.loss]

    def right(self) -> Arrays:
        net1 = self.x @ self.W[0].T + self.b[0]
        h1 = function(self.acts[0], net1)
        net2 = h1 @ self.W[1].T + self.b[1]
        z = function(self.acts[1], net2)
        e = z - self.t
        if self.loss == "bce":
            J = -self.factor() * (self.t * np.log(z) + (1 - self.t) * np.log(1 - z)).sum()
            dz = self.factor() * (z - self.t) / (z * (1 - z))
        else:
            J, dz = self.factor() * (e**2).sum(), 2 * self.factor() * e
        d2 = dz * slope(self.acts[1], net2)
        dh = d2 @ self.W[1]
        d1 = dh * slope(self.acts[0], net1)
        out = {"net1": net1, "h1": h1, "net2": net2, "z": z, "J": J, "dJ/dz": dz, "dJ/dnet2": d2,
               "dJ/dW2": d2.T @ h1, "dJ/db2": d2.sum(axis=0), "dJ/dh1": dh, "dJ/dnet1": d1,
               "dJ/dW1": d1.T @ self.x, "dJ/db1": d1.sum(axis=0)}  # fmt: skip
        for k, (W, b) in enumerate(zip(self.W, self.b, strict=True), 1):
            out[f"W{k}_new"] = W - self.eta * out[f"dJ/dW{k}"]
            out[f"b{k}_new"] = b - self.eta * out[f"dJ/db{k}"]
        return out

    def slips(self) -> Iterator[Slip]:
        r = self.right()
        N, K, eta = self.N, self.t.shape[1], self.eta
        roll = lambda array, axis: np.roll(array, 1, axis=axis)  # noqa: E731
        near = {"neighbour-taken", "index-transposed", "transposed"}

        def slip(name: str, quantity: str, value: Any, *ids: str) -> Slip:
            return Slip(name, quantity, value, frozenset(ids))

        nets = {1: (self.x, self.W[0], self.b[0]), 2: (r["h1"], self.W[1], self.b[1])}
        for k, (inputs, W, b) in nets.items():
            net = f"net{k}"
            yield slip("the neighbour's weights forwards", net, inputs @ roll(W, 0).T + b, *near)
            yield slip("inputs in another order", net, roll(inputs, 1) @ W.T + b, *near)
            yield slip("the neighbour's bias", net, inputs @ W.T + roll(b, 0), *near)
            yield slip("the bias subtracted", net, inputs @ W.T - b, "arithmetic-slip", "sign-flipped")
            yield slip("the bias twice", net, inputs @ W.T + 2 * b, "arithmetic-slip", "factor-doubled")
            yield slip("an input squared", net, inputs**2 @ W.T + b, "squared")
            yield slip("the mean of the products", net, inputs @ W.T / inputs.shape[1] + b, "mean-for-sum")
            if N > 1:
                yield slip("another example's input", net, roll(inputs, 0) @ W.T + b, *near)
            delta = r[f"dJ/dnet{k}"]
            dW, db = f"dJ/dW{k}", f"dJ/db{k}"
            yield slip("the neighbour's delta", dW, roll(delta, 1).T @ inputs, *near)
            yield slip("the neighbour's input", dW, delta.T @ roll(inputs, 1), *near)
            yield slip("the neighbour's delta, bias", db, roll(delta, 1).sum(axis=0), *near)
            yield slip("an input squared in a gradient", dW, delta.T @ inputs**2, "squared")
            if N > 1:
                yield slip("a mean where the bias gradient is a sum", db, delta.mean(axis=0), "mean-for-sum",
                           "one-over-n-twice")  # fmt: skip
                yield slip("a mean where the weight gradient is a sum", dW, delta.T @ inputs / N,
                           "mean-for-sum", "one-over-n-twice")  # fmt: skip
                yield slip("inputs of other examples", dW, delta.T @ roll(inputs, 0), *near)
            new, old, grad = f"W{k}_new", W, r[dW]
            yield slip("the neighbour's gradient", new, old - eta * roll(grad, 1), *near)
            yield slip("the rate squared", new, old - eta**2 * grad, "squared")
            yield slip("divided by the rate", new, old - grad / eta, "factor-inverted")
            yield slip("no step", new, old, "update-forgotten", "arithmetic-slip")
            yield slip("the step twice", new, old - 2 * eta * grad, "arithmetic-slip", "factor-doubled",
                       "missing-factor-two")  # fmt: skip
        yield from self.of_units(r, slip)
        yield from self.of_the_loss(r, slip, near)
        if K > 1:
            both = ("averaged-over-outputs",)
            yield slip("a mean over the outputs, loss", "J", r["J"] / K, *both)
            yield slip("a mean over the outputs", "dJ/dz", r["dJ/dz"] / K, *both)
        dh, d2, W = r["dJ/dh1"], r["dJ/dnet2"], self.W[1]
        yield slip("the neighbour's weights backwards", "dJ/dh1", d2 @ roll(W, 1), *near)
        if K > 1:
            yield slip("the neighbour's delta backwards", "dJ/dh1", roll(d2, 1) @ W, *near)
            yield slip("the mean over paths", "dJ/dh1", dh / K, "mean-for-sum", "averaged-over-outputs")
        yield slip("weights squared", "dJ/dh1", d2 @ W**2, "squared")

    def of_units(self, r: Arrays, slip: Callable[..., Slip]) -> Iterator[Slip]:
        for k, (net, h, upstream) in {1: ("net1", "h1", "dJ/dh1"), 2: ("net2", "z", "dJ/dz")}.items():
            u, y, g, act, delta = r[net], r[h], r[upstream], self.acts[k - 1], f"dJ/dnet{k}"
            if act == "linear":
                continue
            if act in ("sigmoid", "tanh"):
                yield slip(
                    "a function for its derivative", delta, g * y, "function-for-derivative", "factor-dropped"
                )
                yield slip(
                    "1 - h for the derivative", delta, g * (1 - y), "factor-dropped", "square-forgotten"
                )
                yield slip("the derivative for the function", h, slope(act, u), "derivative-for-function")
                yield slip("applied twice", h, function(act, y), "neighbour-taken", "function-dropped",
                           "activation-too-early", "function-twice")  # fmt: skip
                other = "tanh" if act == "sigmoid" else "sigmoid"
                yield slip("another function", h, function(other, u), "other-function")
                yield slip("the derivative squared", delta, g * slope(act, u) ** 2, "squared")
                yield slip("1 + for 1 -", delta, g * (y * (1 + y) if act == "sigmoid" else 1 + y**2),
                           "arithmetic-slip", "sign-flipped")  # fmt: skip
            if act == "tanh":
                yield slip("1 - h² with h(1 - h)", delta, g * (1 - y) ** 2, "squared")
            if act == "relu":
                yield slip("net for the derivative of ReLU", delta, g * u, "function-for-derivative")
                yield slip("ReLU's value for its derivative", delta, g * y, "function-for-derivative")
            yield slip("divided by the derivative", delta, g / slope(act, u), "factor-inverted")
            yield slip("the neighbour's net", h, function(act, np.roll(u, 1, axis=1)), "neighbour-taken",
                       "transposed", "index-transposed")  # fmt: skip
            yield slip(
                "the neighbour's slope", delta, g * np.roll(slope(act, u), 1, axis=1), "neighbour-taken"
            )
            yield slip("the gradient squared", delta, g**2 * slope(act, u), "squared")

    def of_the_loss(self, r: Arrays, slip: Callable[..., Slip], near: set[str]) -> Iterator[Slip]:
        z, t, N, f, dz = r["z"], self.t, self.N, self.factor(), r["dJ/dz"]
        if N > 1:
            yield slip("1/N twice", "dJ/dz", dz / N, "one-over-n-twice", "mean-for-sum")
        if self.loss == "bce":
            J = -f * (t * np.log10(z) + (1 - t) * np.log10(1 - z)).sum()
            yield slip("log10 for ln", "J", J, "wrong-logarithm")
            yield slip(
                "only the terms with ln z",
                "J",
                -f * (t * np.log(z)).sum(),
                "arithmetic-slip",
                "factor-dropped",
            )
            return
        if N > 1 and self.loss in ("mse", "half_mse"):
            yield slip("sign and 1/N at once", "dJ/dz", -dz * N, "sign-flipped", "missing-one-over-n")
            yield slip("sign and 1/N twice", "dJ/dz", -dz / N, "sign-flipped", "one-over-n-twice")
        if N > 1 and self.loss == "half_mse":
            yield slip("1/2 and 1/N forgotten", "J", r["J"] * 2 * N, "missing-one-over-n", "factor-dropped")
            yield slip(
                "2 kept and 1/N forgotten", "dJ/dz", dz * 2 * N, "missing-one-over-n", "missing-factor-two"
            )
        yield slip(
            "sign and 2 at once", "dJ/dz", -dz * 2, "sign-flipped", "missing-factor-two", "factor-doubled"
        )
        yield slip("not squared", "J", f * (t - z).sum(), "square-forgotten")
        yield slip("doubled, not squared", "J", f * 2 * (t - z).sum(), "square-forgotten")
        yield slip("z + t", "dJ/dz", dz / (z - t) * (z + t), "arithmetic-slip", "sign-flipped")
        yield slip("the square kept", "dJ/dz", dz * (z - t), "squared")
        yield slip("the target forgotten", "dJ/dz", dz / (z - t) * z, "arithmetic-slip")
        if t.shape[1] > 1:
            yield slip("the neighbour's target", "dJ/dz", dz / (z - t) * (z - np.roll(t, 1, axis=1)), *near)


class Circuit:
    """One of a few circuits of single operations, with the slips that their local derivatives invite."""

    def __init__(self, random: np.random.Generator) -> None:
        self.family = str(random.choice(list(CIRCUITS)))
        self.compute, self.work = CIRCUITS[self.family]
        self.given = {name: float(np.round(random.uniform(0.3, 2.5), 2)) for name in "xyzw"}

    def yaml(self) -> str:
        given = ", ".join(f"{name}: {value}" for name, value in self.given.items())
        lines = ["title: A circuit", "graph:", f"  parameters: {{{given}}}", "  compute:"]
        lines += [f"    {line}" for line in self.compute]
        return "\n".join([*lines, "  loss: J", f"ask: {list(self.right())}"])

    def right(self) -> Arrays:
        return self.work(**self.given)[0]

    def slips(self) -> Iterator[Slip]:
        for name, quantity, value, ids in self.work(**self.given)[1]:
            yield Slip(name, quantity, value, frozenset(ids.split()))


Worked = tuple[Arrays, list[tuple[str, str, float, str]]]


def quotient(x: float, y: float, z: float, w: float) -> Worked:
    """a = x z, b = y + w, q = a/b, J = q²."""
    a, b = x * z, y + w
    q = a / b
    dq = 2 * q
    da, db = dq / b, -dq * a / b**2
    right = {"a": a, "b": b, "q": q, "J": q**2, "dJ/dq": dq, "dJ/db": db, "dJ/da": da, "dJ/dw": db,
             "dJ/dz": da * x, "dJ/dy": db, "dJ/dx": da * z}  # fmt: skip
    return right, [
        ("divided the other way", "q", b / a, "factor-inverted neighbour-taken"),
        ("multiplied", "q", a * b, "factor-inverted"),
        ("the square dropped", "dJ/db", -dq * a / b, "square-forgotten factor-dropped"),
        ("the minus dropped", "dJ/db", dq * a / b**2, "sign-flipped"),
        ("the numerator dropped", "dJ/db", -dq / b**2, "factor-dropped"),
        ("the denominator squared", "dJ/da", dq / b**2, "squared"),
        ("multiplied by the denominator", "dJ/da", dq * b, "factor-inverted"),
        ("the other's gradient", "dJ/dz", db * x, "neighbour-taken"),
        ("its own value for the other factor", "dJ/dz", da * z, "neighbour-taken"),
        ("its own value for the other factor", "dJ/dx", da * x, "neighbour-taken"),
        ("a factor from elsewhere", "dJ/dx", da * y, "neighbour-taken"),
        ("2 forgotten", "dJ/dq", q, "missing-factor-two factor-dropped"),
        ("the square for twice", "dJ/dq", q**2, "squared square-forgotten"),
        ("a product for a sum", "b", y * w, "other-operation"),
        ("a sum for a product", "a", x + z, "other-operation"),
    ]


def exponential(x: float, y: float, z: float, w: float) -> Worked:
    """s = x y, m = s - z, e = exp(m), l = log(w), p = e l, J = p."""
    s = x * y
    m = s - z
    e = np.exp(m)
    logarithm = np.log(w)
    p = e * logarithm
    dp = 1.0
    de, dl = logarithm, e
    dw, dm = dl / w, de * e
    right = {"s": s, "m": m, "e": e, "l": logarithm, "J": p, "dJ/dl": dl, "dJ/dw": dw, "dJ/de": de,
             "dJ/dm": dm, "dJ/dz": -dm, "dJ/ds": dm, "dJ/dy": dm * x, "dJ/dx": dm * y}  # fmt: skip
    assert dp
    return right, [
        ("log10 for ln", "l", np.log10(w), "wrong-logarithm"),
        ("the derivative for the logarithm", "l", 1 / w, "derivative-for-function"),
        ("ln for its derivative", "dJ/dw", dl * logarithm, "function-for-derivative neighbour-taken"),
        ("1/w² for 1/w", "dJ/dw", dl / w**2, "squared"),
        ("w for 1/w", "dJ/dw", dl * w, "factor-inverted"),
        (
            "m for the derivative of exp",
            "dJ/dm",
            de * m,
            "function-for-derivative neighbour-taken derivative-at-activation",
        ),
        ("the minus dropped", "dJ/dz", dm, "sign-flipped"),
        ("one of two swapped", "m", z - s, "sign-flipped arithmetic-slip"),
        ("added", "m", s + z, "arithmetic-slip sign-flipped"),
        ("the minus in the exponent", "e", np.exp(-m), "arithmetic-slip sign-flipped factor-inverted"),
        ("exp forgotten", "e", m, "activation-not-applied"),
        ("its own value for the other factor", "dJ/dy", dm * y, "neighbour-taken"),
        ("a gradient of another node", "dJ/dx", de * y, "neighbour-taken"),
        ("sign and wrong factor", "dJ/dy", -dm * y, "neighbour-taken sign-flipped"),
    ]


def power(x: float, y: float, z: float, w: float) -> Worked:
    """c = x³, r = sqrt(y), u = c r, v = u + z, h = tanh(v), J = w h²."""
    c, root = x**3, np.sqrt(y)
    u = c * root
    v = (u + z) / 10
    h = np.tanh(v)
    k = h**2
    dk, dw = w, k
    dh = dk * 2 * h
    dv = dh * (1 - h**2)
    du = dv / 10
    dr, dc = du * c, du * root
    right = {"c": c, "r": root, "u": u, "v": v, "h": h, "k": k, "J": w * k, "dJ/dk": dk, "dJ/dh": dh,
             "dJ/dv": dv, "dJ/du": du, "dJ/dr": dr, "dJ/dc": dc, "dJ/dw": dw, "dJ/dz": du,
             "dJ/dy": dr / (2 * root), "dJ/dx": dc * 3 * x**2}  # fmt: skip
    return right, [
        ("x² for x³", "c", x**2, "wrong-power"),
        ("3x for x³", "c", 3 * x, "square-forgotten"),
        ("the exponent not lowered", "dJ/dx", dc * 3 * x**3, "wrong-power"),
        ("the exponent not in front", "dJ/dx", dc * x**2, "factor-dropped"),
        ("the exponent lowered alone", "dJ/dx", dc * 3 * x, "square-forgotten"),
        ("the 2 of the root forgotten", "dJ/dy", dr / root, "factor-dropped factor-doubled"),
        ("times the root", "dJ/dy", dr * root / 2, "factor-inverted"),
        ("root for its derivative", "dJ/dy", dr * root, "function-for-derivative neighbour-taken"),
        ("1 - h for 1 - h²", "dJ/dv", dh * (1 - h), "square-forgotten"),
        ("tanh for its derivative", "dJ/dv", dh * h, "function-for-derivative"),
        ("v in place of h", "dJ/dv", dh * (1 - v**2), "derivative-at-activation neighbour-taken"),
        ("2 forgotten", "dJ/dh", dk * h, "missing-factor-two factor-dropped"),
        ("h² for 2h", "dJ/dh", dk * h**2, "squared square-forgotten factor-dropped"),
        ("only one term divided", "v", u + z / 10, "bracket-dropped"),
        ("times ten", "dJ/du", dv * 10, "factor-inverted"),
        ("not divided", "dJ/du", dv, "factor-dropped local-forgotten"),
        ("the sibling's factor", "dJ/dr", du * root, "neighbour-taken"),
        ("the root twice", "u", c * root**2, "squared neighbour-taken"),
    ]


CIRCUITS: dict[str, tuple[list[str], Callable[..., Worked]]] = {
    "quotient": (["a: x * z", "b: y + w", "q: a / b", "J: q ** 2"], quotient),
    "exponential": (["s: x * y", "m: s - z", "e: exp(m)", "l: log(w)", "J: e * l"], exponential),
    "power": (
        ["c: x ** 3", "r: sqrt(y)", "u: c * r", "v: (u + z) / 10", "h: tanh(v)", "k: h ** 2", "J: w * k"],
        power,
    ),
}

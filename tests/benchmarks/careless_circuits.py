"""Circuits and matrix graphs worked out by a careless student, in plain NumPy, one mistake at a time.

Nothing is shared with the program: every formula and every mistake is written out here once more.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

Arrays = dict[str, Any]
Given = dict[str, Any]
Work = Callable[[Given, str, int], Arrays]


class Circuit:
    """One of a few graphs with random short decimals."""

    def __init__(self, random: np.random.Generator) -> None:
        self.family = str(random.choice(list(FAMILIES)))
        shapes, self.compute, self._work, self.mistakes = FAMILIES[self.family]
        self.given = {name: np.round(random.normal(0, 1, shape), 2) for name, shape in shapes.items()}
        self.eta = float(random.choice([0.1, 0.5]))

    def yaml(self, ask: list[str]) -> str:
        parameters = [
            f"    {name}: {value.tolist()}" for name, value in self.given.items() if name not in "tX"
        ]
        data = [f"    {name}: {value.tolist()}" for name, value in self.given.items() if name in "tX"]
        lines = ["title: A random circuit", "graph:", *(["  given:", *data] if data else []), "  parameters:"]
        lines += [*parameters, "  compute:", *(f"    {line}" for line in self.compute), "  loss: J"]
        return "\n".join([*lines, f"learning_rate: {self.eta}", f"ask: {ask}"])

    def key(self) -> list[str]:
        leaves = [f"dJ/d{name}" for name in self.given if name not in "tX"]
        return ["J", *leaves]

    def slips(self, random: np.random.Generator) -> list[tuple[str, int, int]]:
        return [(name, 0, int(random.integers(0, 12))) for name in self.mistakes]

    def work(self, slip: tuple[str, int, int] | None) -> Arrays:
        what, _, kind = slip or ("", 0, 0)
        out = self._work(self.given, what, kind)
        for name, old in self.given.items():
            g = out.get(f"dJ/d{name}")
            if name in "tX" or g is None:
                continue
            step = -self.eta * g
            if what == "ascent-not-descent":
                step = -step
            if what == "learning-rate-forgotten":
                step = -g
            new = old + step
            if what == "gradient-not-subtracted":
                new = step if kind % 2 else -step
            out[f"{name}_new"] = np.asarray(new)
        return {name: np.asarray(value) for name, value in out.items()}


def fan_out(v: Given, what: str, kind: int) -> Arrays:
    """a = x + y, b = a x, c = a², J = b + c: a and x act along two paths."""
    x, y = v["x"], v["y"]
    a = x + y
    b, c = a * x, a**2
    db = dc = 1.0
    da = db * x + dc * (a if what == "missing-factor-two" else 2 * a)
    if what == "missing-path":
        da = (db * x, dc * 2 * a)[kind % 2]
    if what == "sign-flipped":
        da = -da
    dx = da + db * a
    if what == "missing-path" and kind % 3 == 0:
        da, dx = db * x + dc * 2 * a, (db * x + dc * 2 * a, db * a)[kind % 2]
    return {"a": a, "b": b, "c": c, "J": b + c, "dJ/da": da, "dJ/dx": dx, "dJ/dy": da}


def product(v: Given, what: str, kind: int) -> Arrays:
    """q = x + y, p = q z, J = 1/2 (p - t)²."""
    x, y, z, t = v["x"], v["y"], v["z"], v["t"]
    q = x + y
    p = q * z
    e = p - t
    s = e**2
    J = s if what == "missing-factor-two" and kind % 2 else s / 2
    de = e * ((2 if kind % 2 else 0.5) if what == "missing-factor-two" else 1)
    de = -de if what == "sign-flipped" else de
    dp = de
    dq = dp * z
    dz = dp * q
    if what == "upstream-forgotten":
        dq, dz = z, q
    if what == "local-forgotten":
        dq, dz = dp, dp
    return {"q": q, "p": p, "e": e, "J": J, "dJ/de": de, "dJ/dp": dp, "dJ/dz": dz, "dJ/dq": dq,
            "dJ/dx": dq, "dJ/dy": dq}  # fmt: skip


def neuron(v: Given, what: str, kind: int) -> Arrays:
    """n = w·u + c, h = σ(n), J = (h - t)²."""
    w, u, c, t = v["w"], v["u"], v["c"], v["t"]
    s = w @ u
    if what == "arithmetic-slip":
        s = s + (-1, -2, 1)[kind % 3] * w[1] * u[1]
    n = s if what == "bias-omitted" else s + c
    h = n if what == "activation-not-applied" else 1 / (1 + np.exp(-n))
    e = h - t
    de = e if what == "missing-factor-two" else 2 * e
    de = -de if what == "sign-flipped" else de
    dh = de
    slope = h * (1 - h)
    if what == "derivative-at-activation":
        slope = n * (1 - n) if kind % 2 else 1 / (1 + np.exp(-h)) * (1 - 1 / (1 + np.exp(-h)))
    dn = dh if what == "missing-activation-derivative" else dh * slope
    dn = slope if what == "upstream-forgotten" and kind % 2 else dn
    dw, du = dn * u, dn * w
    if what == "upstream-forgotten" and not kind % 2:
        dw = u
    if what == "local-forgotten":
        dw = np.full_like(u, dn)
    return {"s": s, "n": n, "h": h, "e": e, "J": e**2, "dJ/de": de, "dJ/dh": dh, "dJ/dn": dn,
            "dJ/dc": dn, "dJ/ds": dn, "dJ/dw": dw, "dJ/du": du}  # fmt: skip


def residual(v: Given, what: str, kind: int) -> Arrays:
    """n = W x + b, h = relu(n), y = x + h, J = 1/2 Σ (t - y)²: x acts along two paths."""
    W, x, b, t = v["W"], v["x"], v["b"], v["t"]
    m = (W.T if what == "transposed-weights" and kind % 2 else W) @ x
    n = m if what == "bias-omitted" else m + b
    h = n if what == "activation-not-applied" else np.maximum(n, 0)
    y = x + h
    J = ((t - y) ** 2).sum() * (1 if what == "missing-factor-two" and kind % 2 else 0.5)
    dy = -(t - y) * ((2 if kind % 2 else 0.5) if what == "missing-factor-two" else 1)
    dy = -dy if what == "sign-flipped" else dy
    mask = n > 0
    dn = dy * mask
    if what == "missing-activation-derivative":
        dn = dy
    if what == "relu-mask-from-output-gradient":
        dn = dy * (dy > 0)
    dW = np.outer(dn, x)
    dW = dW.T if what == "transposed-outer-product" else dW
    if what == "local-forgotten":
        dW = np.repeat(dn[:, None], len(x), axis=1)
    if what == "upstream-forgotten":
        dW = np.repeat(x[None, :], len(n), axis=0)
    back = (W if what == "transposed-weights" and not kind % 2 else W.T) @ dn
    dx = dy + back
    if what == "missing-path":
        dx = (dy, back)[kind % 2]
    return {"n": n, "h": h, "y": y, "J": J, "dJ/dy": dy, "dJ/dn": dn, "dJ/dW": dW, "dJ/db": dn, "dJ/dx": dx}


def regression(v: Given, what: str, kind: int) -> Arrays:
    """A = X W, n = A + b, h = tanh(n), p = h u, e = p - t, J = mean(e²)."""
    X, W, b, u, t = v["X"], v["W"], v["b"], v["u"], v["t"]
    N = len(X)
    A = X @ W
    if what == "arithmetic-slip" and kind % 2 == 0:
        A[0, 0] += (-1, -2, 1)[kind // 2 % 3] * X[0, 0] * W[0, 0]
    n = A if what == "bias-omitted" else A + b
    h = n if what == "activation-not-applied" else np.tanh(n)
    p = h @ u
    e = p - t
    J = (e**2).sum() if what == "missing-one-over-n" else (e**2).mean()
    if what == "only-one-example":
        J = e[kind % N] ** 2 / (1 if kind % 2 else N)
    de = (e if what == "missing-factor-two" else 2 * e) / (1 if what == "missing-one-over-n" else N)
    de = -de if what == "sign-flipped" else de
    du = h.T @ de
    if what == "wrong-layer-input":
        du = n.T @ de
    if what == "only-one-example":
        du = h[kind % N] * de[kind % N] * (N if kind % 2 else 1)
    if what == "arithmetic-slip" and kind % 2:
        du = du.copy()
        du[0] += (-1, -2, 1)[kind // 2 % 3] * h[0, 0] * de[0]
    dh = np.outer(de, u)
    slope = 1 - h**2
    if what == "derivative-at-activation":
        slope = 1 - n**2 if kind % 2 else 1 - np.tanh(h) ** 2
    dn = dh if what == "missing-activation-derivative" else dh * slope
    if what == "upstream-forgotten":
        dn = slope
    db = dn[kind % N] if what == "bias-not-summed" else dn.sum(axis=0)
    dW = X.T @ dn
    dW = dW.T if what == "transposed-outer-product" else dW
    if what == "only-one-example":
        p_ = kind % N
        scale = N if kind % 2 else 1
        db, dW = dn[p_] * scale, np.outer(X[p_], dn[p_]) * scale
    if what == "local-forgotten":
        dW = np.repeat(dn.sum(axis=0)[None, :], X.shape[1], axis=0)
    return {"A": A, "n": n, "h": h, "p": p, "e": e, "J": J, "dJ/de": de, "dJ/du": du, "dJ/dh": dh,
            "dJ/dn": dn, "dJ/db": db, "dJ/dW": dW}  # fmt: skip


_UPDATES = ("ascent-not-descent", "learning-rate-forgotten", "gradient-not-subtracted")
FAMILIES: dict[str, tuple[dict[str, tuple[int, ...]], list[str], Work, tuple[str, ...]]] = {
    "fan-out": (
        {"x": (), "y": ()},
        ["a: x + y", "b: a * x", "c: a ** 2", "J: b + c"],
        fan_out,
        ("missing-path", "missing-factor-two", "sign-flipped", *_UPDATES),
    ),
    "product": (
        {"x": (), "y": (), "z": (), "t": ()},
        ["q: x + y", "p: q * z", "e: p - t", "J: 1/2 * e ** 2"],
        product,
        ("missing-factor-two", "sign-flipped", "upstream-forgotten", "local-forgotten", *_UPDATES),
    ),
    "neuron": (
        {"w": (3,), "u": (3,), "c": (), "t": ()},
        ["s: w @ u", "n: s + c", "h: sigmoid(n)", "e: h - t", "J: e ** 2"],
        neuron,
        (
            "arithmetic-slip", "bias-omitted", "activation-not-applied", "missing-factor-two", "sign-flipped",
            "derivative-at-activation", "missing-activation-derivative", "upstream-forgotten",
            "local-forgotten", *_UPDATES,
        ),
    ),
    "residual": (
        {"W": (2, 2), "x": (2,), "b": (2,), "t": (2,)},
        ["n: W @ x + b", "h: relu(n)", "y: x + h", "J: half_sse(y, t)"],
        residual,
        (
            "transposed-weights", "bias-omitted", "activation-not-applied", "missing-factor-two",
            "sign-flipped", "missing-activation-derivative", "relu-mask-from-output-gradient",
            "transposed-outer-product", "local-forgotten", "upstream-forgotten", "missing-path", *_UPDATES,
        ),
    ),
    "regression": (
        {"X": (3, 2), "W": (2, 2), "b": (2,), "u": (2,), "t": (3,)},
        ["A: X @ W", "n: A + b", "h: tanh(n)", "p: h @ u", "e: p - t", "J: mean(e ** 2)"],
        regression,
        (
            "arithmetic-slip", "bias-omitted", "activation-not-applied", "missing-one-over-n",
            "only-one-example", "missing-factor-two", "sign-flipped", "wrong-layer-input",
            "derivative-at-activation", "missing-activation-derivative", "upstream-forgotten",
            "bias-not-summed", "transposed-outer-product", "local-forgotten", *_UPDATES,
        ),
    ),
}  # fmt: skip

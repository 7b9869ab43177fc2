"""Batch, layer and rms norm, with the biased variance: xhat, and gamma xhat + beta."""

from collections.abc import Callable, Iterator
from fractions import Fraction

from backprop_tutor.exercise.assembler import Assembler, Signal
from backprop_tutor.exercise.layer_arrays import LayerArray
from backprop_tutor.exercise.layer_kind import Flow, LayerCheck, LayerKind
from backprop_tutor.exercise.model import LayerInfo
from backprop_tutor.exercise.schema_types import ARRAY, EPSILON, TRAINABLE, Array, Model, key, one_of

__all__ = ["NormLayer"]

NORMS = ("batch", "layer", "rms")


class NormLayer(Model, LayerKind, also=TRAINABLE):
    kind = "norm"

    norm: str = key(one_of(NORMS), "batch: over the examples and places; layer and rms: over the features.")
    gamma: Array = key(ARRAY, "What a feature is multiplied by: one number each.")
    beta: Array | None = key(ARRAY, "What is added to it; rms norm has none.", None)
    epsilon: Fraction = key(EPSILON, "Added to the variance; 1e-5 if not given.", Fraction(1, 10**5))

    def leaves(self, n: int) -> Iterator[LayerArray]:
        axes = ("channel", "row", "unit")
        yield LayerArray(f"gamma{n}", self.gamma, ("gamma",), axes)
        if self.beta is not None:
            yield LayerArray(f"beta{n}", self.beta, ("beta",), axes)

    def flow(self, check: LayerCheck, flow: Flow) -> Flow:
        n = check.number
        if self.norm == "rms" and self.beta is not None:
            check.fault(("beta",), "rms norm has no beta.", "Remove it.", key=True)
        if flow.channels:
            features = flow.shape[:1] if self.norm == "batch" else flow.shape
        else:
            features = flow.shape[-1:]
        because = f"{flow.source} the shape {flow.shape}"
        for name in ("gamma", "beta"):
            check.fits(f"{name}{n}", name, features, because, "Write one number for each feature.")
        return flow.after(n, flow.shape, in_steps=flow.in_steps and self.norm != "batch")

    def build(self, net: Assembler, n: int, signal: Signal, name: str) -> Signal:
        if self.norm == "batch":
            signal = net.joined(signal)
        learned = net.given(f"gamma{n}", f"beta{n}")
        axes = signal.axes
        channels = axes[1:2] == ("channel",)
        if self.norm == "batch":
            features = 2 if channels else len(axes)
            over = tuple(axis for axis in range(1, len(axes) + 1) if axis != features)
        else:
            features = len(axes)
            over = tuple(range(2, len(axes) + 1)) if channels else (len(axes),)
        options = {
            "axis": over if len(over) > 1 else over[0],
            "centred": int(self.norm != "rms"),
            "epsilon": self.epsilon,
        }

        def normed(node: str, at: Callable[[str], str]) -> str:
            xhat = net.apply(at(f"xhat{n}"), "standardized", (node,), options, axes)
            return net.apply(at(name), "scaled", (xhat, *learned), {"after": len(axes) - features}, axes)

        return net.each(signal, axes, normed)

    def info(self, flow: Flow) -> LayerInfo:
        return LayerInfo(flow.shape[-1], self.norm, self.beta is not None, self.kind, flow.shape)

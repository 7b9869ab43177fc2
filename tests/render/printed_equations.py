"""The equations in an export, read back from what is printed and worked out by NumPy."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

__all__ = ["labelled", "latex_value", "mathml_value", "text_value"]

_MATRIX = re.compile(r"\\left\[\\begin\{matrix\}(.*?)\\end\{matrix\}\\right\]")
_WORDS = {
    r" \,/\, ": "/",
    r"\left(": "(",
    r"\right)": ")",
    r"\,": "@",
    r"\cdot": "*",
    r"\odot": "*",
    r"^{\top}": ".T",
    r"\sigma": "sigmoid",
    r"\exp": "exp",
    r"\max": "max",
    r"\tanh": "tanh",
    "{}": "",
}


def _sum(array: NDArray[Any], axis: int, keepdims: int = 0) -> NDArray[Any]:
    """Axes are counted from 1."""
    return np.asarray(array.sum(axis=axis - 1, keepdims=bool(keepdims)))


_FUNCTIONS: dict[str, Any] = {
    "array": np.array,
    "exp": np.exp,
    "tanh": np.tanh,
    "sum": _sum,
    "max": np.maximum,
    "relu_slope": lambda x: np.where(x > 0, 1.0, 0.0),
    **dict.fromkeys(("lrelu", "leaky_relu"), lambda x, slope: np.where(x > 0, x, slope * x)),
    "lrelu_slope": lambda x, slope: np.where(x > 0, 1.0, slope),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
}


def latex_value(text: str, names: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """The value of one side of an equation; `names` has that of each quantity, as it is printed."""
    text = _without_labels(text)
    listed = sorted(names, key=len, reverse=True)
    anyone = rf"(?<![\\A-Za-z])({'|'.join(map(re.escape, listed))})(?![A-Za-z])"
    text = re.sub(anyone, lambda found: f" known{listed.index(found[1])} ", text)
    text = re.sub(r"\\mathrm\{(\w+)\}=", r"\1=", _without_fractions(text))
    text = re.sub(r"\\operatorname\{(\w+)\}", r"\1", text)
    text = re.sub(r"(?<!\\left)\[([^][&]*)\]", r"array([\1])", text)
    text = _MATRIX.sub(lambda found: f"array([[{_rows(found[1])}]])", text)
    for word, sign in _WORDS.items():
        text = text.replace(word, sign)
    return _value(text, {f"known{n}": names[name] for n, name in enumerate(listed)})


def _rows(body: str) -> str:
    return body.replace(r"\\{}", "],[").replace("&", ",")


def labelled(text: str) -> Iterator[tuple[str, str]]:
    """Each name above an array, and the array."""
    for found in re.finditer(r"\\overset", text):
        label, rest = _group(text[found.end() :])
        value, _ = _group(rest)
        before = text[: found.start()].rpartition(r"\underset{")[2]
        yield label, rf"\underset{{{before}\overset{{{label}}}{{{value}}}}}"


def _without_labels(text: str) -> str:
    """The arrays alone, of those between their names and their shapes: of a vector its only row."""
    while (at := text.rfind(r"\underset{")) >= 0:
        sizes, rest = _group(text[at + 9 :])
        shown, rest = _group(rest)
        if shown.startswith(r"\overset{"):
            _, value = _group(shown[8:])
            shown, _ = _group(value)
            shape = sizes.replace(r" \times ", ",")
            shown = f"{shown}.reshape(({shape},))"
        text = f"{text[:at]}{shown}{rest}"
    return text


def _without_fractions(text: str) -> str:
    while (at := text.rfind(r"\frac{")) >= 0:
        above, rest = _group(text[at + 5 :])
        below, rest = _group(rest)
        text = f"{text[:at]}(({above})/({below})){rest}"
    return text


def _group(text: str) -> tuple[str, str]:
    """What stands in the braces at the start of `text`, and what follows them."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if not depth:
            return text[1:place], text[place + 1 :]
    raise ValueError(text)


def text_value(text: str) -> NDArray[Any]:
    """The value of a line of text, `[[1, 0]] @ [[1], [2]]ᵀ`."""
    text = re.sub(r"\[\[.*?\]\]|\[[^][]*\]", lambda found: f"array({found[0]})", text)
    for word, sign in {"ᵀ": ".T", "·": "*", "⊙": "*", "²": "**2"}.items():
        text = text.replace(word, sign)
    return _value(text, {})


def mathml_value(math: str) -> NDArray[Any]:
    """The value of a formula of numbers in MathML."""
    return _value(_python(ElementTree.fromstring(math)), {})


def _python(node: ElementTree.Element) -> str:
    parts = [_python(child) for child in node]
    match node.tag:
        case "mfrac":
            return f"(({parts[0]})/({parts[1]}))"
        case "msup" if node[1].text == "⊤":
            return f"{parts[0]}.T"
        case "munderover" if node[0].text != "∑":
            return f"{parts[0]}.reshape(({(node[1].text or '').replace('×', ',')},))"
        case "mtable":
            return ",".join(parts)
        case "mtr":
            return f"[{','.join(parts)}]"
        case "mo" | "mi" | "mn" | "mtext":
            signs = {"\u2062": "@", "·": "*", "⊙": "*", "−": "-", "σ": "sigmoid", "\u2061": ""}
            return signs.get(node.text or "", node.text or "")
        case "mrow" if parts[:1] == ["["]:
            return f"array([{''.join(parts[1:-1])}])"
        case _:
            return "".join(parts)


def _value(python: str, known: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    return np.asarray(eval(python.replace("'", "_slope").strip(), {**_FUNCTIONS, **known}))

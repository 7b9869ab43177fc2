"""LaTeX, as it is pasted from notes, as a text of the language: `\\frac{1}{2}` -> `((1)/(2))`."""

import re

__all__ = ["from_latex"]

MAX_LENGTH = 2_000
MAX_GROUPS = 200  # in curly brackets inside one another, taken away from the inside

_LATEX = re.compile(r"\\|[_^]\{")
_SPACING = re.compile(r"\\(?:(?:left|right|big|Big|bigl|bigr|displaystyle|quad|qquad)(?![a-zA-Z])|[,;:! ])")
_MATRIX = re.compile(r"\\begin\{([bpvB]?matrix|array)\}(?:\{[lcr| ]*\})?(.*?)\\end\{\1\}", re.DOTALL)
_FONT = re.compile(r"\\(?:mathrm|mathbf|mathit|mathsf|text|operatorname|boldsymbol|bm)\s*\{([^{}]*)\}")
_GROUP = r"(?:\{([^{}]*)\}|([0-9a-zA-Z]))"
_FRACTION = re.compile(rf"\\[dt]?frac\s*{_GROUP}\s*{_GROUP}")
_DERIVATIVE = re.compile(r"\s*(?:\\partial|∂|d[A-Za-z])")
_ROOT = re.compile(rf"\\sqrt\s*{_GROUP}")
_RAISED = re.compile(r"\^\{([^{}]*)\}")
_LOWERED = re.compile(r"_\{([^{}]*)\}")
_PLAIN = re.compile(r"(?<![a-zA-Z\\])\{([^{}]*)\}")
_COMMAND = re.compile(r"\\([a-zA-Z]+)( *)")
_SIGNS = {
    **dict.fromkeys(("cdot", "times", "ast", "odot", "circ"), "*"),
    **dict.fromkeys(("approx", "simeq", "cong"), "≈"),
    "top": "T",
    "div": "/",
    "partial": "∂",
    "infty": "inf",
}


def from_latex(text: str) -> str:
    """`text` as the language writes it; as it is where there is no LaTeX in it. Any other command is the word
    that it is, and its brackets stay for the reader to refuse."""
    if len(text) > MAX_LENGTH or not _LATEX.search(text):
        return text
    text = _SPACING.sub(" ", _MATRIX.sub(_matrix, text))
    for _ in range(MAX_GROUPS):
        inner = _opened(text)
        inner = inner if inner != text else _PLAIN.sub(r"(\1)", text)  # a group that nothing takes
        if inner == text:
            break
        text = inner
    return _COMMAND.sub(_command, text).strip()


def _opened(text: str) -> str:
    """`text` with the innermost groups as what they stand for."""
    text = _FONT.sub(r"\1", text)
    text = _LOWERED.sub(_lowered, _RAISED.sub(_raised, text))
    text = _ROOT.sub(lambda found: f"sqrt({found[1] or found[2]})", text)
    return _FRACTION.sub(_fraction, text)


def _matrix(found: re.Match[str]) -> str:
    """`[1, 0; -1, 1]` for the rows of a matrix."""
    rows = [row.strip() for row in found[2].split(r"\\") if row.strip()]
    return f"[{'; '.join(', '.join(cell.strip() for cell in row.split('&')) for row in rows)}]"


def _fraction(found: re.Match[str]) -> str:
    above, below = found[1] or found[2], found[3] or found[4]
    return f"{above}/{below}" if _DERIVATIVE.match(above) else f"(({above})/({below}))"


def _raised(found: re.Match[str]) -> str:
    return "^T" if found[1].strip() in ("T", r"\top") else f"^({found[1]})"


def _lowered(found: re.Match[str]) -> str:
    """`W[1,2]` for an index with a comma, which is an element's; any other belongs to the name."""
    return f"[{found[1]}]" if "," in found[1] else f"_{found[1]}"


def _command(found: re.Match[str]) -> str:
    word, space = found[1], found[2]
    return _SIGNS.get(word, f"{word}{space}")

"""LaTeX, of formulas for math mode and of words; whatever comes from outside is escaped."""

import re

from backprop_tutor.language.alphabet import GREEK, hatted, subscript, superscript
from backprop_tutor.language.clean import clean
from backprop_tutor.language.expr import Array, Call, Expr, Sum, Valued
from backprop_tutor.language.printing import Level, Piece, Printer, has_matrix, matrix_rows
from backprop_tutor.language.style import Style, Written

__all__ = ["breakable_brackets", "escape_latex", "latex_words", "to_latex"]

_SIGNS = {
    "add": " + ",
    "sub": " - ",
    "neg": "-",
    "mul": r" \cdot ",
    "hadamard": r" \odot ",
    "matmul": r" \, ",
    "gt": " > ",
    "ge": r" \ge ",
    "lt": " < ",
    "le": r" \le ",
    "eq": " = ",
    "comma": ", ",
}

# What LaTeX has a command for in math mode.
_COMMANDS = {letter: f"\\{name}" for letter, name in GREEK.items()} | {
    "∂": r"\partial",
    "√": r"\surd",
    "·": r"\cdot",
    "×": r"\times",
    "⊙": r"\odot",
    "→": r"\to",
    "⟨": r"\langle",
    "⟩": r"\rangle",
    "≈": r"\approx",
    "≠": r"\ne",
    "≤": r"\le",
    "≥": r"\ge",
    "∞": r"\infty",
    "−": "-",
    **{superscript(digit): f"^{{{digit}}}" for digit in "0123456789"},
    **{subscript(digit): f"_{{{digit}}}" for digit in "0123456789"},
    "ᵀ": r"^{\top}",
    "½": r"\tfrac{1}{2}",
    "…": r"\ldots",
    "⋮": r"\vdots",
}
_SPECIAL = {character: f"\\{character}" for character in "#$%&_{}"}
_IN_MATH = str.maketrans(
    _SPECIAL
    | {"\\": r"\backslash{}", "^": r"\hat{}", "~": r"\sim{}", '"': "''"}
    | {sign: f"{command}{{}}" if command.startswith("\\") else command for sign, command in _COMMANDS.items()}
)
_IN_WORDS = str.maketrans(
    _SPECIAL
    | {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        '"': r"\symbol{34}",
        "-": "{-}",  # of two, no dash is made
    }
    | {sign: rf"\ensuremath{{{command}}}" for sign, command in _COMMANDS.items()}
)

MATRIX = 10  # columns of amsmath's matrix
_FOREIGN = re.compile(r"[^\x00-\x7f]+")


def to_latex(expr: Expr, style: Style | None = None, *, slashed: bool = False) -> str:
    r"""`expr` for math mode: `-\left(t - z\right) \cdot h_{1}[1]`; with `slashed`, derivatives as ∂J/∂w."""
    return (_Slashed if slashed else _Latex)(style or Style()).printed(expr)


def escape_latex(text: str) -> str:
    """`text` for math mode, every character that LaTeX reads as a command escaped."""
    return _FOREIGN.sub(r"\\text{\g<0>}", clean(text).translate(_IN_MATH))


def breakable_brackets(formula: str) -> str:
    """The formula with brackets of one size, within which TeX may break the line."""
    return formula.replace(r"\left(", r"\bigl(").replace(r"\right)", r"\bigr)")


def latex_words(text: str) -> str:
    """`text` for paragraphs, the same."""
    return clean(text, keep_newlines=True).translate(_IN_WORDS)


def _letters(text: str) -> str:
    """A word upright, a single letter in italics, a Greek letter by its command."""
    if text in GREEK:
        return f"\\{GREEK[text]}"
    if len(text) == 1 and (letter := hatted(text)):
        return rf"\hat{{{letter}}}"
    return (
        text if text.isascii() and len(text) == 1 and text.isalpha() else f"\\mathrm{{{escape_latex(text)}}}"
    )


def _script(sign: str, text: str) -> str:
    if not text:
        return ""
    word = text.isalpha() and len(text) > 2
    return f"{sign}{{{_letters(text) if word else escape_latex(text)}}}"


def _fraction(written: Written) -> tuple[str, str]:
    """What stands above and below the line of a derivative."""
    assert written.of is not None
    order = f"^{{{written.order}}}" if written.also else ""
    above = rf"\partial{order} {_written(written.of)}".rstrip()
    parts = []
    for part, often in written.by:
        power = f"^{{{often}}}" if often > 1 else ""
        parts.append(rf"\partial {_written(part)}{power}")
    return above, r"\,".join(parts)


def _written(written: Written) -> str:
    if written.inner:
        return rf"\left({'/'.join(_fraction(written.inner))}\right)"
    if not written.base:
        return ""
    example = f"({escape_latex(written.example)})" if written.example else ""
    index = f"[{escape_latex(written.index)}]" if written.index else ""
    step = rf"\langle {escape_latex(written.step)}\rangle" if written.step else ""
    above = _script("^", written.superscript)
    above = f"^{{{step}{above and ','}{above[2:-1]}}}" if step else above
    scripts = _script("_", written.subscript) + above
    return f"{_letters(written.base)}{scripts}{example}{index}"


class _Latex(Printer[str]):
    barred = True

    def word(self, text: str) -> str:
        if text == " ":
            return r" \, "
        key, equals, _ = text.partition("=")
        return rf"\mathrm{{{escape_latex(key)}}}=" if equals and key.isidentifier() else escape_latex(text)

    def number(self, text: str) -> str:
        digits, _, exponent = text.lower().partition("e")
        sign, digits = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
        if "/" in digits:
            above, below = digits.split("/")
            return f"{sign}\\frac{{{escape_latex(above)}}}{{{escape_latex(below)}}}"
        power = f" \\cdot 10^{{{escape_latex(exponent)}}}" if exponent else ""
        return f"{sign}{escape_latex(digits)}{power}"

    def sign(self, name: str) -> str:
        return _SIGNS[name]

    def row(self, *parts: str) -> str:
        return "".join(parts)

    def fence(self, body: str) -> str:
        return rf"\left({body}\right)"

    def quantity(self, written: Written) -> Piece[str]:
        if written.of:
            above, below = _fraction(written)
            return Piece(rf"\frac{{{above}}}{{{below}}}", Level.FRACTION)
        return Piece(_written(written), Level.POSTFIX if written.superscript or written.step else Level.ATOM)

    def quotient(self, a: Expr, b: Expr) -> Piece[str]:
        if has_matrix(a) or has_matrix(b):  # too tall to stand in a fraction
            above, below = self.fit(self.piece(a), Level.PRODUCT), self.at(b, Level.POWER)
            return Piece(rf"{above.body} \,/\, {below}", min(above.level, Level.QUOTIENT))
        return Piece(rf"\frac{{{self.show(a)}}}{{{self.show(b)}}}", Level.FRACTION)

    def power(self, base: Expr, exponent: Expr) -> Piece[str]:
        return Piece(f"{self.at(base, Level.ATOM)}^{{{self.show(exponent)}}}", Level.POWER)

    def transposed(self, a: Expr) -> Piece[str]:
        return Piece(rf"{self.at(a, Level.ATOM)}^{{\top}}", Level.POSTFIX)

    def total(self, total: Sum) -> Piece[str]:
        body = self.at(total.body, Level.PRODUCT, last=True)
        index, upper = escape_latex(total.index), self.show(total.upper)
        return Piece(rf"\sum_{{{index}=1}}^{{{upper}}} {body}", Level.FRACTION, open=True)

    def array(self, items: tuple[Expr, ...]) -> Piece[str]:
        rows = matrix_rows(items)
        if not rows:
            return super().array(items)
        # The empty group keeps a bracket that follows from being read as the option of \\.
        body = r" \\{} ".join(" & ".join(map(self.show, row)) for row in rows)
        columns = len(rows[0])
        kind, settings = ("matrix", "") if columns <= MATRIX else ("array", f"{{{'c' * columns}}}")
        return Piece(rf"\left[\begin{{{kind}}}{settings} {body} \end{{{kind}}}\right]", Level.ATOM)

    def valued(self, expr: Valued) -> Piece[str]:
        body = _Slashed(self.style).show(expr.symbol)
        if expr.value is not None:
            is_row = isinstance(expr.value, Array) and len(expr.shape) == 1
            value = Array((expr.value,)) if is_row else expr.value
            body = rf"\overset{{{body}}}{{{self.show(value)}}}"
        sizes = r" \times ".join(map(str, expr.shape))
        return Piece(rf"\underset{{{sizes}}}{{{body}}}" if sizes else body, Level.ATOM)

    def cases(self, condition: Expr, a: Expr, b: Expr) -> Piece[str]:
        first = rf"{self.show(a)} & \text{{if }} {self.show(condition)}"
        second = rf"{self.show(b)} & \text{{otherwise}}"
        # The empty group keeps a bracket that follows from being read as the option of \\.
        return Piece(rf"\begin{{cases}} {first} \\{{}} {second} \end{{cases}}", Level.FRACTION)

    def function_name(self, name: str) -> str:
        base = name.rstrip("'")
        glyph = self.style.functions.get(base)
        text = glyph.latex if glyph and glyph.latex else rf"\operatorname{{{escape_latex(base)}}}"
        return text + name[len(base) :]

    def function(self, call: Call) -> Piece[str]:
        match call.name, call.args, call.options:
            case "sqrt", (a,), ():
                return Piece(rf"\sqrt{{{self.show(a)}}}", Level.ATOM)
            case "abs", (a,), ():
                return Piece(rf"\left|{self.show(a)}\right|", Level.ATOM)
            case _:
                return super().function(call)


class _Slashed(_Latex):
    """Derivatives on one line, for where a formula is small or stands in a table."""

    def quantity(self, written: Written) -> Piece[str]:
        if not written.of:
            return super().quantity(written)
        return Piece("/".join(_fraction(written)), Level.FRACTION)

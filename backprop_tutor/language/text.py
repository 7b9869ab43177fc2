"""One line of text, in Unicode or ASCII; what it prints of quantities and calls parses back."""

from backprop_tutor.language.alphabet import ascii_letters, subscript, superscript
from backprop_tutor.language.expr import Call, Expr, Num, Sum
from backprop_tutor.language.printing import Level, Piece, Printer
from backprop_tutor.language.style import Glyphs, Style, Written

__all__ = ["function_glyph", "signs", "small_exponent", "to_text", "written_text"]


def to_text(expr: Expr, style: Style | None = None) -> str:
    """`expr` on one line: `-(t - z)·h1[1]`."""
    return _Text(style or Style()).printed(expr)


def signs(glyphs: Glyphs) -> dict[str, str]:
    """What every operator and relation looks like, with the space around it."""
    return {
        "add": " + ",
        "sub": " - ",
        "neg": "-",  # not U+2212: what is printed can be pasted anywhere
        "mul": glyphs.times,
        "hadamard": glyphs.hadamard,
        "matmul": glyphs.matmul,
        "gt": " > ",
        "ge": f" {glyphs.at_least} ",
        "lt": " < ",
        "le": f" {glyphs.at_most} ",
        "eq": " = ",
        "comma": ", ",
    }


def function_glyph(name: str, style: Style) -> str:
    """`σ`, or `σ'` for the derivative `sigmoid'`."""
    base = name.rstrip("'")
    glyph = style.functions.get(base)
    text = glyph and (glyph.text if style.glyphs.scripts else glyph.ascii)
    return (text or base) + name[len(base) :]


def written_text(written: Written, glyphs: Glyphs) -> str:
    """A quantity on one line, without what it is the derivative of."""
    letters = written.plain or written.base
    if not written.plain and glyphs.scripts:
        letters += superscript(written.superscript) + subscript(written.subscript)
    elif not written.plain:
        letters += f"^{written.superscript}" if written.superscript else ""
        letters += f"_{written.subscript}" if written.subscript else ""
    if not written.plain and written.step:
        letters += f"<{written.step}>"
    letters = letters.replace("<", "⟨").replace(">", "⟩") if glyphs.scripts else ascii_letters(letters)
    example = f"({written.example})" if written.example else ""
    return f"{letters}{example}{f'[{written.index}]' if written.index else ''}"


def small_exponent(exponent: Expr) -> str:
    """The digits of an exponent that fits in superscripts, or nothing."""
    if isinstance(exponent, Call) and exponent.name == "neg":
        digits = small_exponent(exponent.args[0])
        return f"-{digits}" if digits.isdecimal() else ""
    if isinstance(exponent, Num) and not exponent.text and exponent.value.denominator == 1:
        digits = str(exponent.value)
        return digits if len(digits) <= 3 else ""
    return ""


class _Text(Printer[str]):
    def __init__(self, style: Style) -> None:
        super().__init__(style)
        self.glyphs = style.glyphs
        self.signs = signs(style.glyphs)

    def word(self, text: str) -> str:
        return text

    def number(self, text: str) -> str:
        return text

    def sign(self, name: str) -> str:
        return self.signs[name]

    def row(self, *parts: str) -> str:
        return "".join(parts)

    def fence(self, body: str) -> str:
        return f"({body})"

    def function_name(self, name: str) -> str:
        return function_glyph(name, self.style)

    def quantity(self, written: Written) -> Piece[str]:
        text = written_text(written, self.glyphs)
        if written.of:
            partial = self.glyphs.partial
            above = written_text(written.of, self.glyphs)
            return Piece(f"{partial}{above}/{partial}{text}", Level.FRACTION)
        raised = written.superscript and not written.plain
        return Piece(text, Level.POSTFIX if raised else Level.ATOM)

    def quotient(self, a: Expr, b: Expr) -> Piece[str]:
        above = self.piece(a)
        goes_on = isinstance(a, Call) and a.name == "mul"
        if above.open or not (goes_on or above.signed or above.level >= Level.POWER):
            above = Piece(self.fence(above.body), Level.ATOM)
        return Piece(f"{above.body}/{self.at(b, Level.POWER)}", min(above.level, Level.QUOTIENT))

    def power(self, base: Expr, exponent: Expr) -> Piece[str]:
        below = self.at(base, Level.ATOM)
        digits = small_exponent(exponent) if self.glyphs.scripts else ""
        raised = superscript(digits) if digits else self.glyphs.power + self.at(exponent, Level.POSTFIX)
        return Piece(f"{below}{raised}", Level.POWER)

    def transposed(self, a: Expr) -> Piece[str]:
        return Piece(f"{self.at(a, Level.POSTFIX)}{self.glyphs.transpose}", Level.POSTFIX)

    def total(self, total: Sum) -> Piece[str]:
        index = total.index
        sliced = isinstance(total.upper, Num) and total.upper.text
        if self.style.limits or sliced:
            index = f"{{{index}=1..{self.show(total.upper)}}}"
        if not self.glyphs.scripts:
            return Piece(f"{self.glyphs.total}_{index}({self.show(total.body)})", Level.ATOM)
        body = self.at(total.body, Level.PRODUCT, last=True)
        return Piece(f"{self.glyphs.total}_{index} {body}", Level.FRACTION, open=True)

    def cases(self, condition: Expr, a: Expr, b: Expr) -> Piece[str]:
        parts = f"({self.at(a, Level.SUM)} if {self.show(condition)} else {self.at(b, Level.SUM)})"
        return Piece(parts, Level.ATOM)

"""MathML, as every current browser draws it; whatever comes from outside is escaped."""

from backprop_tutor.language.clean import clean
from backprop_tutor.language.expr import Array, Call, Expr, Sum, Valued
from backprop_tutor.language.printing import Level, Piece, Printer, has_matrix, matrix_rows
from backprop_tutor.language.style import Style, Written

__all__ = ["to_mathml"]

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})

_SIGNS = {
    "add": "+",
    "sub": "−",
    "mul": "·",
    "hadamard": "⊙",
    "matmul": "\N{INVISIBLE TIMES}",
    "gt": "&gt;",
    "ge": "≥",
    "lt": "&lt;",
    "le": "≤",
    "eq": "=",
    "comma": ",",
}


def to_mathml(expr: Expr, style: Style | None = None, *, block: bool = False, slashed: bool = False) -> str:
    """`expr` as a `<math>` element, on its own line with `block`; `slashed` writes derivatives as ∂J/∂w."""
    display = ' display="block"' if block else ""
    body = (_Slashed if slashed else _MathML)(style or Style()).printed(expr)
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML"{display}>{body}</math>'


def _element(tag: str, *parts: str) -> str:
    return f"<{tag}>{''.join(parts)}</{tag}>"


def _text(tag: str, text: str) -> str:
    return _element(tag, clean(text).translate(_ESCAPES))


def _scripted(written: Written) -> str:
    letters = _text("mi", written.base)
    step = f"⟨{written.step}⟩" if written.step else ""
    raised = ", ".join(filter(None, (step, written.superscript)))
    below, above = _text("mtext", written.subscript), _text("mtext", raised)
    match bool(written.subscript), bool(raised):
        case True, True:
            return _element("msubsup", letters, below, above)
        case True, False:
            return _element("msub", letters, below)
        case False, True:
            return _element("msup", letters, above)
        case _:
            return letters


def _written(written: Written) -> str:
    if not written.base:
        return ""
    example = _text("mtext", f"({written.example})") if written.example else ""
    index = _text("mtext", f"[{written.index}]") if written.index else ""
    letters = _scripted(written)
    return _element("mrow", letters, example, index) if example or index else letters


class _MathML(Printer[str]):
    barred = True

    def word(self, text: str) -> str:
        return _text("mo", text) if text in "[]" else _text("mtext", text.replace(" ", "\N{NO-BREAK SPACE}"))

    def number(self, text: str) -> str:
        sign, digits = ("<mo>−</mo>", text[1:]) if text.startswith("-") else ("", text)
        parts = [_text("mn", part) for part in digits.split("/", 1)]
        return self.row(*filter(None, [sign, _element("mfrac", *parts) if len(parts) > 1 else parts[0]]))

    def sign(self, name: str) -> str:
        return '<mo form="prefix">−</mo>' if name == "neg" else _element("mo", _SIGNS[name])

    def row(self, *parts: str) -> str:
        return parts[0] if len(parts) == 1 else _element("mrow", *parts)

    def fence(self, body: str) -> str:
        return self.row("<mo>(</mo>", body, "<mo>)</mo>")

    def quantity(self, written: Written) -> Piece[str]:
        if written.of:
            above = self.row("<mo>∂</mo>", _written(written.of))
            return Piece(_element("mfrac", above, self.row("<mo>∂</mo>", _written(written))), Level.FRACTION)
        return Piece(_written(written), Level.POSTFIX if written.superscript else Level.ATOM)

    def quotient(self, a: Expr, b: Expr) -> Piece[str]:
        if has_matrix(a) or has_matrix(b):  # too tall to stand in a fraction
            above, below = self.fit(self.piece(a), Level.PRODUCT), self.at(b, Level.POWER)
            return Piece(self.row(above.body, "<mo>/</mo>", below), min(above.level, Level.QUOTIENT))
        return Piece(_element("mfrac", self.show(a), self.show(b)), Level.FRACTION)

    def power(self, base: Expr, exponent: Expr) -> Piece[str]:
        return Piece(_element("msup", self.at(base, Level.ATOM), self.show(exponent)), Level.POWER)

    def transposed(self, a: Expr) -> Piece[str]:
        return Piece(_element("msup", self.at(a, Level.ATOM), "<mo>⊤</mo>"), Level.POSTFIX)

    def total(self, total: Sum) -> Piece[str]:
        below = self.row(_text("mi", total.index), "<mo>=</mo>", "<mn>1</mn>")
        sign = _element("munderover", "<mo>∑</mo>", below, self.show(total.upper))
        body = self.at(total.body, Level.PRODUCT, last=True)
        return Piece(self.row(sign, body), Level.FRACTION, open=True)

    def array(self, items: tuple[Expr, ...]) -> Piece[str]:
        rows = matrix_rows(items)
        if not rows:
            return super().array(items)
        cells = ("".join(_element("mtd", self.show(item)) for item in row) for row in rows)
        table = _element("mtable", *(_element("mtr", row) for row in cells))
        return Piece(_element("mrow", "<mo>[</mo>", table, "<mo>]</mo>"), Level.ATOM)

    def valued(self, expr: Valued) -> Piece[str]:
        name, sizes = _Slashed(self.style).show(expr.symbol), self.word("×".join(map(str, expr.shape)))
        if expr.value is None:
            return Piece(_element("munder", name, sizes) if expr.shape else name, Level.ATOM)
        is_row = isinstance(expr.value, Array) and len(expr.shape) == 1
        value = self.show(Array((expr.value,)) if is_row else expr.value)
        parts = (value, sizes, name) if expr.shape else (value, name)
        return Piece(_element("munderover" if expr.shape else "mover", *parts), Level.ATOM)

    def cases(self, condition: Expr, a: Expr, b: Expr) -> Piece[str]:
        when = self.row(self.word("if "), self.show(condition))
        rows = [(self.show(a), when), (self.show(b), self.word("otherwise"))]
        table = _element("mtable", *(_element("mtr", *(_element("mtd", c) for c in row)) for row in rows))
        return Piece(self.row("<mo>{</mo>", table), Level.FRACTION)

    def function_name(self, name: str) -> str:
        base = name.rstrip("'")
        glyph = self.style.functions.get(base)
        letters = _text("mi", (glyph and glyph.text) or base)
        return _element("msup", letters, "<mo>′</mo>") if name != base else letters

    def function(self, call: Call) -> Piece[str]:
        match call.name, call.args, call.options:
            case "sqrt", (a,), ():
                return Piece(_element("msqrt", self.show(a)), Level.ATOM)
            case "abs", (a,), ():
                return Piece(self.row("<mo>|</mo>", self.show(a), "<mo>|</mo>"), Level.ATOM)
            case _:
                return super().function(call)


class _Slashed(_MathML):
    """Derivatives on one line, for where a formula is small or stands in a table."""

    def quantity(self, written: Written) -> Piece[str]:
        if not written.of:
            return super().quantity(written)
        partial, slash = (f'<mo lspace="0" rspace="0">{sign}</mo>' for sign in "∂/")
        parts = (partial, _written(written.of), slash, partial, _written(written))
        return Piece(self.row(*filter(None, parts)), Level.FRACTION)

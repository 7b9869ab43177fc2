"""A typed text as an expression, in the names and the layout of a notation or in the program's own."""

from fractions import Fraction
from functools import partial
from itertools import islice

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.errors import BackpropTutorError, LanguageError, UsageError
from backprop_tutor.exercise.quantity import split_name
from backprop_tutor.grading.evaluation import FUNCTIONS, formula_value
from backprop_tutor.grading.number import plain_number
from backprop_tutor.grading.pasted import bare_rows, typed_array, without_hidden
from backprop_tutor.language import CANONICAL, Glyph, Lettering, Style, parse, rewrite, to_text
from backprop_tutor.language.expr import Array, Call, Expr, Num, Sym, leaves, name_of
from backprop_tutor.walkthrough import Solution

__all__ = [
    "MAX_LENGTH",
    "canonical_answer",
    "echo_style",
    "is_array",
    "laid_out",
    "parsed",
    "with_commas",
    "written_answer",
]

MAX_LENGTH = 2_000

# Functions by the words that formulas have for them: ln for log.
_ECHO = Style(functions={op.name: Glyph(op.glyph) for op in ops.TABLE.values() if op.glyph.isascii()})


def echo_style(style: Style | None) -> Style:
    """How an answer is written with the letters of `style`, nothing else in it changed."""
    return _ECHO._replace(glyphs=style.glyphs, names=style.names) if style else _ECHO


def with_commas(text: str, solution: Solution, quantity: str) -> str:
    """`text`, in which an array pasted as the answer to `quantity` has its brackets and commas."""
    array = typed_array(text)
    if not array and (bare := bare_rows(text)) and is_array(quantity, solution):
        return bare
    return array or text


def is_array(quantity: str, solution: Solution) -> bool:
    """Whether `quantity`, which may be empty, names more than one number."""
    if not quantity:
        return False
    found = solution.find(quantity)
    return len(list(islice(found.indices(solution.shapes[found.name]), 2))) > 1


def parsed(text: str, solution: Solution, lettering: Lettering = CANONICAL) -> Expr:
    """What `text` says, in the program's own names. Raises LanguageError."""
    names = solution.names
    euler = {"e"} - names
    product = partial(_product, solution, lettering)
    expr = parse(
        text,
        functions=FUNCTIONS,
        names=names | euler,
        spelling=lettering.read,
        product=product,
        conditions=True,
    )
    return rewrite(expr, _euler) if euler else expr


def _product(solution: Solution, lettering: Lettering, left: Expr, right: Expr) -> Expr | None:
    """`W1 x`, which is a matrix product for each example; None for a product entry by entry.

    Weights stand before what they are multiplied with, and are the same for all examples.
    """
    if _examples(left, solution) or _axes(left, solution) != 2 or not _axes(right, solution):
        return None
    by_rows = _examples(right, solution) > 1 and not lettering.by_columns
    return Call("matmul", (right, Call("transpose", (left,))) if by_rows else (left, right))


def _examples(expr: Expr, solution: Solution) -> int:
    """How many examples the whole quantities in `expr` hold, 0 where they are the same for all."""
    names = {solution.canonical(leaf.name) for leaf in leaves(expr) if isinstance(leaf, Sym)}
    return max((solution.shapes[name][0] for name in names & solution.batched), default=0)


def _axes(expr: Expr, solution: Solution) -> int:
    """How many axes the value of `expr` has, 0 for one number; a single example counts for none."""
    names = {name_of(leaf) for leaf in leaves(expr)} - {""}
    shapes = {name: solution.shapes.get(solution.canonical(name), ()) for name in names}
    try:
        zeros = {name: np.zeros(shape) for name, shape in shapes.items()}
        return int(formula_value(expr, zeros, solution.batched).ndim)
    except BackpropTutorError:
        return 0


def _euler(part: Expr) -> Expr | None:
    """`e^x` and `e`, where the exercise calls nothing so, as the exponential function."""
    match part:
        case Call("pow", (Sym("e"), exponent)):
            return Call("exp", (rewrite(exponent, _euler),))
        case Sym("e"):
            return Call("exp", (Num(Fraction(1)),))
    return None


def laid_out(expr: Expr, solution: Solution, quantity: str, lettering: Lettering) -> Expr:
    """An answer to `quantity` with examples as rows for columns, or as columns for rows.

    A formula of one element has arrays in it that this changes only where there are several examples.
    """
    if not lettering.by_columns:
        return expr
    if not solution.shapes.get(quantity) and (isinstance(expr, Array) or solution.shapes["x"][0] == 1):
        return expr
    quantity, _ = split_name(quantity)
    if not isinstance(expr, Array):
        return lettering.laid_out(expr, quantity)
    rows = [row.items for row in expr.items if isinstance(row, Array)]
    if not lettering.turned(quantity) or len(rows) != len(expr.items) or len({*map(len, rows)}) != 1:
        return expr
    return Array(tuple(Array(column) for column in zip(*rows, strict=True)))


def canonical_answer(text: str, solution: Solution, quantity: str, lettering: Lettering) -> str:
    """`text` in the program's own names and layout, as it outlives a change of notation; a text that is no
    answer stays as it is."""
    return _rewritten(text, solution, quantity, lettering, lettering, None)


def written_answer(text: str, solution: Solution, quantity: str, lettering: Lettering, style: Style) -> str:
    """A canonical answer the way the notation writes it."""
    return _rewritten(text, solution, quantity, CANONICAL, lettering, style)


def _rewritten(
    text: str, solution: Solution, quantity: str, read: Lettering, layout: Lettering, style: Style | None
) -> str:
    if layout.notation is None or len(text) > MAX_LENGTH or plain_number(text.strip()):
        return text
    try:
        expr = parsed(with_commas(without_hidden(text), solution, quantity), solution, read)
    except (LanguageError, UsageError):
        return text
    return to_text(laid_out(expr, solution, quantity, layout), echo_style(style))

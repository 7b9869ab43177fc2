"""The derivation for whole arrays, with the shape of every factor."""

from collections.abc import Collection, Iterator

from backprop_tutor.engine.systems.base import Shape
from backprop_tutor.engine.systems.form import FORM
from backprop_tutor.engine.systems.letters import Unwritable
from backprop_tutor.errors import ProofError, ShapeError, UsageError
from backprop_tutor.language import expr as ex
from backprop_tutor.language.derivative_name import gradient_of
from backprop_tutor.language.expr import Call, Expr, Item, Num, Partial, Sym, leaves, name_of
from backprop_tutor.walkthrough.derivation.derivation_form import DerivationForm, Line, Note, Section
from backprop_tutor.walkthrough.derivation.derive import TooLong
from backprop_tutor.walkthrough.derivation.matrix_proof import check_matrix
from backprop_tutor.walkthrough.derivation.matrix_shapes import Shapes
from backprop_tutor.walkthrough.derivation.premises import Premises
from backprop_tutor.walkthrough.derivation.sections import index_sections, left_out
from backprop_tutor.walkthrough.derivation.terms import build, index_of, substitute, walk
from backprop_tutor.walkthrough.derivation.without_letters import NoMatrixForm, whole
from backprop_tutor.walkthrough.formulas import forward_formula, gradient_formula
from backprop_tutor.walkthrough.steps import gradient_step

__all__ = ["folded", "matrix_form", "unspread"]


def folded(formula: Expr) -> Expr:
    """`formula` with its exponents worked out, numbers before arrays and no Kᵀᵀ: 2·e for 2 ⊙ e^(2 - 1)."""

    def change(part: Expr) -> Expr | None:
        match part:
            case Call("sub", (Num(a, ""), Num(b, ""))):
                return Num(a - b)
            case Call("hadamard", (a, b)) if not any(isinstance(leaf, Sym | Item) for leaf in leaves(a)):
                return ex.mul(folded(a), folded(b))
            case Call("transpose", (a,)):
                return ex.transpose(folded(a))
            case Call("pow" | "mul" | "add" | "sub" | "neg" | "div", args):
                return build(part, tuple(map(folded, args)))
            case _:
                return None

    return ex.rewrite(formula, change)


def unspread(formula: Expr) -> Expr:
    """`formula` without numbers spread out to arrays, where they are factors of other ones."""

    def change(part: Expr) -> Expr | None:
        match part:
            case Call("mul" | "hadamard", args) if not all(map(_is_spread, args)):
                factors = [unspread(arg.args[0] if _is_spread(arg) else arg) for arg in args]  # type: ignore[union-attr]
                numbers = [factor for factor in factors if not _has_quantities(factor)]
                arrays = [factor for factor in factors if _has_quantities(factor)]
                return ex.mul(*numbers, build(part, tuple(arrays)) if len(arrays) > 1 else arrays[0])
            case _:
                return None

    return ex.rewrite(formula, change)


def _is_spread(expr: Expr) -> bool:
    return isinstance(expr, Call) and expr.name == "broadcast" and not _has_quantities(expr)


def _has_quantities(expr: Expr) -> bool:
    return any(isinstance(leaf, Sym | Item) for leaf in leaves(expr))


MAX_STEPS = 40

Step = tuple[Expr, Partial, Expr]  # the name of a gradient, what it means, and the formula


def matrix_form(premises: Premises) -> DerivationForm:
    """The formulas of whole arrays that lead to dJ/d(wrt), each proved to be the gradient entry by entry.

    They are written with the examples as rows or columns, as the notation has it.

    A formula that NumPy's rules cannot be made to say is left out, and a note says so. Raises ProofError
    where one made of a derivation in letters is wrong.
    """
    question, graph = premises.question, premises.solution.graph
    if question.wrt.name == graph.loss:
        return DerivationForm("matrix", notes=(Note("The derivative of a number by itself is 1."),))
    if question.of.name != graph.loss:
        return DerivationForm("matrix", notes=(Note("The derivative of one array by another is no matrix."),))
    shapes = Shapes(premises)
    premises.solution.first.prepare([question.wrt.name])  # and all on the way, in one pass
    cancels = any(loss.targets != "numbers" for _, loss in graph.targets)  # with what gives the outputs
    derived = _from_letters(premises) if premises.is_network or cancels else []
    sections, unsaid = list[Section](), list[Expr]()
    if premises.is_network:
        sections = [_section(shapes, step) for step in derived]
    else:  # where NumPy's rules may not do
        found = [_written(shapes, step) for step in derived]
        derived = derived if all(found) else []
        sections = [section for section in found if section] if derived else []
    for step in [] if derived else _from_steps(premises):
        section = _written(shapes, step)
        if section:
            sections.append(section)
        else:
            unsaid.append(step[1])
    notes = [note for part in sections for note in _why(shapes, part.meaning, part.result)]
    if derived:
        notes += left_out(premises.definitions, question.wrt.name, sections)
    if unsaid:
        notes.append(_unsaid(unsaid))
    if not any(graph.nodes[name].shape for name in graph.nodes):
        notes.append(Note("Every quantity is a single number here: this is the backward pass, step by step."))
    return DerivationForm("matrix", tuple(sections), tuple(notes))


def _unsaid(unsaid: list[Expr]) -> Note:
    named = ", ".join(["{}"] * len(unsaid))
    text = f"{named} cannot be written with whole arrays; the scalar form derives it element by element."
    return Note(text, tuple(unsaid))


def _from_letters(premises: Premises) -> list[Step]:
    """The last lines of a network's derivation without their letters; nothing where one needs them."""
    question = premises.question
    try:
        sections = index_sections(
            premises.definitions, question.of.name, question.wrt.name, deltas=True, targets=premises.targets
        )
        return [_whole(section, premises.sizes) for section in sections]
    except NoMatrixForm:
        return []
    except (TooLong, Unwritable):
        if premises.is_network:
            raise
        return []


def _whole(section: Section, sizes: Collection[str]) -> Step:
    wrt = section.meaning.wrt
    axes = tuple(letter.name for letter in index_of(wrt) if isinstance(letter, Sym))
    meaning = Partial(section.meaning.of, _base(wrt))
    left = meaning if section.left == section.meaning else _base(section.left)

    def scaled(part: Expr) -> Expr | None:
        """Times a number made of sizes: no array, element by element."""
        match part:
            case Call("hadamard", (a, b)) if all(name_of(leaf) in {"", *sizes} for leaf in leaves(a)):
                return ex.mul(a, ex.rewrite(b, scaled))
            case _:
                return None

    return left, meaning, ex.rewrite(whole(section.result, axes), scaled)


def _base(element: Expr) -> Sym:
    return Sym(name_of(element))


def _from_steps(premises: Premises) -> list[Step]:
    """The backward steps of the nodes on the way, the last ones of a long way."""
    graph, wrt = premises.solution.graph, premises.question.wrt.name
    on_the_way = graph.between([wrt]) - {graph.loss}
    xp = FORM if premises.is_network else FORM.counting()
    names = [name for name in reversed(graph.nodes) if name in on_the_way or name == wrt]
    written_out: dict[str, Expr] = {
        name: forward_formula(graph, graph.nodes[name], xp).expr for name in premises.definitions.written_out
    }
    found: list[Step] = []
    for name in names:
        form = gradient_formula(graph, name, xp, on_the_way | {graph.loss}).expr
        form = folded(substitute(form, written_out))
        if name in premises.definitions.written_out:
            written_out[gradient_of(graph.loss, name)] = form
        else:
            meaning = Partial(Sym(graph.loss), Sym(name))
            found.append((meaning, meaning, form))
    return found[-MAX_STEPS:]


def _written(shapes: Shapes, step: Step) -> Section | None:
    """The step in as few words as NumPy needs, nothing where its rules cannot be made to say it."""
    name, meaning, formula = step
    for way in dict.fromkeys((unspread(formula), formula)):
        try:
            return _section(shapes, (name, meaning, way))
        except (ProofError, ShapeError, UsageError, ValueError):
            continue
    return None


def _section(shapes: Shapes, step: Step) -> Section:
    left, meaning, formula = step
    name = _base(meaning.wrt).name
    premises, lettering = shapes.premises, shapes.premises.lettering
    shown = lettering.whole(formula, gradient_of(premises.solution.graph.loss, name))
    rule = lettering.prose(gradient_step(premises.solution.ledger, name).rule)
    check_matrix(premises, name, shapes.for_numpy(shown))
    return Section(left, meaning, (Line(rule, shown, left, True, tuple(shapes.factors(shown))),))


def _why(shapes: Shapes, meaning: Partial, formula: Expr) -> Iterator[Note]:
    """Why a transpose stands where it stands: one sentence for each."""
    for part in walk(formula):
        match part:
            case Call("matmul", (a, b)) if () in (shapes.of(a), shapes.of(b)):
                continue
            case Call("matmul", (Call("transpose", (a,)) as left, b)):
                yield _reason(shapes, (left, a, b, meaning.wrt), (left, b), "rows", "left")
            case Call("matmul", (a, Call("transpose", (b,)) as right)):
                yield _reason(shapes, (right, a, b, meaning.wrt), (a, right), "columns", "right")


def _reason(
    shapes: Shapes, quantities: tuple[Expr, ...], factors: tuple[Expr, Expr], place: str, side: str
) -> Note:
    left, right = map(shapes.of, factors)
    if side == "right" and len(shapes.of(quantities[2])) < 2:
        return Note(
            "Why {}: {} and {} are columns; laid down as a row, the right one makes every product of two of "
            "their entries, an array of the shape of {}.",
            quantities,
        )
    examples = all(map(shapes.is_batched, quantities[1:3]))
    axis = "the examples" if examples else f"the axis of size {left[-1]}"
    return Note(
        "Why {}: a product sums over the columns of its left factor and the rows of its right one, here over "
        f"{axis}. {{}} and {{}} both have them as {place}, so the {side} one is turned: "
        f"{_size(left)} times {_size(right)} is {_size(left[:-1] + right[1:])}, the shape of {{}}.",
        quantities,
    )


def _size(shape: Shape) -> str:
    return "×".join(map(str, shape)) or "a number"

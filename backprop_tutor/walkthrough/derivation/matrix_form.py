"""The derivation for whole arrays, with the shape of every factor."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from backprop_tutor.engine.systems.base import Shape
from backprop_tutor.engine.systems.form import FORM
from backprop_tutor.engine.systems.letters import Unwritable
from backprop_tutor.errors import ProofError, ShapeError, UsageError
from backprop_tutor.language import expr as ex
from backprop_tutor.language.derivative_name import gradient_of
from backprop_tutor.language.expr import Call, Expr, Item, Num, Partial, Sym, leaves, name_of
from backprop_tutor.language.step_index import split_step
from backprop_tutor.walkthrough.derivation.collapsing import put_in
from backprop_tutor.walkthrough.derivation.definitions import named
from backprop_tutor.walkthrough.derivation.derivation_form import DerivationForm, Line, Note, Section
from backprop_tutor.walkthrough.derivation.derive import TooLong
from backprop_tutor.walkthrough.derivation.matrix_proof import check_matrix
from backprop_tutor.walkthrough.derivation.matrix_shapes import Shapes
from backprop_tutor.walkthrough.derivation.matrix_tidying import tidied
from backprop_tutor.walkthrough.derivation.norms import gradient_behind, norm_of, shown_norms
from backprop_tutor.walkthrough.derivation.premises import Premises
from backprop_tutor.walkthrough.derivation.sections import index_sections, kind_of, left_out
from backprop_tutor.walkthrough.derivation.terms import build, index_of, letters, substitute, walk
from backprop_tutor.walkthrough.derivation.without_letters import NoMatrixForm, axis_name, whole
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
                return ex.mul(*numbers, *([build(part, tuple(arrays))] if len(arrays) > 1 else arrays))
            case _:
                return None

    return ex.rewrite(formula, change)


def _is_spread(expr: Expr) -> bool:
    return isinstance(expr, Call) and expr.name == "broadcast" and not _has_quantities(expr)


def _has_quantities(expr: Expr) -> bool:
    return any(isinstance(leaf, Sym | Item) for leaf in leaves(expr))


MANY = 16  # backward steps that are all written
ENDS = 3  # of more, those at the end that are

Step = tuple[Expr, Partial, Expr]  # the name of a gradient, what it means, and the formula


def matrix_form(premises: Premises, *, every: bool = False) -> DerivationForm:
    """The formulas of whole arrays that lead to dJ/d(wrt), each proved to be the gradient entry by entry;
    of many, the first of each kind and the last ones unless `every` one is asked for.

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
    sections, unsaid, steps, kept = list[Section](), list[Expr](), list[Step](), list[Step]()
    derived = _from_letters(premises) if premises.is_network else []
    if derived:
        sections = [_section(shapes, step) for step in derived]
    else:
        steps = _from_steps(premises)
        kept = steps if every else _kept(premises, steps)
    for step in kept:
        section = _written(shapes, step)
        if section:
            sections.append(section)
        else:
            unsaid.append(step[1])
    if not derived:
        sections = [_collapsed(shapes, section) for section in _cancelled(shapes, sections)]
    notes = list(_whys(shapes, sections))
    if derived:
        notes += left_out(premises.definitions, question.wrt.name, sections)
    missing = [step[0] for step in steps if step not in kept]
    if missing:
        notes.append(
            Note(f"{len(missing):,} from {{}} to {{}} follow in the same way.", (missing[0], missing[-1]))
        )
    if unsaid:
        notes.append(_unsaid(unsaid))
    if not any(graph.nodes[name].shape for name in graph.nodes):
        notes.append(Note("Every quantity is a single number here: this is the backward pass, step by step."))
    return DerivationForm("matrix", tuple(sections), tuple(notes))


def _cancelled(shapes: Shapes, sections: list[Section]) -> list[Section]:
    """The sections without those of activations whose derivative cancels with that of a logarithm, what
    they lead to derived in letters; as they are, where that cannot be said of whole arrays."""
    premises = shapes.premises
    on_the_way = {name_of(section.meaning.wrt) for section in sections[:-1]}
    hidden = premises.definitions.cancelled & on_the_way
    gradients = {gradient_of(premises.solution.graph.loss, name) for name in hidden}
    if not hidden:
        return sections
    by_name = {name_of(step[1].wrt): step for step in _from_letters(premises)}
    found = []
    for section in sections:
        name = name_of(section.meaning.wrt)
        if name in hidden:
            continue
        if any(name_of(part) in gradients for part in walk(section.result)):
            short = _written(shapes, by_name[name]) if name in by_name else None
            if short is None:
                return sections
            section = short
        found.append(section)
    return found


def _collapsed(shapes: Shapes, section: Section) -> Section:
    """The section, led on to the terms of the norm that its quantity is put through; of a norm whose pieces
    have no names, those alone."""
    definitions, x = shapes.premises.definitions, name_of(section.meaning.wrt)
    element = definitions.own(x)
    index, loss = index_of(element), definitions.graph.loss
    for norm in shown_norms(definitions, x):
        gradient, node = gradient_of(loss, norm.y), definitions.graph.nodes[norm.y]
        formula = gradient_behind(norm, lambda at: named(gradient, node, at), index, letters(element))  # noqa: B023
        try:
            whole_formula = whole(formula, tuple(map(axis_name, index)))
        except NoMatrixForm:
            continue
        found = _written(shapes, (section.left, section.meaning, whole_formula))
        if found and norm_of(definitions, norm.y, x):
            return replace(section, lines=(replace(found.lines[0], rule="derivative of a norm"),))
        if found:
            rule = shapes.premises.lettering.prose(put_in(norm))
            return replace(section, lines=(*section.lines, replace(found.lines[0], rule=rule)))
    return section


def _unsaid(unsaid: list[Expr]) -> Note:
    named = ", ".join(["{}"] * len(unsaid))
    text = f"{named} cannot be written with whole arrays; the scalar form derives it element by element."
    return Note(text, tuple(unsaid))


def _from_letters(premises: Premises) -> list[Step]:
    """The last lines of a derivation in letters without them; of a network all or none."""
    question = premises.question
    try:
        sections = index_sections(
            premises.definitions, question.of.name, question.wrt.name, deltas=True, targets=premises.targets
        )
    except (TooLong, Unwritable):
        if premises.is_network:
            raise
        return []
    found = [_whole(section, premises.sizes) for section in sections]
    said = [step for step in found if step is not None]
    return said if len(said) == len(found) or not premises.is_network else []


def _whole(section: Section, sizes: Collection[str]) -> Step | None:
    """The last line without its letters, nothing where it needs them."""
    wrt = section.meaning.wrt
    axes = tuple(map(axis_name, index_of(wrt)))
    meaning = Partial(section.meaning.of, _base(wrt))
    left = meaning if section.left == section.meaning else _base(section.left)

    def scaled(part: Expr) -> Expr | None:
        """Times a number made of sizes: no array, element by element."""
        match part:
            case Call("hadamard", (a, b)) if all(name_of(leaf) in {"", *sizes} for leaf in leaves(a)):
                return ex.mul(a, ex.rewrite(b, scaled))
            case _:
                return None

    try:
        return left, meaning, ex.rewrite(whole(section.result, axes), scaled)
    except NoMatrixForm:
        return None


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
        if name in premises.definitions.written_out or isinstance(form, Num):
            written_out[gradient_of(graph.loss, name)] = form
        if name not in premises.definitions.written_out:
            meaning = Partial(Sym(graph.loss), Sym(name))
            found.append((meaning, meaning, form))
    return found


def _kept(premises: Premises, steps: list[Step]) -> list[Step]:
    """Of many steps, the first of each kind and the last ones."""
    if len(steps) <= MANY:
        return steps
    definitions, seen = premises.definitions, set[object]()
    kept = []
    for step in steps[:-ENDS]:
        kind = kind_of(definitions, definitions.graph.nodes[name_of(step[1].wrt)])
        if kind not in seen:
            seen.add(kind)
            kept.append(step)
    return [*kept, *steps[-ENDS:]]


def _written(shapes: Shapes, step: Step) -> Section | None:
    """The step in as few words as NumPy needs, nothing where its rules cannot be made to say it."""
    name, meaning, formula = step
    short = unspread(formula)
    ways: list[Callable[[], Expr]] = [lambda: tidied(short, shapes.of), lambda: short, lambda: formula]
    for way in ways:
        try:
            return _section(shapes, (name, meaning, way()))
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
    factors = tuple(
        {_any_step(part): (part, shape) for part, shape in shapes.factors(shown, whole=True)}.values()
    )
    return Section(left, meaning, (Line(rule, shown, left, True, factors),))


def _whys(shapes: Shapes, sections: list[Section]) -> Iterator[Note]:
    """Why a transpose stands where it stands: one sentence for each array, whatever its step."""
    said = set[tuple[Expr, str]]()
    for section in sections:
        for part in walk(section.result):
            match part:
                case Call("matmul", (a, b)) if () in (shapes.of(a), shapes.of(b)):
                    continue
                case Call("matmul", (Call("transpose", (a,)), b)):
                    turned, place, side = a, "rows", "left"
                case Call("matmul", (a, Call("transpose", (b,)))):
                    turned, place, side = b, "columns", "right"
                case _:
                    continue
            if (_any_step(turned), side) not in said:
                said.add((_any_step(turned), side))
                quantities = (ex.transpose(turned), a, b, section.meaning.wrt)
                yield _reason(shapes, quantities, part.args, place, side)


def _any_step(expr: Expr) -> Expr:
    """A quantity without the step that it is of."""
    return ex.rewrite(expr, lambda part: Sym(split_step(part.name)[0]) if isinstance(part, Sym) else None)


def _reason(
    shapes: Shapes, quantities: tuple[Expr, ...], factors: tuple[Expr, ...], place: str, side: str
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

"""The questions of a session, in the order of the walkthrough."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Literal, NamedTuple

from backprop_tutor.errors import UsageError
from backprop_tutor.exercise.quantity import element_symbol
from backprop_tutor.grading import AskedQuantity, asked
from backprop_tutor.language.expr import Expr, Num, Partial, Sym, mul
from backprop_tutor.language.text import to_text
from backprop_tutor.walkthrough import Solution, Step
from backprop_tutor.walkthrough.chain import local_derivative, paths_of

__all__ = ["Part", "Question", "questions_of", "step_of"]

Part = Literal["value", "upstream", "local", "product", "formula"]

MAX_PATHS = 4  # whose factors are asked
SMALL = 6  # elements of an array whose factors are asked one element after the other
ONE = Num(Fraction(1))


class Question(NamedTuple):
    """One thing asked: an element (a zero-based `place`), or a whole array (None).

    `target` names it, uniquely in its exercise, as the grading and saved progress do; `name` is the same
    as an expression, to print. A `part` of a chain rule's term has its formula in `factor`; the part
    `formula` asks for that of the whole array. `kind` is what has to be done, the same wherever it is the
    same; `size` counts the elements of the whole array.
    """

    target: str
    quantity: str
    place: tuple[int, ...] | None
    phase: str
    name: Expr
    part: Part = "value"
    factor: Expr | None = None
    elements: tuple[str, ...] = ()  # the names of the elements that an answer gives values of
    kind: str = ""
    size: int = 1

    @property
    def name_text(self) -> str:
        """What an upstream gradient is called as a quantity."""
        return to_text(self.name)


def questions_of(
    solution: Solution, selection: Sequence[str] = (), *, factors: bool = False, of_a_person: bool = False
) -> list[Question]:
    """What `selection` (words or quantities; empty: what the exercise asks) comes to; what is asked
    `of_a_person` and on no sheet is in it where that is wanted.

    With `factors` the factors of the chain rule come before each gradient. Raises UsageError.
    """
    found: list[Question] = []
    seen: set[Expr] = set()  # gradients that were asked, as a factor or by themselves
    items = asked(solution, selection, of_a_person=of_a_person)
    for item in (one for whole in items for one in (_one_by_one(whole) if factors else [whole])):
        if not selection and solution.step(item.quantity) is None:
            continue  # data on a sheet, which are to be copied there
        step = step_of(solution, item.quantity)
        index = None if item.whole else item.indices[0]
        name = Sym(step.quantity) if index is None else step.name_of(index)
        question = Question(
            item.name,
            item.quantity,
            index,
            step.phase,
            name,
            elements=item.elements,
            kind=str(step.rule),
            size=step.node.size,
        )
        if item.by_formula:
            found.append(question._replace(target=f"{item.name} formula", part="formula", elements=()))
            continue
        if factors and step.phase == "backward" and index is not None:
            parts = _factors(solution, step, index, question)
            found += [part for part in parts if part.part != "upstream" or part.name not in seen]
            seen.update(part.name for part in found if part.part == "upstream")
        if step.phase == "backward":  # an upstream gradient that was asked by itself is none to ask again
            seen.update(_named(solution, question))
        found.append(question)
    return found


def _one_by_one(item: AskedQuantity) -> list[AskedQuantity]:
    """The elements of a small array, since a factor is that of an element."""
    if not item.whole or item.by_formula or len(item.elements) > SMALL:
        return [item]
    elements = zip(item.elements, item.indices, strict=True)
    return [AskedQuantity(name, item.quantity, (index,), (name,)) for name, index in elements]


def _named(solution: Solution, question: Question) -> Iterator[Expr]:
    """The names of the elements that the answer to `question` gives, as factors have them."""
    step = step_of(solution, question.quantity)
    indices = (
        [question.place] if question.place is not None else solution.find(step.quantity).indices(step.shape)
    )
    for index in indices:
        yield step.name_of(index)


def _factors(
    solution: Solution, step: Step, index: tuple[int, ...], question: Question
) -> Iterator[Question]:
    """The questions that lead to `question`, an element of a backward step: of every path the upstream
    gradient, the local derivative, and their product.

    A path whose local derivative is 1 has nothing to multiply; the product of a single path is the
    result itself. A gradient with many paths, or with one that starts at the loss, has no factors to ask for.
    """

    def part(which: Part, name: Expr, formula: Expr) -> Question:
        target = f"{question.target} {which} {to_text(name)}"
        return Question(target, question.quantity, question.place, question.phase, name, which, formula)

    paths = paths_of(solution, step.node, index) if step.by_path else []
    if len(paths) > MAX_PATHS or any(node.name == solution.graph.loss for node, _ in paths):
        return
    locals_ = [local_derivative(solution, step, node, at, index) for node, at in paths]
    if all(local == ONE for local in locals_):
        return
    by = element_symbol(step.node.name, step.node, index)
    for (node, at), local in zip(paths, locals_, strict=True):
        upstream = element_symbol(solution.gradient_prefix + node.name, node, at)
        yield part("upstream", upstream, upstream)
        if local == ONE:
            continue
        yield part("local", Partial(element_symbol(node.name, node, at), by), local)
        if len(paths) > 1:
            product = mul(upstream, local)
            yield part("product", product, product)


def step_of(solution: Solution, quantity: str) -> Step:
    """The step of `quantity`, also of a gradient that the walkthrough leaves out. Raises UsageError."""
    step = solution.step(quantity)
    if step is None:
        hint = "`solve` shows what there is."
        raise UsageError(f"{quantity} is given: there is nothing to ask.", hint=hint)
    return step

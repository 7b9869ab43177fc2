"""A printed exam of one version: the task, places for the answers with room to work in, and the solution."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from backprop_tutor.grading.checking import Checker
from backprop_tutor.grading.elements import Element
from backprop_tutor.language import Sym, latex_words, to_latex
from backprop_tutor.render.blocks import Block, Facts, Heading, Line, Listing, Maths, Words
from backprop_tutor.render.document import Document
from backprop_tutor.render.equations import row_sides
from backprop_tutor.render.painters.latex import LatexPainter
from backprop_tutor.render.view import StepView

__all__ = ["Exam"]

ANSWER = r"\answer"
BELOW = r" \\{} "  # the next row of a matrix
ACROSS = 7  # places that stand side by side on the page
TWO_COLUMNS = 4  # formulas from which on they stand in two columns


class Exam:
    """Makes the LaTeX of a version, for the preamble of `exam.tex`. `label` tells it from the others."""

    def __init__(self, document: Document, label: str = "") -> None:
        self.document = replace(document, blank=True)
        self.solution, self.label = document.solution, label
        self.painter = LatexPainter(self.document.style)
        self.lettering = self.document.lettering

    def sheet(self) -> Iterator[str]:
        """The exam as it is handed out."""
        yield self._begin("exam")
        for block in self.document.task.heading():
            yield from () if isinstance(block, Heading) else self.painter.paint([block])
        for block in self.document.task.statement():
            yield from self._stated(block)
        yield rf"\questions{{{len(self.document.views)}}}{{%"
        for number, view in enumerate(self.document.views, 1):
            yield rf"\question{{{number}}}{{{self._places(view)}}}{{{self._marks(view)}}}"
        yield r"}\clearpage"

    def solutions(self) -> Iterator[str]:
        """The same questions with every answer worked out."""
        yield self._begin("solutions")
        for number, view in enumerate(self.document.views, 1):
            name = to_latex(Sym(view.step.quantity), self.document.style, slashed=True)
            yield rf"\solution{{{number}}}{{${name}$}}{{{latex_words(view.rule)}}}{{{self._marks(view)}}}{{%"
            yield from self._worked(view)
            yield "}"
        yield r"\clearpage"

    def _begin(self, kind: str) -> str:
        exercise = self.solution.exercise
        variant = f"version {exercise.variant.id}" if exercise.variant else ""
        said = (exercise.title, self.label, variant, f"{float(sum(self._weights.values())):g}")
        return rf"\begin{kind}" + "".join(f"{{{latex_words(text)}}}" for text in said)

    def _stated(self, block: Block) -> Iterator[str]:
        """Formulas in two columns, what is short side by side, all of it close together."""
        match block:
            case Listing(items) if len(items) >= TWO_COLUMNS and all(map(_is_formula, items)):
                yield r"\medskip\begin{multicols}{2}"
                yield from self.painter.paint([block])
                yield r"\end{multicols}"
            case Listing(items):
                yield from self.painter.paint([Facts(items)])
            case _:
                yield from self.painter.paint([block])

    # Questions

    @cached_property
    def _weights(self) -> dict[Element, Fraction]:
        """What each element asked counts."""
        checker = Checker(self.solution)
        elements = ((one.quantity, index) for one in checker.questions for index in one.indices)
        return dict(zip(elements, checker.weights, strict=True))

    def _marks(self, view: StepView) -> str:
        found = (self._weights[view.step.quantity, index] for index in view.indices)
        return latex_words(_marks(sum(found, Fraction(0))))

    def _places(self, view: StepView) -> str:
        """The quantity with a place for each of its elements, laid out as it is; else one element a place."""
        name, shape = view.step.quantity, view.shape
        is_whole = len(view.indices) == view.step.node.size and len(shape) <= 2
        if not is_whole or (shape and shape[-1] > ACROSS):
            names = (to_latex(row.name, self.document.style, slashed=True) for row in view.rows)
            return r" \quad ".join(rf"\mbox{{${element} = {ANSWER}$}}" for element in names)
        places = ANSWER
        if shape:
            rows = shape if len(shape) == 2 else (1, *shape)
            body = BELOW.join([" & ".join([ANSWER] * rows[1])] * rows[0])
            places = rf"\left[\begin{{matrix}} {body} \end{{matrix}}\right]"
        return rf"${to_latex(Sym(name), self.document.style, slashed=True)} = {places}$"

    def _worked(self, view: StepView) -> Iterator[str]:
        """The formula of the whole array with its numbers, where it is short; else a line an element."""
        equation = view.workings.equation(view.step)
        if equation is not None and len(view.indices) == view.step.node.size and view.array:
            yield from self.painter.formula(equation)
            return
        for row in view.rows:
            symbols, numbers, ends = row_sides(row, self.document.precision, self.document.style)
            pieces: list[Maths | Words] = [Maths(row.name)]
            for side in (symbols, numbers):
                pieces += [Words(" = "), Maths(side)] if side is not None else []
            for end in ends:
                pieces += [Words(" ≈ " if end.about else " = "), Maths(end.expr)]
            yield from self.painter.paint([Listing((tuple(pieces),))])


def _is_formula(line: Line) -> bool:
    return isinstance(line[0], Maths)


def _marks(count: Fraction) -> str:
    return f"{float(count):g} mark{'s' * (count != 1)}"

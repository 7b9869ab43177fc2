"""Proved is what is printed: every line, read back as its notation prints it, is proved by the one above.

In Unicode, in ASCII and in LaTeX; by a reader that knows nothing of how the line came about.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from printed_lines import ASCII, LATEX, UNICODE, MisreadError, Reader, Script, reader
from test_every_graph import OUT_OF_THE_WAY, circuit
from test_random_derivations import circuits, networks, vector_graphs

from backprop_tutor import load, loads, solve
from backprop_tutor.exercise.catalogue import shipped_names
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.language import NOTATIONS, Notation, Style, to_latex, to_text
from backprop_tutor.language.expr import Expr, Sum, Sym, name_of, rewrite
from backprop_tutor.language.lettering import Lettering
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.walkthrough import Solution, lettering_of
from backprop_tutor.walkthrough.derivation import Explanation, Section, explain
from backprop_tutor.walkthrough.derivation.matrix_proof import check_matrix
from backprop_tutor.walkthrough.derivation.matrix_shapes import Shapes
from backprop_tutor.walkthrough.derivation.own_values import evaluated
from backprop_tutor.walkthrough.derivation.proof import proved
from backprop_tutor.walkthrough.derivation.random_model import Bench
from backprop_tutor.walkthrough.derivation.terms import index_of, letters, substitute, walk

ROUNDING = 1e-4  # of a line of numbers, which has six digits

CONTRIBUTED = {
    "examples i": {"example": "i"},
    "examples k": {"example": "k", "count": "K"},
    "examples j, count m": {"example": "j", "count": "m", "layer": "suffix"},
    "count k, units n": {"count": "k", "net": "n", "hidden": "i", "layer": "suffix"},
    "letters of sums": {"net": "k", "hidden": "l", "output": "m", "loss": "n", "example": "j", "count": "i"},
}


def contributed(name: str) -> Notation:
    return replace(NOTATIONS["nielsen"], name=name, **CONTRIBUTED[name])  # type: ignore[arg-type]


def lettering(exercise: Exercise, notation: Notation | None) -> Lettering:
    """The letters of a notation, of one that is not in the table too."""
    found = lettering_of(exercise, "nielsen")
    return Lettering(notation, found.layers, found.axes) if exercise.layers and notation else found


def printed(expr: Expr, script: Script, style: Style) -> str:
    return to_latex(expr, style) if script.latex else to_text(expr, style)


class Page:
    """One explanation, read back in one script after the other; what reads the same is proved once."""

    def __init__(self, explanation: Explanation) -> None:
        self.explanation, self.premises = explanation, explanation.premises
        self.proved: set[tuple[Expr, ...]] = set()

    def check(self, script: Script) -> None:
        premises, explanation = self.premises, self.explanation
        style = style_for(ascii_only=script is ASCII, notation=explanation.lettering)
        reads = reader(premises, style, script)
        for section in explanation.index.sections:
            self.prove(read(section, reads, style), premises.bench, premises.special)
        if explanation.unroll:
            return  # the other forms are the same
        benches = self.scalar_benches()
        for section in explanation.scalar.sections:
            if not left_out(section):
                self.prove(read(section, reads, style), *benches)
        for section in explanation.matrix.sections:
            for line in section.lines:
                self.prove_matrix(section, reads.line(printed(line.expr, script, style), {}))
        for section in explanation.numbers.sections:
            texts = [printed(line.expr, script, style) for line in section.lines if not left_out(section)]
            self.compare([reads.line(text, {}) for text in texts])

    def scalar_benches(self) -> tuple[Bench, Bench]:
        if not self.explanation.index.sections:
            return self.premises.numbered, self.premises.numbered
        definitions, targets, sizes = self.premises.definitions, self.premises.targets, self.premises.sizes
        return Bench(definitions, sizes=sizes), Bench(definitions, targets, sizes)

    def prove(self, section: Section, bench: Bench, special: Bench) -> None:
        lines = tuple(line.expr for line in section.lines)
        if lines not in self.proved:
            (found,) = proved([section], bench, special)
            assert [line for line in found.lines if line.verified is not True] == []
            self.proved.add(lines)

    def prove_matrix(self, section: Section, formula: Expr) -> None:
        if (formula,) not in self.proved:
            check_matrix(
                self.premises, name_of(section.meaning.wrt), Shapes(self.premises).for_numpy(formula)
            )
            self.proved.add((formula,))

    def compare(self, lines: list[Expr]) -> None:
        values = [evaluated(line, {}, self.premises)[0] for line in lines]
        assert values == pytest.approx(values[-1:] * len(values), rel=ROUNDING, abs=ROUNDING)


def left_out(section: Section) -> bool:
    return any(part == Sym("…") for line in section.lines for part in walk(line.expr))


def read(section: Section, reads: Reader, style: Style) -> Section:
    """The section as it is printed."""
    free = {}
    for element in (section.meaning.wrt, section.meaning.of):
        node = reads.definitions.node(element)
        sizes = map(reads.definitions.size, node.shape if node else ())
        free |= {p.name: n for p, n in zip(index_of(element), sizes, strict=True) if isinstance(p, Sym)}

    def line(expr: Expr) -> Expr:
        return reads.line(printed(expr, reads.script, style), free)

    first = replace(section.lines[0], rule="as it stands", expr=line(section.left))
    rest = [replace(below, expr=line(below.expr)) for below in section.lines]
    return replace(section, lines=(first, *rest))


def check(explanation: Explanation) -> None:
    page = Page(explanation)
    for script in (UNICODE, ASCII, LATEX):
        page.check(script)


def gradients(solution: Solution) -> Iterator[str]:
    graph = solution.graph
    used = graph.upstream(graph.loss)
    for name in (*graph.parameters, *graph.named("given")):
        if name in used:
            yield f"d{graph.loss}/d{name}"


LAYERED = [name for name in shipped_names() if load(name).layers]


def explained(solution: Solution, quantity: str, notation: Notation, *, unroll: bool = False) -> Explanation:
    letters = lettering(solution.exercise, notation)
    return explain(solution, letters.typed(quantity), unroll=unroll, lettering=letters)


@pytest.mark.parametrize("exercise", shipped_names())
def test_every_gradient_of_shipped_exercises(exercise: str) -> None:
    solution = solve(load(exercise))
    for quantity in gradients(solution):
        check(explain(solution, quantity))
        check(explain(solution, quantity, unroll=True))


@pytest.mark.parametrize("notation", [name for name in NOTATIONS if name != "notes"])
@pytest.mark.parametrize("exercise", LAYERED)
def test_shipped_networks_in_every_notation(exercise: str, notation: str) -> None:
    solution = solve(load(exercise))
    check(explained(solution, "dJ/dW1", NOTATIONS[notation]))
    check(explained(solution, "dJ/dW1", NOTATIONS[notation], unroll=True))


@pytest.mark.parametrize("notation", CONTRIBUTED)
@pytest.mark.parametrize("exercise", ["exercise3", "softmax-batch", "three-hidden"])
def test_networks_in_notations_that_somebody_adds(exercise: str, notation: str) -> None:
    solution = solve(load(exercise))
    check(explained(solution, "dJ/dW1", contributed(notation)))
    check(explained(solution, "dJ/dW1", contributed(notation), unroll=True))


@pytest.mark.parametrize(
    "notation", [*NOTATIONS.values(), *map(contributed, CONTRIBUTED)], ids=lambda n: n.name
)
def test_a_deep_network_runs_out_of_letters_in_no_notation(notation: Notation) -> None:
    layers = ", ".join(["{activation: tanh, weights: [[1, 1], [1, -1]]}"] * 7)
    text = f"title: deep\nnetwork: {{layers: [{layers}]}}\ndata: [{{x: [1, 2], t: [1, 1]}}]\nloss: mse\n"
    check(explained(solve(loads(text)), "dJ/dW1", notation, unroll=True))


@settings(max_examples=8, deadline=None)
@given(networks(), st.sampled_from([*NOTATIONS.values(), *map(contributed, CONTRIBUTED)]))
def test_random_networks(text: str, notation: Notation) -> None:
    check(explained(solve(loads(text)), "dJ/dW1", notation))


AUTHORS = ["i", "j", "k", "l", "m", "n", "p", "q", "N", "δ", "t", "z", "x1", "k1", "W_1", "e1"]


@settings(max_examples=15, deadline=None)
@given(st.one_of(circuits(), vector_graphs()), st.permutations(AUTHORS))
def test_random_graphs_whose_author_uses_the_letters(text: str, names: list[str]) -> None:
    """The author's names are those that indices, examples and sizes would have."""
    own = sorted(set(re.findall(r"\b(?:n\d+|[abcuvsA])\b(?=:)", text)))
    renaming = dict(zip(own, names, strict=False))
    text = re.sub(r"\b(?:n\d+|[abcuvsA])\b", lambda word: renaming.get(word[0], word[0]), text)
    solution = solve(loads(text))
    check(explain(solution, next(gradients(solution))))


@pytest.mark.parametrize(("parameters", "compute"), [case[:2] for case in OUT_OF_THE_WAY])
def test_graphs_out_of_the_way(parameters: str, compute: tuple[str, ...]) -> None:
    """Slices above all: a letter that runs over a part of an axis has its end beside it."""
    solution = circuit(parameters, *compute)
    for quantity in gradients(solution):
        check(explain(solution, quantity))


# What the reader notices


def captured(section: Section, letter: str) -> list[Section]:
    """The section with an inner sum's letter called `letter`, as a notation might rename it: one a line."""
    found = []
    for place, line in enumerate(section.lines):
        inner = [part.index for part in walk(line.expr) if isinstance(part, Sum) and part.index != letter]
        if inner and letter in letters(line.expr):
            body = rewrite(line.expr, lambda part, old=inner[-1]: renamed(part, old, letter))
            lines = (*section.lines[:place], replace(line, expr=body), *section.lines[place + 1 :])
            found.append(replace(section, lines=lines))
    return found


def renamed(part: Expr, old: str, new: str) -> Expr | None:
    if isinstance(part, Sum) and part.index == old:
        return Sum(new, part.upper, substitute(part.body, {old: Sym(new)}))
    return None


@pytest.mark.parametrize("script", [UNICODE, ASCII, LATEX], ids=["unicode", "ascii", "latex"])
def test_a_captured_letter_is_noticed(script: Script) -> None:
    explanation = explained(solve(load("three-hidden")), "dJ/dW1", NOTATIONS["bishop"], unroll=True)
    style = style_for(ascii_only=script is ASCII, notation=explanation.lettering)
    reads = reader(explanation.premises, style, script)
    (section,) = explanation.index.sections
    planted = captured(section, "n")
    assert len(planted) > 10
    for wrong in planted:
        with pytest.raises(MisreadError, match="stands for two things"):
            read(wrong, reads, style)
    (judged,) = proved(planted[-1:], explanation.premises.bench)  # and so does the program's own proof
    assert not all(line.verified for line in judged.lines)


def test_a_sum_up_to_its_own_letter_is_noticed() -> None:
    explanation = explained(solve(load("exercise3")), "dJ/dW1", NOTATIONS["goodfellow"])
    reads = reader(explanation.premises, style_for(notation=explanation.lettering), LATEX)
    with pytest.raises(MisreadError, match="stands for two things"):
        reads.line(r"\sum_{m=1}^{m} \hat{y}(m)[i]", {"i": Sym("n2")})


def test_a_letter_of_the_left_side_is_not_summed_over() -> None:
    explanation = explained(solve(load("exercise3")), "dJ/dW1", NOTATIONS["notes"])
    reads = reader(explanation.premises, style_for(notation=explanation.lettering), UNICODE)
    with pytest.raises(MisreadError, match="stands for two things"):
        reads.line("Σ_p Σ_i δ²(p)[i]·x(p)[j]", {"i": Sym("n1"), "j": Sym("n0")})

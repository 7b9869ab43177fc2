"""The graph form: named formulas in any order -> the computation graph."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from fractions import Fraction

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, GraphBuilder
from backprop_tutor.engine.source import Source
from backprop_tutor.errors import LanguageError, ShapeError
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.formula_builder import GRADIENT, MAX_NODES, FormulaBuilder, FormulaError
from backprop_tutor.exercise.labels import Labels
from backprop_tutor.exercise.recurrence import Recurrences, StepFormula, spelled, uses
from backprop_tutor.exercise.regularization import Penalty
from backprop_tutor.exercise.schema import GraphForm, Regularization
from backprop_tutor.exercise.yaml_reader import Path
from backprop_tutor.language import parse
from backprop_tutor.language.deltas import net_of
from backprop_tutor.language.derivative_name import is_derivative
from backprop_tutor.language.expr import Expr, Sym

__all__ = ["build_circuit", "check_formulas"]


def build_circuit(
    form: GraphForm,
    relu_at_zero: Fraction,
    labels: Labels,
    regularization: Regularization | None,
    report: FaultReport,
    max_elements: int,
) -> Graph | None:
    """The graph of `form` with leaves of the values in `labels`, or None with faults in `report`."""
    before = len(report.faults)
    _check_names(form, report)
    recurrences = _recurrences(form)
    recurrences.check(report)
    is_named = len(report.faults) == before
    lines = check_formulas(recurrences, form.compute, report)
    if (count := recurrences.count(lines)) > MAX_NODES:
        what = f"with all steps these are {count:,} formulas, and a graph has {MAX_NODES:,} nodes at most."
        report.add(("graph", "sequence" if form.sequence else "compute"), what, "Take fewer steps.")
        return None
    expressions = recurrences.unrolled(lines, report)
    order = _order(expressions, report)
    _check_loss(form, expressions, report)
    if not is_named:
        return None
    builder = GraphBuilder(max_elements=max_elements, max_nodes=MAX_NODES)
    try:
        for name in form.given:
            builder.leaf(name, "given", labels.values[name].shape)
        for name in form.parameters:
            builder.leaf(name, "parameter", labels.values[name].shape)
    except ShapeError as error:
        report.add(("graph",), f"{error.what}.", error.hint)
        return None
    formulas = FormulaBuilder(builder, frozenset(expressions), relu_at_zero, labels)
    penalty = Penalty(regularization, form.loss, {*form.given, *form.parameters, *form.compute}, report)
    for name in order:
        if all(used in builder.nodes for used in uses(expressions[name].expr)):
            is_loss = name == form.loss
            _add(formulas, penalty.data if is_loss else name, name, expressions[name], report)
            if is_loss and penalty.data in builder.nodes:
                penalty.add(builder, list(form.parameters), _weights(builder, form))
    if len(report.faults) > before:
        return None
    try:
        return builder.build(form.loss, dict(_sources(form, expressions, formulas, penalty, report)))
    except ShapeError as error:
        report.add(("graph", "loss"), f"{error.what}.", error.hint)
        return None


def _recurrences(form: GraphForm) -> Recurrences:
    sections: dict[str, Collection[str]] = {"given": form.given, "parameters": form.parameters}
    sections["compute"] = form.compute
    return Recurrences(sections, form.sequence)


def _weights(builder: GraphBuilder, form: GraphForm) -> list[str]:
    """The parameters that are no biases: the matrices, or where there is none all whose names begin with no
    b."""
    matrices = [name for name in form.parameters if len(builder.nodes[name].shape) > 1]
    return matrices or [name for name in form.parameters if not name.startswith("b")]


def _sources(
    form: GraphForm,
    expressions: Mapping[str, StepFormula],
    formulas: FormulaBuilder,
    penalty: Penalty,
    report: FaultReport,
) -> Iterator[tuple[str, Source]]:
    for name, path in _names(form):
        yield name, report.source(path, name)
    for node, (name, expr) in formulas.made.items():
        written = form.loss if name == penalty.data else name
        called = node if is_derivative(node) else written
        yield node, report.source(("graph", "compute", expressions[written].line), called, spelled(expr))


def _add(formulas: FormulaBuilder, node: str, name: str, formula: StepFormula, report: FaultReport) -> None:
    """Make the formula called `name` a node."""
    try:
        formulas.define(node, formula.expr)
    except (FormulaError, ShapeError) as error:
        report.add(("graph", "compute", formula.line), f"{name}: {error.what}.", error.hint)


def _names(form: GraphForm) -> Iterator[tuple[str, Path]]:
    for section in ("given", "parameters", "compute"):
        for name in getattr(form, section):
            yield name, ("graph", section, name)


def _check_names(form: GraphForm, report: FaultReport) -> None:
    seen: dict[str, Path] = {}
    for name, path in _names(form):
        if name in seen:
            report.add(path, f"the name {name} is already used under `{seen[name][1]}`.",
                       "Give it another name.", key=True)  # fmt: skip
        elif name == GRADIENT or (name in ops.FUNCTIONS and not ops.get(ops.FUNCTIONS[name]).common):
            report.add(path, f"the name {name} is that of a function.",
                       f"Give it another name, such as {name}1.", key=True)  # fmt: skip
        elif not _is_name(name):
            report.add(path, f"`{name}` cannot be a name.",
                       "Start with a letter, and go on with letters, digits and _.", key=True)  # fmt: skip
        elif _is_reserved(name):
            report.add(path, f"the name {name} is kept for a gradient or an updated parameter.",
                       "Give it another name.", key=True)  # fmt: skip
        seen.setdefault(name, path)


def _is_name(name: str) -> bool:
    try:
        return parse(name, functions=ops.FUNCTIONS, names=frozenset([name])) == Sym(name)
    except LanguageError:
        return False


def _is_reserved(name: str) -> bool:
    return (name.startswith("delta") and bool(net_of(name))) or name.endswith("_new")


def check_formulas(
    recurrences: Recurrences, compute: Mapping[str, str], report: FaultReport
) -> dict[str, Expr]:
    """The formulas under `compute` that can be read; a fault in `report` for each of the others."""
    functions = {**ops.FUNCTIONS, GRADIENT: GRADIENT, **recurrences.functions}
    expressions: dict[str, Expr] = {}
    for name, text in compute.items():
        path = ("graph", "compute", name)
        known = recurrences.names | recurrences.words(text)
        try:
            expr = parse(text, functions=functions, names=known)
        except LanguageError as error:
            report.add(path, f"{name}: {error.what}", error.hint, offset=error.start)
            continue
        strangers = [used for used in uses(expr) if used not in known]
        if strangers:
            report.add(path, f"{name}: {strangers[0]} cannot be part of a formula.",
                       "A formula uses the names of this graph.")  # fmt: skip
        else:
            expressions[name] = expr
    return expressions


def _order(formulas: Mapping[str, StepFormula], report: FaultReport) -> list[str]:
    """The computed names, each after those it uses; a cycle becomes a fault."""
    done: dict[str, None] = {}
    for start in formulas:
        trail: dict[str, Iterator[str]] = {} if start in done else {start: uses(formulas[start].expr)}
        while trail:
            name, rest = next(reversed(trail.items()))
            needed = next((n for n in rest if n in formulas and n not in done), None)
            if needed is None:
                done[name] = None
                del trail[name]
            elif needed in trail:
                names = list(trail)
                cycle = [*names[names.index(needed) :], needed]
                shown = cycle if len(cycle) <= 12 else [*cycle[:6], "…", *cycle[-5:]]
                what = f"a cycle: {' → '.join(shown)} (each uses the next)."
                report.add(("graph", "compute", formulas[needed].line), what,
                           "A formula cannot use its own result; break the circle.")  # fmt: skip
                return []
            else:
                trail[needed] = uses(formulas[needed].expr)
    return list(done)


def _check_loss(form: GraphForm, formulas: Mapping[str, StepFormula], report: FaultReport) -> None:
    loss = form.loss
    if loss in form.compute or loss in formulas:
        return
    if loss in form.given or loss in form.parameters:
        what, hint = f"the loss {loss} is not computed.", "Name a formula under `compute`."
    else:
        near = get_close_matches(loss, list(form.compute), n=1)
        what = f"the loss `{loss}` is not among the computed names."
        hint = f"Did you mean `{near[0]}`?" if near else f"It can be {', '.join(list(form.compute)[:12])}."
    report.add(("graph", "loss"), what, hint)

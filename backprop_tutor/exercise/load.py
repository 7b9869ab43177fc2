"""A shipped name, a path or a text -> a checked Exercise, or every fault in it at once."""

from fractions import Fraction
from functools import partial
from pathlib import Path

from backprop_tutor.engine.graph import DEFAULT_MAX_ELEMENTS
from backprop_tutor.exercise.catalogue import find
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.labels import Labels
from backprop_tutor.exercise.leaves import (
    check_labels,
    check_whole_numbers,
    kept_arrays,
    leaf_values,
    place_of,
)
from backprop_tutor.exercise.loss_and_optimizer import choose_loss, choose_optimizer, choose_rates
from backprop_tutor.exercise.model import Exercise, QuantityVariation, Variant, described
from backprop_tutor.exercise.network import build_network
from backprop_tutor.exercise.precision import DIGITS, Precision
from backprop_tutor.exercise.quantities import Mentioned, asked, check_names, check_quantities
from backprop_tutor.exercise.schema import DENOMINATORS
from backprop_tutor.exercise.schema import Variation as VariationForm
from backprop_tutor.exercise.schema_faults import validate
from backprop_tutor.exercise.yaml_reader import MAX_BYTES, read
from backprop_tutor.files import read_bytes
from backprop_tutor.language import clean

__all__ = ["load", "loads"]


def load(exercise: str | Path, *, max_elements: int = DEFAULT_MAX_ELEMENTS) -> Exercise:
    """The exercise with this shipped name (`exercise1`) or at this path.

    Raises AccessError where there is nothing to read and ExerciseError with every fault in the file.
    `max_elements` bounds the numbers that all arrays of the graph hold together.
    """
    path = find(exercise)
    source = read_bytes(path, MAX_BYTES)
    return _build(source, clean(path.stem), clean(str(path)), path, path.parent, max_elements)


def loads(
    text: str | bytes,
    name: str = "exercise",
    *,
    folder: Path | None = None,
    max_elements: int = DEFAULT_MAX_ELEMENTS,
) -> Exercise:
    """The exercise that a YAML text holds; `folder` is where the files lie that it names.

    Raises ExerciseError with every fault.
    """
    return _build(text, clean(name), clean(name), None, folder, max_elements)


def _build(
    source: str | bytes, name: str, shown: str, path: Path | None, folder: Path | None, max_elements: int
) -> Exercise:
    report = FaultReport(read(source), shown)
    file = validate(report)
    if file is None:
        _check_formulas(report)
        raise report.error()
    values = leaf_values(file, report, folder, max_elements)
    report.check()
    labels = Labels(values, partial(place_of, file), report)
    if file.network and file.loss:
        graph, layers = build_network(
            file.network.layers,
            choose_loss(file.loss, report),
            file.relu_at_zero,
            labels,
            file.regularization,
            report,
            max_elements,
        )
    elif file.graph:
        from backprop_tutor.exercise.circuit import build_circuit  # 8 ms: the parser of formulas

        graph, layers = (
            build_circuit(file.graph, file.relu_at_zero, labels, file.regularization, report, max_elements),
            None,
        )
    optimizer, rates = choose_optimizer(file, report), choose_rates(file, report)
    if file.digits and file.decimals:
        report.add(("decimals",), "an exercise has either `digits` or `decimals`.", "Remove one.", key=True)
    mentioned = Mentioned()
    if graph is not None:
        check_labels(file, graph, values, report)
        check_whole_numbers(file, graph, values, report)
        labels.check_whole(graph.targets)
        labels.check_variants(file.variants)
        mentioned = check_quantities(file, graph, optimizer, rates, report)
    else:
        check_names(file, values, report)
    if graph is None or report.faults:
        raise report.error()
    variant = Variant(clean(file.variant.of), file.variant.id) if file.variant else None
    return Exercise(
        name=variant.of if variant else name,
        title=clean(file.title),
        graph=graph,
        values=values,
        description=described(file.description.strip(), variant),
        topics=tuple(map(clean, file.topics)),
        level=file.level,
        learning_rate=rates[0] if rates else None,
        learning_rates=rates if len(rates) > 1 else (),
        optimizer=optimizer,
        steps=file.steps,
        ask=tuple(mentioned.ask(asked(file))),
        further=mentioned.further,
        hints={
            quantity: (hint,) if isinstance(hint, str) else tuple(hint)
            for quantity, hint in mentioned.each(file.hints).items()
        },
        precision=Precision(file.digits or DIGITS, file.decimals, file.tolerance),
        notation=file.notation,
        variants={quantity: _variation(form) for quantity, form in file.variants.items()},
        marks=mentioned.each(file.marks),
        follow_through=file.follow_through,
        layers=layers,
        variant=variant,
        path=path,
        kept=kept_arrays(file, folder),
    )


def _check_formulas(report: FaultReport) -> None:
    """The formulas of a file in which something else is wrong: every fault is told at once."""
    data = report.document.data
    form = data.get("graph") if isinstance(data, dict) else None
    if not isinstance(form, dict):
        return
    from backprop_tutor.exercise.circuit import check_formulas
    from backprop_tutor.exercise.recurrence import Recurrences

    found = (
        section if isinstance(section := form.get(name), dict) else {}
        for name in ("given", "parameters", "compute", "sequence")
    )
    given, parameters, compute, steps = found
    formulas = {name: text for name, text in compute.items() if isinstance(text, str)}
    if len(formulas) == len(compute):
        sections = {"given": given, "parameters": parameters, "compute": compute}
        recurrences = Recurrences(sections, dict.fromkeys(steps, 1))
        check_formulas(recurrences, formulas, report)


def _variation(form: VariationForm) -> QuantityVariation:
    if form.choices:
        return QuantityVariation("choices", tuple(form.choices))
    if form.integers:
        return QuantityVariation("integers", tuple(map(Fraction, form.integers)))
    return QuantityVariation(
        "fractions", tuple(form.fractions or ()), tuple(form.denominators or DENOMINATORS)
    )

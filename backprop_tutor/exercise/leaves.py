"""The values of a graph's leaves, by name: what the file spells, and what it keeps in other files."""

from pathlib import Path

import numpy as np

from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.infinity import MINUS_INFINITY
from backprop_tutor.engine.systems.base import Shape
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.model import KeptArray
from backprop_tutor.exercise.placed_layers import placed_layers, placed_leaves
from backprop_tutor.exercise.quantity import element_name
from backprop_tutor.exercise.rectangles import ArrayProblem, Numbers, size_in_words
from backprop_tutor.exercise.schema import Example, ExerciseFile
from backprop_tutor.exercise.schema_types import Array, ArrayFile, TiedWeights
from backprop_tutor.exercise.yaml_reader import Path as Place

__all__ = ["check_labels", "check_whole_numbers", "kept_arrays", "leaf_values", "place_of"]

Values = dict[str, Numbers]


def leaf_values(file: ExerciseFile, report: FaultReport, folder: Path | None, max_elements: int) -> Values:
    """Object arrays of Fraction, or float64 where a file of floats was named; faults go to `report`."""
    values: Values = {}

    def put(name: str, array: Array, place: Place) -> None:
        numbers = _numbers(array, place, report, folder, max_elements)
        if numbers is not None:
            if place[:2] != ("graph", "given"):
                _refuse_infinite(numbers, place, report)
            values[name] = numbers

    if file.graph:
        for section in ("given", "parameters"):
            for name, array in getattr(file.graph, section).items():
                put(name, array, ("graph", section, name))
    if file.network:
        leaves = placed_leaves(file.network.layers)
        for name, (place, leaf) in leaves.items():
            if leaf.array is not None and not isinstance(leaf.array, TiedWeights):
                put(name, leaf.array, (*place, *leaf.keys))
    if isinstance(file.data, list):
        layers = list(placed_layers(file.network.layers)) if file.network else []
        first = layers[0].layer if layers else None
        is_flat = all(not one.layer.kind for one in layers)
        for name in ("x", "t"):
            single = first.read((), values) if first and name == "x" else (1,)
            stacked = _stack(file.data, name, report, folder, max_elements, single, is_flat=is_flat)
            if stacked is not None:
                values[name] = stacked
    elif file.data:
        put("x", file.data.x, ("data", "x"))
        put("t", file.data.t, ("data", "t"))
    return values


def kept_arrays(file: ExerciseFile, folder: Path | None) -> dict[str, KeptArray]:
    """The leaves each of which is kept whole in a file beside the exercise."""
    arrays: dict[str, object] = {}
    if file.graph:
        arrays |= file.graph.given | file.graph.parameters
    if file.network:
        arrays |= {name: leaf.array for name, (_, leaf) in placed_leaves(file.network.layers).items()}
    if file.data and not isinstance(file.data, list):
        arrays |= {"x": file.data.x, "t": file.data.t}
    return {
        name: KeptArray(folder / array.file, array.array, tuple(array.columns) if array.columns else None)
        for name, array in arrays.items()
        if isinstance(array, ArrayFile) and folder
    }


def check_labels(file: ExerciseFile, graph: Graph, values: Values, report: FaultReport) -> None:
    """The targets of a binary cross-entropy lie between 0 and 1; what is computed is looked at later."""
    for name, loss in graph.targets:
        if loss.targets == "labels" and name in values:
            array = values[name]
            for index in np.argwhere((array < 0) | (array > 1))[:1]:
                at = tuple(map(int, index))
                what = f"{element_name(name, graph.nodes[name], at)} = {array[at]} is no target of this loss."
                hint = "Binary cross-entropy takes targets from 0 to 1."
                report.add(place_of(file, name, at), what, hint)


def check_whole_numbers(file: ExerciseFile, graph: Graph, values: Values, report: FaultReport) -> None:
    """Numbers that pick a row or a class are whole, and there is one for each of them."""
    for name, most in graph.whole_numbers.items():
        array = values[name]
        for index in np.argwhere((array < 1) | (array > most) | (array % 1 != 0)):
            at = tuple(map(int, index))
            element = f"{element_name(name, graph.nodes[name], at)} = {array[at]}"
            what = f"{element} is no whole number from 1 to {most}."
            report.add(place_of(file, name, at), what, f"It says which of {most} is meant, counted from 1.")


def place_of(file: ExerciseFile, name: str, at: tuple[int, ...]) -> Place:
    """Where the file has an element of a leaf."""
    if file.graph:
        return ("graph", "given" if name in file.graph.given else "parameters", name, *at)
    return ("data", at[0], name, *at[1:]) if isinstance(file.data, list) else ("data", name, *at)


def _refuse_infinite(numbers: Numbers, place: Place, report: FaultReport) -> None:
    """-inf belongs in a mask, which is given."""
    what = "-inf stands in given arrays only, as in a mask before softmax."
    # floats are compared with a float: with a fraction, 200,000 weights would take two seconds
    least = float(MINUS_INFINITY) if numbers.dtype.kind == "f" else MINUS_INFINITY
    for index in np.argwhere(numbers <= least)[:1]:
        report.add((*place, *map(int, index)), what, "Write a finite number.")


def _numbers(
    array: Array, place: Place, report: FaultReport, folder: Path | None, max_elements: int
) -> Numbers | None:
    """The numbers written out in the exercise or kept in the file named; None with a fault in `report`."""
    if not isinstance(array, ArrayFile):
        return array
    from backprop_tutor.exercise.array_files import load_array  # 3 ms: zipfile, csv

    loaded = load_array(array, folder, max_elements)
    if isinstance(loaded, ArrayProblem):
        report.add((*place, *loaded.at), loaded.what, loaded.hint)
        return None
    return loaded


def _stack(
    examples: list[Example],
    name: str,
    report: FaultReport,
    folder: Path | None,
    max_elements: int,
    single: Shape,
    *,
    is_flat: bool,
) -> Numbers | None:
    """The examples' arrays side by side (examples, …), vectors where that `is_flat`; a lone number has the
    shape `single`."""
    rows: list[Numbers] = []
    for index, example in enumerate(examples):
        place: Place = ("data", index, name)
        array = _numbers(getattr(example, name), place, report, folder, max_elements)
        if array is None:
            return None
        row = array if array.ndim else array.reshape(single)
        if row.ndim != 1 and is_flat:
            what = f"example {index + 1}: {name} has shape {row.shape}, but it is one list of numbers."
            report.add(place, what, f"Write it like {name}: [1, 0].")
            return None
        if rows and row.shape != rows[0].shape:
            report.add(place, f"example {index + 1}: {name} {size_in_words(row.shape)}, "
                       f"but in example 1 it {size_in_words(rows[0].shape)}.",
                       "Give every example the same length.")  # fmt: skip
            return None
        _refuse_infinite(array, place, report)
        rows.append(row)
    return np.stack(rows)

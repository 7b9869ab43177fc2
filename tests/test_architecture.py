"""The shape of the house: who may import whom, what a first screen may load, how long a file may be."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.util import resolve_name
from pathlib import Path

import pytest

import backprop_tutor
from backprop_tutor.engine import ops
from backprop_tutor.engine.optimizers import OPTIMIZERS
from backprop_tutor.language.expr import OPERATORS

PACKAGE = Path(backprop_tutor.__file__).parent
TREES = {
    path.relative_to(PACKAGE.parent).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
}
FLOORS = [
    "lazy",
    "shown",
    "version",
    "errors",
    "language",
    "files",
    "engine",
    "exercise",
    "walkthrough",
    "grading",
    "programs",
    "homework",
    "tutor",
    "course",
    "render",
    "cli",
]
ROOT_FLOOR = FLOORS.index("cli")  # `backprop_tutor` itself re-exports from every floor below the commands
ALLOWED_IN = {
    "rich": (
        "backprop_tutor.render.painters.terminal",
        "backprop_tutor.render.painters.derivation",
        "backprop_tutor.render.painters.fitting",
        "backprop_tutor.render.painters.pieces",
        "backprop_tutor.render.screens.terminal_demo",
        "backprop_tutor.cli",
    ),
    "typer": ("backprop_tutor.cli",),
}
SLOW_TO_IMPORT = {"numpy", "sympy", "pydantic"}
ANYWHERE = {  # syntax of formulas, and words with other meanings
    *OPERATORS,
    *("sum", "max", "min", "index", "rows", "where", "step", "sign"),
}
NAMES_OPS = {  # why an op's name stands outside the table that says what the op is
    "exercise/assembler.py": {"step_stack"},
    "exercise/layer_arrays.py": {"identity"},  # of tied weights
    "exercise/states.py": {"recurrent"},  # a key of gates
    "exercise/formula_builder.py": {"identity"},  # syntax: f: x
    "exercise/network.py": {"identity"},  # what a layer is made of
    "exercise/schema_faults.py": {"half_mse"},  # an example
    "exercise/schema_types.py": {"minimum", "maximum"},  # words of JSON Schema
    "grading/answer.py": {"exp"},  # e^x
    "grading/misconceptions/coding.py": {"softmax", "linear"},  # rules to read on with
    "grading/misconceptions/edits.py": {"log"},  # log10 for ln
    "grading/misconceptions/table.py": {"relu", "softmax", "linear", "log"},  # rules to read on with
    "language/columns.py": {"mean"},
    "language/latex.py": {"sqrt", "abs", "√"},  # √ and | |
    "language/mathml.py": {"sqrt", "abs"},
    "language/spelling.py": {"σ", "√"},  # letters in ASCII
    "language/tokens.py": {"√"},
    "programs/child.py": {"detach"},  # what a tensor calls giving its numbers
    "programs/given_array.py": {"detach"},
    "render/code/numpy_code.py": {"abs", "outer", "reshape"},  # functions of NumPy
    "walkthrough/derivation/algebra.py": {"sqrt"},  # the root of a square number
    "walkthrough/derivation/along_graph.py": {"exp"},  # softmax written out
    "walkthrough/derivation/calculus.py": {"log"},  # the derivative of a^b
    "walkthrough/derivation/matrix_shapes.py": {"reshape"},
    "walkthrough/derivation/matrix_tidying.py": {"outer", "reshape"},  # of a formula in NumPy's words
    "walkthrough/derivation/opaque.py": {
        *("exp", "log", "sqrt", "sin", "cos", "tan", "arctan", "sinh", "cosh", "tanh"),  # its namespace
        *("sigmoid", "softplus", "erf"),
    },
}
MADE_OF_OPS = (  # a kind of layer says what ops it is made of, an op of PyTorch, too
    "engine/",
    "exercise/layer_kinds/",
    "exercise/torch_import/",
    "render/code/torch_",
)
NAMED_FOR_ITS_SUBJECT = ("cli", "render/painters", "render/subjects")  # cli/sheet.py is the command `sheet`
RUNS_TEXT_AS_CODE = {"eval", "exec", "__import__", "sympify", "parse_expr", "lambdify"}


def module_name(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imported_modules(file: str) -> Iterator[str]:
    """Every module that a file imports, at its top or inside a function."""
    here = module_name(file)
    package = here if file.endswith("/__init__.py") else here.rpartition(".")[0]
    for node in ast.walk(TREES[file]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = resolve_name("." * node.level + (node.module or ""), package)
            for alias in node.names:
                yield f"{source}.{alias.name}" if source == "backprop_tutor" else source


def imported_files(file: str) -> set[str]:
    """The modules of the package that a file imports names of, by what `import_module` calls them."""
    modules = set(map(module_name, TREES))
    here = module_name(file)
    package = here if file.endswith("/__init__.py") else here.rpartition(".")[0]
    found = set()
    for node in ast.walk(TREES[file]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            source = resolve_name("." * node.level + (node.module or ""), package)
            found |= {
                inner if (inner := f"{source}.{alias.name}") in modules else source for alias in node.names
            }
    return found & modules - {here}


def circles(uses: dict[str, set[str]]) -> set[frozenset[str]]:
    """The groups of modules each of which needs every other, directly or not."""
    needs = {module: set(used) for module, used in uses.items()}
    for through in needs:  # Warshall's closure
        for used in needs.values():
            if through in used:
                used |= needs[through]
    groups = {frozenset(other for other in needs[module] if module in needs[other]) for module in needs}
    return groups - {frozenset()}


def floor(module: str) -> int:
    package = module.split(".")[1] if "." in module else ""
    return FLOORS.index(package) if package in FLOORS else ROOT_FLOOR


def is_inside(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def test_imports_run_downwards() -> None:
    upward = [
        (file, module)
        for file in TREES
        for module in imported_modules(file)
        if is_inside(module, "backprop_tutor") and floor(module) > floor(module_name(file))
    ]
    assert upward == []


def test_no_class_has_the_name_of_another() -> None:
    homes = [
        (node.name, file)
        for file, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    assert said_twice(homes) == {}


def test_no_file_has_the_name_of_another() -> None:
    """But for what is called by the thing that it runs or shows: a command, a subject, a painter."""
    homes = [
        (Path(file).stem, file)
        for file in TREES
        if Path(file).parent.relative_to("backprop_tutor").as_posix() not in NAMED_FOR_ITS_SUBJECT
    ]
    assert said_twice((stem, file) for stem, file in homes if stem != "__init__") == {}


def said_twice(homes: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    places: dict[str, list[str]] = {}
    for name, file in homes:
        places.setdefault(name, []).append(file)
    return {name: files for name, files in places.items() if len(files) > 1}


def test_no_modules_know_of_each_other() -> None:
    """An import inside a function or for a type checker counts: a circle is one however it is put off."""
    assert circles({module_name(file): imported_files(file) for file in TREES}) == set()


def test_a_circle_is_seen() -> None:
    uses = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": set[str]()}
    assert circles(uses) == {frozenset("abc")}


def test_the_terminal_libraries_stay_at_the_top() -> None:
    misplaced = [
        (file, library)
        for file in TREES
        for library in {module.split(".")[0] for module in imported_modules(file)} & ALLOWED_IN.keys()
        if not is_inside(module_name(file), *ALLOWED_IN[library])
    ]
    assert misplaced == []


def test_no_text_is_run_as_code() -> None:
    assert [(file, name) for file in TREES for name in names_used(file) if name in RUNS_TEXT_AS_CODE] == []


def names_used(file: str) -> Iterator[str]:
    for node in ast.walk(TREES[file]):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                yield name


def test_every_file_says_what_it_is() -> None:
    assert [file for file, tree in TREES.items() if not ast.get_docstring(tree)] == []


def test_no_file_is_long() -> None:
    lengths = {file: len((PACKAGE.parent / file).read_text(encoding="utf-8").splitlines()) for file in TREES}
    assert {file: length for file, length in lengths.items() if length > 400} == {}


@pytest.mark.parametrize("file", [file for file in TREES if file.endswith("/__init__.py")])
def test_a_package_lists_its_public_names(file: str) -> None:
    lists = [
        ast.literal_eval(node.value)
        for node in TREES[file].body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and node.value is not None
        and ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target) == "__all__"
    ]
    assert len(lists) == 1, "one __all__, written out"
    assert lists[0] == sorted(lists[0], key=constants_then_classes_then_others)


def constants_then_classes_then_others(name: str) -> tuple[int, str]:
    """The order that `ruff check --fix` puts `__all__` in."""
    if len(name) > 1 and name.isupper():
        return 0, name
    return (1 if name[0].isupper() else 2), name


@pytest.mark.parametrize(
    "words", ["", "--help", "--version", "solve --help", "validate --help", "learn", "list"]
)
def test_a_first_screen_loads_nothing_slow(words: str) -> None:
    assert slow_modules_after(words) == []


def test_a_forward_pass_loads_no_more_than_numpy() -> None:
    assert slow_modules_after("solve exercise1 --only forward --ascii") == ["numpy"]


def test_completion_loads_nothing_slow() -> None:
    completing = {"_BACKPROP_TUTOR_COMPLETE": "complete_bash", "_TYPER_COMPLETE_ARGS": "backprop-tutor sol"}
    assert slow_modules_after("", **completing) == []


def slow_modules_after(words: str, **environment: str) -> list[str]:
    """Run `backprop-tutor WORDS` in a process of its own; return the slow modules that it imported."""
    script = (
        "import sys\n"
        f"sys.argv = ['backprop-tutor', *{words.split()!r}]\n"
        "from backprop_tutor.cli import main\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        f"    print('LOADED', *(sys.modules.keys() & {SLOW_TO_IMPORT!r}))\n"
    )
    output = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        check=False,
        encoding="utf-8",
    ).stdout
    return output.partition("LOADED")[2].split() if "LOADED" in output else ["did not start"]


def test_importing_the_library_loads_nothing_slow() -> None:
    script = f"import sys, backprop_tutor; print(*(sys.modules.keys() & {SLOW_TO_IMPORT!r}))"
    assert subprocess.check_output([sys.executable, "-c", script], text=True).split() == []


def test_what_an_op_is_stands_in_its_table() -> None:
    """No part outside the engine knows an op, a loss or an optimizer by name, but for those listed above."""
    known = {*ops.TABLE, *ops.FUNCTIONS, *ops.activations(), *OPTIMIZERS} - ANYWHERE
    found: dict[str, set[str]] = {}
    for file, tree in TREES.items():
        texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        place = file.removeprefix("backprop_tutor/")
        if not place.startswith(MADE_OF_OPS) and known & texts:
            found[place] = known & texts
    assert found == NAMES_OPS

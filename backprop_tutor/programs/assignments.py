"""Where a program assigns its variables, and which of them it changes in place: read, never run."""

import ast
from collections.abc import Iterable, Iterator

__all__ = ["Assignments"]

_CHANGING = ("fill", "sort", "put", "resize", "partition", "itemset", "clip_", "zero_", "add_", "mul_")


class Assignments:
    """`parts` are the pieces of the program with a label each: a file's own path, or `cell 2`. What happens
    inside functions is left aside: their variables are not the program's."""

    def __init__(self, parts: Iterable[tuple[str, str]]) -> None:
        self._wholes: dict[str, str] = {}
        self._entries: dict[str, str] = {}
        self._changed: set[str] = set()
        for label, source in parts:
            try:
                statements = list(_statements(ast.parse(source).body))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            for statement in statements:
                self._read(statement, f"{label}, " if label.startswith("cell ") else "")

    def line_of(self, variable: str) -> str:
        """`line 12` or `cell 2, line 3`, where `h1` or `h1[0]` is assigned last; nothing where that is not
        seen."""
        name, is_entry, _ = variable.partition("[")
        first, second = (self._entries, self._wholes) if is_entry else (self._wholes, self._entries)
        return self._entries.get(variable) or first.get(name) or second.get(name, "")

    def changes(self, variable: str) -> bool:
        """Whether a statement changes the array in `variable` in place."""
        return variable.partition("[")[0] in self._changed

    def _read(self, statement: ast.stmt, place: str) -> None:
        line = f"{place}line {statement.lineno}"
        for target in _targets(statement):
            match target:
                case ast.Name(id=name):
                    self._wholes[name] = line
                    if isinstance(statement, ast.AugAssign):
                        self._changed.add(name)
                case ast.Subscript(value=ast.Name(id=name), slice=index):
                    self._changed.add(name)
                    self._entries[name] = line
                    if isinstance(index, ast.Constant) and isinstance(index.value, int):
                        self._entries[f"{name}[{index.value}]"] = line
        for call in _calls(statement):
            self._changed.update(_changed_by(call))
            match call.func:
                case ast.Attribute(value=ast.Name(id=name), attr="append" | "insert"):
                    self._entries[name] = line


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module in order, also those within loops and conditions."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        yield statement
        for field in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(statement, field, ()))
        for handler in getattr(statement, "handlers", ()):
            yield from _statements(handler.body)


def _calls(statement: ast.stmt) -> Iterator[ast.Call]:
    """The calls in a statement, those of the statements within it left to them."""
    if hasattr(statement, "body"):
        return
    yield from (node for node in ast.walk(statement) if isinstance(node, ast.Call))


def _targets(node: ast.stmt) -> Iterator[ast.Name | ast.Subscript]:
    match node:
        case ast.Assign(targets=targets):
            waiting: list[ast.expr] = list(targets)
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            waiting = [target]
        case ast.For(target=target):
            waiting = [target]
        case _:
            return
    for target in waiting:
        match target:
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                waiting.extend(parts)
            case ast.Starred(value=inner):
                waiting.append(inner)
            case ast.Name() | ast.Subscript():
                yield target


def _changed_by(call: ast.Call) -> Iterator[str]:
    """What a call changes: `np.maximum(a, 0, out=a)`, `a.fill(0)`."""
    for keyword in call.keywords:
        if keyword.arg == "out" and isinstance(keyword.value, ast.Name):
            yield keyword.value.id
    match call.func:
        case ast.Attribute(value=ast.Name(id=name), attr=method) if method in _CHANGING:
            yield name

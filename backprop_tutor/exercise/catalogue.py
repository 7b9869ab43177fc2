"""Which exercises there are: those that are shipped and those in the current folder.

Start-up time matters here: this module reads titles without NumPy, pydantic or SymPy.
"""

from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple

from backprop_tutor.errors import AccessError, Fault
from backprop_tutor.exercise.yaml_reader import MAX_BYTES, YamlDocument, read
from backprop_tutor.files import access_error, read_bytes
from backprop_tutor.language.clean import clean

__all__ = [
    "NOT_PACKED",
    "CatalogueEntry",
    "entries",
    "find",
    "nearest_shipped",
    "shipped_folder",
    "shipped_names",
]

NOT_PACKED = "The shipped exercises are not in this copy of the program: install it to have them."

_PACKAGE = Path(__file__).resolve().parent.parent


class CatalogueEntry(NamedTuple):
    """One exercise as a list shows it; `fault` is the first thing that keeps it from being read."""

    name: str
    title: str
    topics: tuple[str, ...]
    level: str
    path: Path
    fault: Fault | None = None
    shipped: bool = True


@cache
def shipped_folder(of: str = "exercises") -> Path:
    """Where the shipped exercises (or `lessons`) lie: in the installed package, or at the top of a checkout.

    Of a program packed into a zip file, they are unpacked for as long as it runs.
    """
    inside = _PACKAGE / of
    if not _PACKAGE.is_dir():
        return _unpacked(of)
    return inside if inside.is_dir() else _PACKAGE.parent / of


def _unpacked(of: str) -> Path:
    import atexit
    from importlib.resources import files
    from shutil import rmtree
    from tempfile import mkdtemp

    folder = Path(mkdtemp(prefix="backprop-tutor-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    packed = files("backprop_tutor") / of
    for file in packed.iterdir() if packed.is_dir() else ():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def shipped_names() -> list[str]:
    return [path.stem for path in _exercises_in(shipped_folder())]


def entries(folder: Path | None = None) -> list[CatalogueEntry]:
    """The shipped exercises, then the YAML files in `folder` (the current one) that look like exercises.

    A file that cannot be read is listed with its fault.
    """
    shipped = [_entry(path, path.stem, shipped=True) for path in _exercises_in(shipped_folder())]
    here = Path.cwd() if folder is None else folder
    if here.resolve() == shipped_folder().resolve():
        return [entry for entry in shipped if entry]
    found = [_entry(path, path.name, shipped=False) for path in _exercises_in(here)]
    return [entry for entry in (*shipped, *found) if entry]


def find(exercise: str | Path) -> Path:
    """The file of a shipped name or at a path, whose ending may be left out.

    Raises AccessError, with the nearest shipped name, where there is none.
    """
    text = str(exercise)
    if isinstance(exercise, str) and text in shipped_names():
        return shipped_folder() / f"{text}.yaml"
    path = Path(exercise)
    shown = clean(text)
    try:
        if path.is_file():
            return path
        if path.is_dir():
            hint = "Name one exercise in it, as in folder/exercise.yaml."
            raise AccessError("this is a folder, not an exercise.", where=shown, hint=hint)
        exists = path.exists()
        if not exists and (named := path.parent / f"{path.name}.yaml").is_file():
            return named
    except (OSError, ValueError) as error:  # a name too long, or with a NUL in it
        raise access_error(error, path, "read") from None
    if exists:
        raise AccessError("this is a device or a pipe, not a file.", where=shown)
    raise AccessError("there is no such exercise or file.", where=shown[:100], hint=nearest_shipped(text))


def nearest_shipped(text: str) -> str:
    """Which shipped name is probably meant, in a sentence."""
    shipped = shipped_names()
    if not shipped:
        return NOT_PACKED
    near = get_close_matches(Path(text).stem[:100], shipped, n=1)
    return f"Did you mean {near[0]}?" if near else "`backprop-tutor list` shows the exercises."


def _exercises_in(folder: Path) -> list[Path]:
    """By name: "a" before "a-b", whatever their endings."""
    try:
        found = [path for path in folder.iterdir() if path.suffix in (".yaml", ".yml") and path.is_file()]
    except OSError:
        return []
    return sorted(found, key=lambda path: (path.stem, path.suffix))


def _entry(path: Path, name: str, *, shipped: bool) -> CatalogueEntry | None:
    """What the head of the file says; None for a YAML file that is something else."""
    try:
        document = read(read_bytes(path, MAX_BYTES))
    except AccessError as error:
        document = YamlDocument(faults=[Fault(error.what)])
    data = document.data if isinstance(document.data, dict) else {}
    if not shipped and not document.faults and "network" not in data and "graph" not in data:
        return None
    topics = data.get("topics")
    return CatalogueEntry(
        name=clean(name),
        title=_text(data.get("title")),
        topics=tuple(_text(topic) for topic in topics) if isinstance(topics, list) else (),
        level=_text(data.get("level")),
        path=path,
        fault=document.faults[0] if document.faults else None,
        shipped=shipped,
    )


def _text(value: object) -> str:
    return clean(value) if isinstance(value, str) else ""

"""The sheets that were handed in: in a folder, in a zip file, or named one by one. Nothing is unpacked."""

import os
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath, PureWindowsPath

from backprop_tutor.errors import AccessError
from backprop_tutor.exercise.decode import MAX_BYTES
from backprop_tutor.files import reason
from backprop_tutor.homework.own_files import is_own
from backprop_tutor.language import clean

__all__ = ["Folder", "Listed", "Refusal", "Submissions", "Zip", "open_source"]

HIDDEN = ("__MACOSX", "Thumbs.db", "desktop.ini")
MAX_SHEETS = 2_000_000
UTF_8 = 0x800  # the flag of an entry whose name is in UTF-8
START = 100  # bytes that tell whose file it is
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the other methods unpack more than was asked for


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a submission was not read."""

    reason: str


class Submissions:
    """Where sheets come from: their names in order, and the bytes of each or why not."""

    def names(self) -> list[str]:
        raise NotImplementedError

    def read(self, name: str, limit: int = MAX_BYTES) -> bytes | Refusal:
        """The file, if it has at most `limit` bytes; it gives at most one more."""
        raise NotImplementedError

    def start(self, name: str) -> bytes:
        """The first bytes, also of a file that is too large for a sheet; none where it cannot be read."""
        raise NotImplementedError


class Folder(Submissions):
    """Every file in a folder and those below it, links never followed."""

    def __init__(self, root: Path, leave_out: Iterable[Path] = ()) -> None:
        self.root = root.resolve()
        self.leave_out = {path.resolve() for path in leave_out}

    def names(self) -> list[str]:
        return sorted(name for name in self._walk() if not is_own(name, self.start))

    def _walk(self) -> Iterator[str]:
        for folder, folders, files in os.walk(self.root):
            linked = [name for name in folders if os.path.islink(os.path.join(folder, name))]
            folders[:] = sorted(name for name in folders if not _hidden(name) and name not in linked)
            for name in (*files, *linked):
                path = Path(folder, name)
                if not _hidden(name) and path not in self.leave_out:
                    yield path.relative_to(self.root).as_posix()

    def read(self, name: str, limit: int = MAX_BYTES) -> bytes | Refusal:
        return _read_file(self.root / name, limit)

    def start(self, name: str) -> bytes:
        path = self.root / name
        with suppress(OSError):
            if stat.S_ISREG(os.lstat(path).st_mode):
                with path.open("rb") as stream:
                    return stream.read(START)
        return b""


class Listed(Submissions):
    """Files named by their paths."""

    def read(self, name: str, limit: int = MAX_BYTES) -> bytes | Refusal:
        return _read_file(Path(name), limit)


class Zip(Submissions):
    """The entries of a zip file, at a path or in memory, each read in memory within the bound on a sheet."""

    def __init__(self, path: Path | BytesIO) -> None:
        try:
            self.archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            reason = clean(str(getattr(error, "strerror", None) or error))[:80].lower()
            where = clean(str(path)) if isinstance(path, Path) else ""
            raise AccessError(f"it is not a readable zip file: {reason}.", where=where) from None
        self.entries: dict[str, zipfile.ZipInfo] = {}
        for info in self.archive.infolist()[:MAX_SHEETS]:
            parts = info.filename.replace("\\", "/").split("/")
            if not info.is_dir() and not any(map(_hidden, parts)):
                name = _as_packed(info)
                while name in self.entries:
                    name += " (again)"
                self.entries[name] = info

    def names(self) -> list[str]:
        return sorted(name for name in self.entries if not is_own(name, self.start))

    def start(self, name: str) -> bytes:
        content = self._read(name, START)
        return content if isinstance(content, bytes) else b""

    def read(self, name: str, limit: int = MAX_BYTES) -> bytes | Refusal:
        if self.entries[name].file_size > limit:
            return Refusal(f"it has more than {limit // 1024} KB")
        return self._read(name, limit + 1)

    def _read(self, name: str, limit: int) -> bytes | Refusal:
        info = self.entries[name]
        posix, windows = PurePosixPath(name), PureWindowsPath(name)
        if posix.is_absolute() or windows.drive or windows.root or ".." in windows.parts:
            return Refusal("its path in the zip file leads out of it")
        if stat.S_ISLNK(info.external_attr >> 16):
            return Refusal("it is a symbolic link")
        if info.compress_type not in PACKED:
            return Refusal("it is packed by a method other than deflate")
        try:
            with self.archive.open(info) as stream:
                return stream.read(limit)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
            return Refusal(f"it cannot be unpacked: {clean(str(error))[:80]}")


def open_source(path: Path, leave_out: Iterable[Path] = ()) -> Submissions:
    """The sheets at `path`. Raises AccessError where there is neither a folder nor a zip file."""
    if path.is_dir():
        return Folder(path, leave_out)
    if path.is_file():
        return Zip(path)
    raise AccessError("there is no such folder or zip file.", where=clean(str(path))[:200])


def _as_packed(info: zipfile.ZipInfo) -> str:
    """The entry's name. A Mac packs it in UTF-8 without saying so, and it is taken for code page 437."""
    if info.flag_bits & UTF_8 or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437").decode()
    except UnicodeError:
        return info.filename


def _hidden(name: str) -> bool:
    return (name.startswith(".") and not name.startswith("..")) or name in HIDDEN


def _read_file(path: Path, limit: int) -> bytes | Refusal:
    try:
        status = os.lstat(path)
        if stat.S_ISLNK(status.st_mode):
            return Refusal("it is a symbolic link")
        if not stat.S_ISREG(status.st_mode):
            return Refusal("it is not a file")
        if status.st_size > limit:
            return Refusal(f"it has more than {limit // 1024} KB")
        with path.open("rb") as stream:
            return stream.read(limit + 1)
    except (OSError, ValueError) as error:
        return Refusal(f"it cannot be read: {reason(error)}")

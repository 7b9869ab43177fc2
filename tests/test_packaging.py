"""What is shipped: one version, the public names, the entry point, the exercises and the lock."""

import re
import tomllib
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import backprop_tutor

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LOCK_OF_SITE = (ROOT / "docs" / "requirements.lock").read_text(encoding="utf-8")
EXTRAS = PROJECT["optional-dependencies"]


def test_the_version_has_one_source() -> None:
    assert backprop_tutor.__version__ == version("backprop-tutor") == PROJECT["version"]
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "backprop_tutor").rglob("*.py")]
    assert not any(f'"{PROJECT["version"]}"' in source for source in sources)


@pytest.mark.parametrize("name", backprop_tutor.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(backprop_tutor, name) is not None
    assert name in dir(backprop_tutor)


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'backprop_tutor' has no attribute 'sole'"):
        _ = backprop_tutor.sole


def test_the_command_is_installed() -> None:
    (command,) = entry_points(group="console_scripts", name="backprop-tutor")
    assert callable(command.load())


def test_the_shipped_exercises_are_found() -> None:
    shipped = sorted(path.stem for path in (ROOT / "exercises").glob("*.yaml"))
    assert {"exercise1", "exercise2", "exercise3"} <= set(shipped)
    for name in shipped:
        assert backprop_tutor.load(name).title


def locked(name: str, lock: str) -> set[str]:
    return set(re.findall(rf"^{re.escape(canonicalize_name(name))}==([^ ]+)", lock, re.MULTILINE))


@pytest.mark.parametrize(
    ("line", "lock"),
    [(line, LOCK) for line in [*PROJECT["dependencies"], *EXTRAS["test"]]]
    + [(line, LOCK_OF_SITE) for line in EXTRAS["docs"]],
)
def test_the_lock_holds_every_dependency_within_its_bounds(line: str, lock: str) -> None:
    requirement = Requirement(line)
    versions = locked(requirement.name, lock)
    assert versions
    assert all(version in requirement.specifier for version in versions)


def test_both_locks_agree() -> None:
    names = re.findall(r"^([\w.-]+)==", LOCK_OF_SITE, re.MULTILINE)
    apart = [name for name in names if locked(name, LOCK) not in (set(), locked(name, LOCK_OF_SITE))]
    assert apart == []


def test_the_locks_name_no_registry() -> None:
    assert "://" not in LOCK + LOCK_OF_SITE

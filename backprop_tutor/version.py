"""The version, as pyproject.toml gave it to the installed package."""

from importlib.metadata import PackageNotFoundError, version

__all__ = ["__version__"]

try:
    __version__ = version("backprop-tutor")
except PackageNotFoundError:  # a copy that is run without being installed
    __version__ = "unknown"

"""The version, as pyproject.toml gave it to the installed package."""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("backprop-tutor")

"""The public names of the package."""

import pytest

import backprop_tutor.language as language


def test_every_public_name_is_there_and_sorted() -> None:
    assert all(getattr(language, name) is not None for name in language.__all__)
    upper = [name for name in language.__all__ if name.isupper()]
    classes = [name for name in language.__all__ if name[0].isupper() and name not in upper]
    functions = [name for name in language.__all__ if name[0].islower()]
    assert language.__all__ == sorted(upper) + sorted(classes) + sorted(functions)
    assert set(language.__all__) <= set(dir(language))


def test_what_is_not_there_is_not_made_up() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        language.nothing  # noqa: B018

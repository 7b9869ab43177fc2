import backprop_tutor.exercise as package


def test_every_public_name_is_there() -> None:
    assert [name for name in package.__all__ if not hasattr(package, name)] == []

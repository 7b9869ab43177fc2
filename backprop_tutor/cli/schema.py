"""`schema`: the JSON Schema of exercise files."""

__all__ = ["schema"]


def schema() -> None:
    """Print the JSON Schema of exercise files, for completion in editors.

    Example: backprop-tutor schema > exercise.schema.json
    """
    import json

    from backprop_tutor.exercise.editor_schema import json_schema

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))

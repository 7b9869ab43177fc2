"""Programs: a student's own code, run in a process of its own and judged array by array."""

__all__: list[str] = []

"""What shows blocks: as Rich draws them, as plain lines."""

__all__ = []

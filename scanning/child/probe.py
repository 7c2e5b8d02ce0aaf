"""A program that does nothing: to see which layers hold."""


def run(_request: object) -> None:
    """Answer nothing."""

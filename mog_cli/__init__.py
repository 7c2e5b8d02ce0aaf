"""The `mog` command: find, buy, install and publish packages for AI agents."""

# The same number as in pyproject.toml (a test compares them). Asking importlib.metadata for it
# would cost more than the whole answer to `mog --version`.
__version__ = "0.1.0"

"""Settings of this project's own test runs: ``tests/`` and ``examples/``."""

# Only a conftest.py at the root may name plugins; pytester runs pytest inside a test.
pytest_plugins = ["pytester"]

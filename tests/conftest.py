"""What every room's tests may ask for by name: the real PostgreSQL and Redis of `tests/engines.py`."""

pytest_plugins = ["tests.engines", "tests.databases", "tests.required"]

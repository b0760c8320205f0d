"""Passwords that are hashed at once, for tests in which people sign up to do something else.

What hashing costs, and that a hash of yesterday's cost is renewed, is tested in `tests/readers`, at the real cost.
"""

import pytest
from argon2 import PasswordHasher

from paywall.readers import passwords


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with the least that argon2 allows."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

"""What all tests of /admin share."""

from tests.quick_passwords import quick_passwords

__all__ = ["quick_passwords"]

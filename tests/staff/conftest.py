"""The product with two newspapers, as the readers' tests have it."""

from tests.quick_passwords import quick_passwords
from tests.readers.conftest import product

__all__ = ["product", "quick_passwords"]

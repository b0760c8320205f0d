"""The product with two newspapers, as the readers' tests have it."""

from tests.readers.conftest import product

__all__ = ["product"]

"""What the front page needs: a product with two newspapers."""

from tests.readers.conftest import product

__all__ = ["product"]

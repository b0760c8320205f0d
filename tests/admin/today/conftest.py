"""What the front page needs: a product with two newspapers."""

from tests.readers.conftest import product, shared_product

__all__ = ["product", "shared_product"]

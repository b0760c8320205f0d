"""What the command line is tried on."""

from tests.articles.conftest import source

__all__ = ["source"]

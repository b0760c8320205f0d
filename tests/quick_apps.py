"""Applications that find their addresses and templates compiled: nine tenths of what making one and asking it costs.

Werkzeug writes and compiles two functions for each of some two hundred rules, and Jinja each template, anew for every
application. A served process makes one application, a session of tests some thousands.
"""

from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


@pytest.fixture(scope="session", autouse=True)
def quick_apps() -> Iterator[None]:
    """Compile what is the same text once."""
    patch = pytest.MonkeyPatch()
    patch.setattr(Rule, "_compile_builder", _compiled_once(Rule._compile_builder))
    patch.setitem(Flask.jinja_options, "bytecode_cache", _KeptTemplates())
    yield
    patch.undo()


def _compiled_once(compile_builder: Callable[[Rule, bool], Callable[..., Any]]) -> Callable[..., Callable[..., Any]]:
    known: dict[object, Callable[..., Any]] = {}

    def compile_once(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        key = rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown
        if key not in known:
            known[key] = compile_builder(rule, append_unknown)
        return known[key]

    return compile_once


class _KeptTemplates(BytecodeCache):
    """Templates by name and text, as Jinja keeps them in files, in memory."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._known[bucket.key, bucket.checksum] = bucket.code

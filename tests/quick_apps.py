"""Applications that find their addresses and templates compiled: nine tenths of what making one and asking it costs.

Werkzeug takes each of some two hundred rules apart and compiles two functions for it, and Jinja each template, anew
for every application. A served process makes one application, a session of tests some thousands.
"""

from collections.abc import Callable, Iterator
from types import CodeType, MethodType
from typing import Any, cast

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

Known = dict[object, dict[str, Any]]


@pytest.fixture(scope="session", autouse=True)
def quick_apps() -> Iterator[None]:
    """Compile what is the same text once."""
    patch = pytest.MonkeyPatch()
    patch.setattr(Rule, "compile", _compiled_once(Rule.compile))
    patch.setitem(Flask.jinja_options, "bytecode_cache", _KeptTemplates())
    yield
    patch.undo()


def _compiled_once(compile_rule: Callable[[Rule], None]) -> Callable[[Rule], None]:
    known: Known = {}

    def compile_once(rule: Rule) -> None:
        key = rule.rule, rule.subdomain, rule.host, rule.merge_slashes, repr(rule.defaults)
        if key not in known:
            compile_rule(rule)
            known[key] = {
                "_parts": rule._parts,
                "_trace": rule._trace,
                "_converters": rule._converters,
                "arguments": rule.arguments,
                "_build": cast(MethodType, rule._build).__func__,
                "_build_unknown": cast(MethodType, rule._build_unknown).__func__,
            }
        for name, value in known[key].items():
            setattr(rule, name, value.__get__(rule) if name.startswith("_build") else value)

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

"""The table of bad files, and the file that each of its rows means."""

import ast
import csv
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

CASES = Path(__file__).resolve().parent.parent / "cases" / "import.tsv"
HEADER = ("address", "plan", "amount", "currency")
GOOD = {"address": "good@example.com", "plan": "Gold", "amount": "999", "currency": "EUR"}
FIELDS = (*HEADER, "file")


def rows() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def rows_of(*kinds: str) -> list[ParameterSet]:
    return [pytest.param(row, id=row["id"]) for row in rows() if row["kind"] in kinds]


def file_of(row: dict[str, str]) -> bytes:
    """Return a file whose third line has the row's input in one of its cells; or the file that the input is."""
    value = _value(ast.parse(row["input"], mode="eval").body)
    if row["kind"] == "file":
        return value
    bad = {name: text.encode() for name, text in (GOOD | {"address": "other@example.com"}).items()} | {
        row["kind"]: value
    }
    lines = (",".join(HEADER).encode(), ",".join(GOOD.values()).encode(), b",".join(bad[name] for name in HEADER))
    return b"\n".join((*lines, b""))


def _value(node: ast.expr) -> bytes:
    """Read a row's input: texts and bytes as Python writes them, joined by + and repeated by *."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _value(node.left) + _value(node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return _value(node.left) * int(ast.literal_eval(node.right))
    value = ast.literal_eval(node)
    assert isinstance(value, str | bytes)
    return value.encode() if isinstance(value, str) else value

"""Reads the product's imports and says which of them cross a wall of the house; used by `test_architecture`."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOMS_FROM_BELOW = (
    ("ground",),
    ("publishers",),
    ("letters",),
    ("web",),
    ("readers",),
    ("staff",),
    ("entitlements",),
    ("meter", "articles", "billing", "telling"),
    ("importing",),
    ("gate",),
    ("business", "readership"),
    ("wall",),
    ("newsroom", "account", "api", "admin"),
    ("sandbox",),
    ("top",),
    ("demo",),
    ("cli",),
)
TOP = {"app", "local", "work"}
LEVEL = {room: number for number, rooms in enumerate(ROOMS_FROM_BELOW) for room in rooms}
ONE_DOOR = {"stripe": "paywall/billing/stripe_gateway.py", "redis": "paywall/meter/redis_store.py"}
PURE = ("rules", "decision", "decide", "windows", "status")
WALL_MAY_KNOW = {
    "paywall.gate.decision",
    "paywall.gate.signed_passes.rules",
    "paywall.articles.body.tangles",
    "paywall.articles.body.words",
    "paywall.aside",
    "paywall.clock",
    "paywall.errors",
    "paywall.web.addresses",
}
"""All of them know only the standard library, so the wall can be installed alone."""
SANDBOX_MAY_KNOW = {"paywall.clock", "paywall.installation"}
SANDBOX_GUESTS = {"demo", "cli"}
ROWS = {"AccessEvent", "Article", "EntitlementRow", "Invoice", "Publisher", "Reader", "Subscription"}
"""Rows that another room may name, as a type or to join with; see docs/decisions/rows-travel-verbs-stay.md."""


@dataclass(frozen=True)
class Import:
    """One import of one file: `module` is the full dotted name, with the imported name where that is a module.

    `names` are the names taken from it, none where the module itself is taken.
    """

    file: str
    line: int
    module: str
    names: tuple[str, ...] = ()

    @property
    def room(self) -> str:
        return room_of(self.file.removesuffix(".py").replace("/", "."))


def imports_of(root: Path) -> Iterator[Import]:
    """Yield every import below `root`/paywall."""
    for path in sorted((root / "paywall").rglob("*.py")):
        name = str(path.relative_to(root))
        for node in ast.walk(ast.parse(path.read_text())):
            for module, names in _modules(node, root):
                yield Import(name, getattr(node, "lineno", 0), module, names)


def _modules(node: ast.AST, root: Path) -> list[tuple[str, tuple[str, ...]]]:
    if isinstance(node, ast.Import):
        return [(alias.name, ()) for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [_module_or_name(root, node.module, alias.name) for alias in node.names]
    return []


def _module_or_name(root: Path, module: str, name: str) -> tuple[str, tuple[str, ...]]:
    path = root / module.replace(".", "/") / name
    is_module = path.with_suffix(".py").exists() or path.is_dir()
    return (f"{module}.{name}", ()) if is_module else (module, (name,))


def room_of(module: str) -> str:
    parts = module.split(".")
    if len(parts) > 1 and parts[1] in LEVEL:
        return parts[1]
    return "top" if len(parts) > 1 and parts[1] in TOP else "ground"


def wrong(one: Import) -> str | None:
    """Return what is wrong with an import, and what to do instead; None if nothing is."""
    outside = one.module.split(".")[0]
    if outside in ONE_DOOR and one.file != ONE_DOOR[outside]:
        return f"{outside} has one door, {ONE_DOOR[outside]}: add what you need there"
    if _is_pure(one.file) and outside != "paywall" and outside not in sys.stdlib_module_names:
        return "rules know only the standard library: take what you need as an argument"
    return _wrong_between_rooms(one) if outside == "paywall" else None


def _is_pure(file: str) -> bool:
    return Path(file).stem in PURE


def _takes_more_than_rows(one: Import) -> bool:
    return one.module.endswith("tables") and not (one.names and ROWS.issuperset(one.names))


def _wrong_between_rooms(one: Import) -> str | None:
    ours, theirs = one.room, room_of(one.module)
    if ours == theirs:
        return None
    crossed = (
        (ours == "wall" and one.module not in WALL_MAY_KNOW, "the wall knows only the Decision: hand it a function"),
        (ours == "sandbox" and one.module not in SANDBOX_MAY_KNOW, "the sandbox stands alone: use Stripe's wire"),
        (theirs == "sandbox" and ours not in SANDBOX_GUESTS, "only the demo knows the sandbox: use the gateway"),
        (LEVEL[theirs] >= LEVEL[ours], f"{ours} stands below or beside {theirs}: hand it in from app.py"),
        (_takes_more_than_rows(one), "of tables only the rows are for others: call a verb of that room, or write one"),
        (one.module.endswith(".views") and ours not in ("top", "demo"), "views are app.py's business: call a use case"),
    )
    return next((advice for is_crossed, advice in crossed if is_crossed), None)

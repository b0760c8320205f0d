"""Charts as numbers for an SVG: bars from zero upwards and downwards, one beside the other, stacked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 1000, 200
_FILLED = 0.8
"""Of its place, so much is a bar."""

Label = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of bar: `kind` is its class, `is_down` hangs it below zero; values are not negative."""

    kind: str
    words: str
    values: Sequence[int]
    is_down: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle, and what it says when pointed at."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """All rectangles, and what stands at the axes."""

    bars: tuple[Bar, ...]
    zero: float
    top: str
    bottom: str
    """Empty where nothing hangs below zero."""
    first: str
    last: str
    legend: tuple[tuple[str, str], ...]


def draw(names: Sequence[str], series: Sequence[Series], label: Label) -> Chart:
    """Return the chart of series over the same parts of a period; `label` writes a value."""
    up, down = _tallest(series, is_down=False), _tallest(series, is_down=True)
    scale = HEIGHT / max(up + down, 1)
    zero = round(up * scale, 2) if up + down else HEIGHT
    bars = tuple(
        bar for place, name in enumerate(names) for bar in _stack(place, name, names, series, (zero, scale, label))
    )
    legend = tuple((one.kind, one.words) for one in series) if len(series) > 1 else ()
    bottom = f"\N{MINUS SIGN}{label(down)}" if down else ""
    return Chart(bars, zero, label(up), bottom, names[0], names[-1], legend)


def _tallest(series: Sequence[Series], *, is_down: bool) -> int:
    which = [one.values for one in series if one.is_down is is_down]
    return max((sum(values) for values in zip(*which, strict=True)), default=0)


def _stack(
    place: int, name: str, names: Sequence[str], series: Sequence[Series], how: tuple[float, float, Label]
) -> list[Bar]:
    zero, scale, label = how
    slot, bars, heights = WIDTH / len(names), [], {False: 0.0, True: 0.0}
    for one in series:
        value = one.values[place]
        size = value * scale
        y = zero + heights[True] if one.is_down else zero - heights[False] - size
        heights[one.is_down] += size
        if value:
            x, words = slot * (place + (1 - _FILLED) / 2), f"{name}: {one.words} {label(value)}"
            bars.append(Bar(one.kind, round(x, 2), round(y, 2), round(slot * _FILLED, 2), round(size, 2), words))
    return bars

"""The publisher's accent colour, made readable: darker or lighter until text and buttons can be read on our papers."""

import colorsys
import re
from dataclasses import dataclass

LIGHT_PAPER = "#fbf9f4"
DARK_PAPER = "#161513"
FALLBACK = "#8a1c1c"
TEXT_CONTRAST = 7.0
BUTTON_CONTRAST = 4.5
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Accent:
    """One colour for one paper: as text on it, and as the ground of a button whose label has the paper's colour."""

    text: str
    button: str


def accent_on(colour: str, paper: str) -> Accent:
    """Return `colour` (#rrggbb; anything else counts as our own red) as it can be used on `paper`."""
    known = colour if re.fullmatch(r"#[0-9a-fA-F]{6}", colour) else FALLBACK
    return Accent(_readable(known, paper, TEXT_CONTRAST), _readable(known, paper, BUTTON_CONTRAST))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours as WCAG 2 defines it, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _readable(colour: str, paper: str, ratio: float) -> str:
    """Return `colour` in the nearest lightness, away from the paper's, that gives the ratio against it."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(value / 255 for value in _channels(colour)))
    furthest = 1.0 if _luminance(paper) < 0.18 else 0.0
    shades = (lightness + (furthest - lightness) * step / _STEPS for step in range(_STEPS + 1))
    mixed = (_hex(colorsys.hls_to_rgb(hue, shade, saturation)) for shade in shades)
    return next(candidate for candidate in mixed if contrast(candidate, paper) >= ratio)


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(value * 255):02x}" for value in channels)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(value / 255) for value in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)

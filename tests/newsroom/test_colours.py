"""The publisher's colour can be read on our papers, whatever it is."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paywall.newsroom import colours
from paywall.newsroom.colours import DARK_PAPER, FALLBACK, LIGHT_PAPER, accent_on, contrast

PAPERS = [LIGHT_PAPER, DARK_PAPER]


@given(st.integers(0, 0xFFFFFF).map("#{:06x}".format), st.sampled_from(PAPERS))
def test_every_colour_becomes_readable_as_text_and_as_a_button(colour: str, paper: str) -> None:
    accent = accent_on(colour, paper)
    assert contrast(accent.text, paper) >= 7
    assert contrast(accent.button, paper) >= 4.5


def test_a_colour_that_can_be_read_is_left_as_it_is() -> None:
    assert accent_on("#8a1c1c", LIGHT_PAPER).text == "#8a1c1c"


@pytest.mark.parametrize("colour", ["", "red", "#fff", "#8a1c1c;}", "#8a1c1c\n", "url(x)", "#gggggg"])
def test_what_is_no_colour_becomes_our_own_red(colour: str) -> None:
    assert accent_on(colour, LIGHT_PAPER) == accent_on(FALLBACK, LIGHT_PAPER)


def test_contrast_is_measured_as_wcag_measures_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_papers_are_those_of_the_stylesheet() -> None:
    css = (Path(colours.__file__).parent / "static" / "paper.css").read_text()
    light, dark = css.split("@media screen and (prefers-color-scheme: dark)")[:2]
    assert f"--paper: {LIGHT_PAPER};" in light
    assert f"--paper: {DARK_PAPER};" in dark


@pytest.mark.parametrize(("part", "paper"), [(0, LIGHT_PAPER), (1, DARK_PAPER)])
@pytest.mark.parametrize("name", ["ink", "quiet", "bad", "good"])
def test_the_stylesheets_own_inks_are_readable(name: str, part: int, paper: str) -> None:
    css = (Path(colours.__file__).parent / "static" / "paper.css").read_text()
    block = css.split("@media screen and (prefers-color-scheme: dark)")[part]
    ink = block.split(f"--{name}: ")[1][:7]
    assert contrast(ink, paper) >= 7

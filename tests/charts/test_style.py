"""The palette: contrast on its surface, colours apart also without red-green vision, the same in the CSS."""

import re
from pathlib import Path

import numpy as np
import pytest

from evidence.charts.theme import PALETTE, SERIES

CSS = Path(__file__).parents[2] / "_static" / "evidence.css"
SCHEMES = ("light", "dark")

# Machado, Oliveira and Fernandes (2009), table for severity 1.0, on linear RGB.
NO_RED = np.array(
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
)
NO_GREEN = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)


def linear(colour):
    """sRGB to linear light (IEC 61966-2-1)."""
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def luminance(colour):
    return linear(colour) @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    """WCAG 2.2 contrast ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    """Linear RGB to CIE L*a*b*, white D65."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ rgb
    x, y, z = np.cbrt(np.clip(xyz, 0.00886, None) / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["surface", "panel"])
@pytest.mark.parametrize("role", ["ink", "muted", *SERIES, "ochre"])
def test_text_colours_reach_wcag_aa_for_text(scheme, ground, role):
    colour, back = (getattr(PALETTE[name], scheme) for name in (role, ground))
    assert contrast(colour, back) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axis_lines_reach_wcag_aa_for_graphics(scheme):
    assert contrast(getattr(PALETTE["edge"], scheme), getattr(PALETTE["surface"], scheme)) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("vision", [np.eye(3), NO_RED, NO_GREEN], ids=["usual", "protanopia", "deuteranopia"])
def test_the_two_arms_differ_for_every_vision(scheme, vision):
    arms = [lab(np.clip(vision @ linear(getattr(PALETTE[role], scheme)), 0, 1)) for role in SERIES[:2]]
    assert np.linalg.norm(arms[0] - arms[1]) > 40


def test_light_colours_are_unique_because_they_stand_for_their_roles():
    light = [shade.light for shade in PALETTE.values()]
    assert len(set(light)) == len(light)


def test_the_style_sheet_holds_the_palette():
    css = CSS.read_text(encoding="utf-8")
    light, dark = css.split('html[data-theme="dark"]', 1)
    for scheme, block in (("light", light), ("dark", dark.split("}", 1)[0])):
        found = dict(re.findall(r"--ev-(\w+): (#\w{6});", block))
        assert found == {role: getattr(shade, scheme) for role, shade in PALETTE.items()}

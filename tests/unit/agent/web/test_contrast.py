"""Every pair of text and background in the style sheet reaches WCAG 2.2 AA: 4.5 to 1."""

from __future__ import annotations

import re

import pytest
from data_agent.web.render import STATIC

PAIRS = [
    ("ink", "bg"), ("ink", "surface"), ("ink", "sunk"), ("soft", "bg"), ("soft", "surface"),
    ("soft", "sunk"), ("accent", "bg"), ("accent", "surface"), ("accent", "accent-wash"),
    ("accent", "sunk"), ("accent-ink", "accent"), ("good", "good-wash"), ("bad", "bad-wash"),
    ("bad", "surface"), ("warn", "warn-wash"),
]  # fmt: skip
SCHEMES = re.findall(r":root \{(.*?)\}", (STATIC / "style.css").read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_is_readable(scheme: int, text: str, ground: str) -> None:
    colours = dict(re.findall(r"--([\w-]+): #([0-9a-f]{6})", SCHEMES[scheme]))
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["bg", "surface"])
def test_edges_of_controls_are_visible(scheme: int, ground: str) -> None:
    colours = dict(re.findall(r"--([\w-]+): #([0-9a-f]{6})", SCHEMES[scheme]))
    assert contrast(colours["edge"], colours[ground]) >= 3  # WCAG 1.4.11


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

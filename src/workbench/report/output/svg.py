"""Figures as SVG that stands within a page."""

from __future__ import annotations

import html
import io
import re
import threading
from typing import Any

import matplotlib
from matplotlib.figure import Figure

_DRAWING = threading.Lock()
_SETTINGS: Any = {"svg.fonttype": "none", "svg.hashsalt": "workbench"}
_BARE = {"Date": None, "Creator": None, "Format": None, "Type": None}
# Matplotlib sets joins and caps by a sheet for all elements. Within a page it would reach them all,
# and a browser that meets another sheet looks at every element again: a tenth of a second a time.
_SHEET = re.compile(r"<defs>\s*<style type=\"text/css\">\*\{[^}]*\}</style>\s*</defs>")
AS_SHEET = 'stroke-linejoin="round" stroke-linecap="butt"'


def as_svg(figure: Figure, label: str) -> str:
    """Return a figure as SVG that grows with its place; text stays text.

    Parameters
    ----------
    figure : Figure
    label : str
        What a reader who cannot see it is told.
    """
    text = io.StringIO()
    # Its settings are the process's: of two pages drawn at once, one would get them back too early.
    with _DRAWING, matplotlib.rc_context(_SETTINGS):
        figure.savefig(text, format="svg", metadata=_BARE)
    drawn = _SHEET.sub("", text.getvalue())
    start = drawn.index("<svg") + len("<svg")
    aria_label = html.escape(label, quote=True)
    return f'<svg role="img" aria-label="{aria_label}" class="wb-figure" {AS_SHEET}{drawn[start:]}'

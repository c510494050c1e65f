"""A page's table as HTML, from the JSON that a notebook holds; every text is escaped."""

from __future__ import annotations

import html
from typing import Any

_WIDE, _HIGH = 90, 22  # of a small curve, in pixels


def rows_html(content: dict[str, Any]) -> str:
    """Return a table as HTML.

    Parameters
    ----------
    content : dict
        From `workbench.report.output.row_table.RowTable`.
    """
    kinds = [column["kind"] for column in content["head"]]
    head = "".join(
        f'<th scope="col" class="{_side(kind)}">{html.escape(column["label"])}</th>'
        for kind, column in zip(kinds, content["head"], strict=True)
    )
    body = "".join(
        "<tr>" + "".join(map(_cell_html, kinds, row)) + "</tr>\n" for row in content["rows"]
    )
    note = f'<span class="soft">{html.escape(content["note"])}</span>' if content["note"] else ""
    return (
        f'<div class="table rows" id="table-{html.escape(content["name"])}"><table>'
        f"<caption>{html.escape(content['title'])} {note}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _side(kind: str) -> str:
    return "left" if kind == "text" else "right"


def _cell_html(kind: str, cell: dict[str, Any]) -> str:
    inner = _curve_svg(cell["curve"]) if "curve" in cell else html.escape(cell["text"])
    number = cell.get("value")
    value = f' data-value="{number:.6f}"' if isinstance(number, float) else ""
    return f'<td class="{_side(kind)}"{value}>{inner}</td>'


def _curve_svg(shares: list[float]) -> str:
    step = _WIDE / max(len(shares) - 1, 1)
    points = " ".join(
        f"{at * step:.1f},{1 + (1 - share) * (_HIGH - 2):.1f}" for at, share in enumerate(shares)
    )
    label = f"from {shares[0]:.0%} to {shares[-1]:.0%}"
    return (
        f'<svg class="curve" role="img" aria-label="{label}" width="{_WIDE}" height="{_HIGH}" '
        f'viewBox="0 0 {_WIDE} {_HIGH}"><title>{label}</title>'
        f'<polyline points="{points}"/></svg> {shares[-1]:.0%}'
    )

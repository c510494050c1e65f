"""Sliders that need no kernel and no network: precomputed outcomes, and a script to read them.

With scripts off, and on paper, a table of the ends of each lever stands in their place.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from workbench.report.amounts import money

if TYPE_CHECKING:  # the runner draws pages and evaluates no plan
    from workbench.plans.evaluate.precomputed import PrecomputedOutcomes

MIME = "application/vnd.workbench.sliders+json"
_TEMPLATES = Path(__file__).parents[1] / "page_template"
SCRIPT = (_TEMPLATES / "sliders.js").read_text(encoding="utf-8")
STYLE = (_TEMPLATES / "sliders.css").read_text(encoding="utf-8")


def allowed(script: str) -> str:
    """Return what a page's policy says to let a script run: this one, to the letter, and no other.

    Parameters
    ----------
    script : str
        As it stands in the page.
    """
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"


ALLOWED = allowed(SCRIPT)


def sliders_html(outcomes: Mapping[str, Any]) -> str:
    """Return sliders as a part of a page that holds `SCRIPT` and `STYLE` once.

    Parameters
    ----------
    outcomes : mapping
        `dataclasses.asdict` of `workbench.plans.evaluate.precomputed.PrecomputedOutcomes`.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("sliders.html.j2").render(
        outcomes=outcomes,
        content=script_json(outcomes),
        money=lambda value: money(value, outcomes["currency"]),
    )


def script_json(content: Any) -> str:
    r"""Return JSON that no name can end early: within it there is neither tag nor entity.

    Parameters
    ----------
    content : object
        What JSON can hold; no NaN.

    Examples
    --------
    >>> script_json({"name": "</script>"})
    '{"name": "\\u003c/script\\u003e"}'
    """
    text = json.dumps(content, ensure_ascii=True, allow_nan=False)
    for mark in "<>&":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


@dataclass(frozen=True)
class Sliders:
    """Outcomes that a notebook shows: as sliders in the lab and on the report's page.

    Parameters
    ----------
    outcomes : PrecomputedOutcomes
    """

    outcomes: PrecomputedOutcomes

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        content = asdict(self.outcomes)
        page = f"<style>{STYLE}</style>{sliders_html(content)}<script>{SCRIPT}</script>"
        return {
            MIME: content,
            "text/html": page,
            "text/plain": f"sliders, {len(self.outcomes.accounts)}",
        }

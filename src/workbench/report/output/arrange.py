"""The order of a page: the answer first, what it rests on last.

A notebook computes downwards, data first. Its page begins with the title and its question, and with
what the cells tagged ``answer`` show: the answer, one figure, then the rest. The sections that were
computed before them (data, model, gates) come last, unless their heading is tagged ``detail``.
"""

from __future__ import annotations

import copy
import re

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from workbench.report.output.kinds import ANSWER as SAID
from workbench.report.output.kinds import SVG

ANSWER, DETAIL = "answer", "detail"
TITLE, BEHIND = "title", "behind"
_NOTHING = {"text/plain": "None"}  # what a cell shows that had nothing to show
_HEADING = re.compile(r"^##? .*$", re.MULTILINE)


def arrange(notebook: NotebookNode) -> NotebookNode:
    """Return a copy whose cells stand in the page's order, each with its place in the metadata.

    Parameters
    ----------
    notebook : NotebookNode
        Executed. Where no cell tagged ``answer`` left an output, as when a gate stopped the run,
        the order stays.

    Returns
    -------
    NotebookNode
        ``place`` of each cell is title, answer, detail or behind; ``opens`` lists what the page
        sets before it: ``line`` before the first that is no title, ``contents`` before the first
        after the answer, ``behind`` before the first that the answer rests on.
    """
    arranged = copy.deepcopy(notebook)
    for cell in arranged.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("data") != _NOTHING]
    cells = [cell for cell in arranged.cells if not _is_bare(cell)]
    titles = [cell for cell in cells[:1] if cell.cell_type == "markdown"]
    sections = _sections(cells[len(titles) :])
    lifted = [cell for section in sections for cell in section if _tagged(cell, ANSWER)]
    answered = any(cell.get("outputs") for cell in lifted)
    if answered:
        titles, said_later = _question_alone(titles)
        lifted = _first_screen([part for cell in lifted for part in _one_output_each(cell)])
        lifted += said_later
    holds = [any(_tagged(cell, ANSWER) for cell in section) for section in sections]
    first = holds.index(True) if answered else 0
    places = {TITLE: titles, ANSWER: lifted if answered else [], DETAIL: [], BEHIND: []}
    for at, section in enumerate(sections):
        before = at < first and not _tagged(section[0], DETAIL)
        rest = [cell for cell in section if not (answered and _tagged(cell, ANSWER))]
        places[BEHIND if before else DETAIL] += rest
    arranged.cells = [_placed(cell, place) for place, part in places.items() for cell in part]
    _mark_openings(arranged.cells)
    return arranged


def _mark_openings(cells: list[NotebookNode]) -> None:
    seen: set[str] = set()
    for cell in cells:
        place = cell.metadata["place"]
        here = {
            "line": place != TITLE,
            "contents": place in (DETAIL, BEHIND),
            "behind": place == BEHIND,
        }
        cell.metadata["opens"] = [name for name, now in here.items() if now and name not in seen]
        seen.update(cell.metadata["opens"])


def _placed(cell: NotebookNode, place: str) -> NotebookNode:
    cell.metadata["place"] = place
    if place == ANSWER and cell.cell_type == "markdown":
        cell.source = _HEADING.sub("", cell.source).strip()
    return cell


def _is_bare(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and not cell.outputs


def _shows(cell: NotebookNode, kind: str) -> bool:
    return any(kind in output.get("data", {}) for output in cell.get("outputs", ()))


def _question_alone(titles: list[NotebookNode]) -> tuple[list[NotebookNode], list[NotebookNode]]:
    """Part a title and its question from whatever is explained below them."""
    rest = []
    for cell in titles:
        heading, question, *more = [*cell.source.split("\n\n", 2), "", ""]
        cell.source = f"{heading}\n\n{question}".strip()
        rest += [new_markdown_cell(more[0])] if more[0].strip() else []
    return titles, rest


def _one_output_each(cell: NotebookNode) -> list[NotebookNode]:
    outputs = cell.get("outputs", [])
    if len(outputs) < 2:
        return [cell]
    parts = []
    for at, output in enumerate(outputs):
        own = {"id": f"{cell.id}-{at}", "outputs": [output], "metadata": copy.copy(cell.metadata)}
        parts.append(NotebookNode({**cell, **own}))
    return parts


def _first_screen(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Put the answer first, then the first figure: what a reader sees without scrolling."""
    answer = [cell for cell in cells if _shows(cell, SAID)]
    figures = [cell for cell in cells if _shows(cell, SVG)]
    first = [*answer, *figures[:1]]
    return first + [cell for cell in cells if not any(cell is one for one in first)]


def _sections(cells: list[NotebookNode]) -> list[list[NotebookNode]]:
    found: list[list[NotebookNode]] = []
    for cell in cells:
        if not found or (cell.cell_type == "markdown" and _HEADING.match(cell.source)):
            found.append([])
        found[-1].append(cell)
    return found


def _tagged(cell: NotebookNode, tag: str) -> bool:
    return tag in cell.metadata.get("tags", ())

"""Plans as files: save, open, compare, and print as a document."""

from __future__ import annotations

from pathlib import Path

import ipywidgets as widgets

from workbench.apps.planner.controls import button, control, heard, row, section
from workbench.apps.planner.session import PlanSession
from workbench.core.errors import DataError
from workbench.plans.plan.saved import file_name, load_plan, plan_names
from workbench.report.plan.document import plan_document
from workbench.report.plan.markup import comparison_html, download_html, note_html


def saved_plans_panel(session: PlanSession) -> widgets.VBox:
    """Return the part of the page that saves, opens and compares plans."""
    beside, table = widgets.HTML(), widgets.HTML()
    name = control(widgets.Text, "Name of the plan", continuous_update=False)
    saved = control(widgets.Select, "Saved plans", rows=5)
    others = control(widgets.SelectMultiple, "Compare with (several: hold Ctrl)", rows=5)

    def rename(new: str) -> None:
        wanted = new.strip()
        if not wanted:
            beside.value = note_html("A plan needs a name.", wrong=True)
        else:
            session.set_plan(session.plan.model_copy(update={"name": wanted}))

    def save() -> None:
        stored = session.save()
        fill()
        beside.value = note_html(f"Saved as {stored.path.name}.")

    def open_one() -> None:
        names = plan_names(session.folder)
        if saved.value not in names:
            fill()
            beside.value = note_html("Pick one of the saved plans first.", wrong=True)
            return
        session.open(names[saved.value])
        beside.value = note_html(f"Opened {names[saved.value].name}.")

    def compare_them() -> None:
        table.value, beside.value = _compared(session, list(others.value))

    def fill() -> None:
        names = list(plan_names(session.folder))
        kept = saved.value if saved.value in names else None
        chosen = [one for one in others.value if one in names]
        saved.options, others.options = names, names
        saved.value, others.value = kept, chosen

    def follow() -> None:
        if name.value != session.plan.name:
            name.value = session.plan.name

    fill()
    session.watch(follow)
    heard(name, beside, rename)
    return section(
        "Plans as files",
        row(name, button("Save", save, beside, "primary")),
        beside,
        row(saved, others),
        row(
            button("Open", open_one, beside),
            button("Compare", compare_them, beside),
            button("Look for new files", fill, beside),
        ),
        table,
        _document_panel(session),
    )


def _document_panel(session: PlanSession) -> widgets.VBox:
    link = widgets.HTML()

    def print_it() -> None:
        page = plan_document(session.planner, session.plan, session.prob)
        link.value = download_html(page, Path(file_name(session.plan.name)).stem + ".html")

    def follow() -> None:
        link.value = ""  # of the plan as it was

    session.watch(follow)
    return widgets.VBox([row(button("Make the plan's document", print_it, link)), link])


def _compared(session: PlanSession, wanted: list[str]) -> tuple[str, str]:
    """Return the comparison of the session's plan with saved ones, and a note."""
    names, plans, left_out = plan_names(session.folder), [session.plan], []
    for one in wanted:
        try:
            plan = load_plan(names[one], session.planner.catalogue, session.planner.book).plan
        except (DataError, KeyError):
            left_out.append(one)
            continue
        if (plan.accounts, plan.where) == (session.plan.accounts, session.plan.where):
            plans.append(plan)
        else:
            left_out.append(one)
    left_text = f"For other accounts, or not readable: {', '.join(left_out)}." if left_out else ""
    if not wanted:
        return "", note_html("Pick saved plans to compare with.", wrong=True)
    compared = session.comparison(tuple(plans))
    table = comparison_html(compared.summary, session.planner.book.currency, session.prob)
    return table, note_html(left_text, wrong=True)

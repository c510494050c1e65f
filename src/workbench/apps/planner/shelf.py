"""Plans as files: save, open, compare, and print as a document."""

from __future__ import annotations

from pathlib import Path

import ipywidgets as widgets

from workbench.apps.planner.controls import button, control, heard, row, section
from workbench.apps.planner.desk import Desk
from workbench.core.errors import DataError
from workbench.plans.plan_folder import file_name, load_plan, plan_names
from workbench.report.plan_document import plan_document
from workbench.report.plan_markup import comparison_table, download, note


def shelf(desk: Desk) -> widgets.VBox:
    """Return the part of the page that saves, opens and compares plans."""
    beside, table = widgets.HTML(), widgets.HTML()
    name = control(widgets.Text, "Name of the plan", continuous_update=False)
    saved = control(widgets.Select, "Saved plans", rows=5)
    others = control(widgets.SelectMultiple, "Compare with (several: hold Ctrl)", rows=5)

    def rename(new: str) -> None:
        wanted = new.strip()
        if not wanted:
            beside.value = note("A plan needs a name.", wrong=True)
        else:
            desk.put(desk.plan.model_copy(update={"name": wanted}))

    def save() -> None:
        stored = desk.save()
        fill()
        beside.value = note(f"Saved as {stored.path.name}.")

    def open_one() -> None:
        names = plan_names(desk.folder)
        if saved.value not in names:
            fill()
            beside.value = note("Pick one of the saved plans first.", wrong=True)
            return
        desk.open(names[saved.value])
        beside.value = note(f"Opened {names[saved.value].name}.")

    def compare_them() -> None:
        table.value, beside.value = _compared(desk, list(others.value))

    def fill() -> None:
        names = list(plan_names(desk.folder))
        kept = saved.value if saved.value in names else None
        chosen = [one for one in others.value if one in names]
        saved.options, others.options = names, names
        saved.value, others.value = kept, chosen

    def follow() -> None:
        if name.value != desk.plan.name:
            name.value = desk.plan.name

    fill()
    desk.watch(follow)
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
        _press(desk),
    )


def _press(desk: Desk) -> widgets.VBox:
    link = widgets.HTML()

    def print_it() -> None:
        page = plan_document(desk.planner, desk.plan, desk.prob)
        link.value = download(page, Path(file_name(desk.plan.name)).stem + ".html")

    def follow() -> None:
        link.value = ""  # of the plan as it was

    desk.watch(follow)
    return widgets.VBox([row(button("Make the plan's document", print_it, link)), link])


def _compared(desk: Desk, wanted: list[str]) -> tuple[str, str]:
    """Return the comparison of the plan on the desk with saved ones, and what is to be said."""
    names, plans, left_out = plan_names(desk.folder), [desk.plan], []
    for one in wanted:
        try:
            plan = load_plan(names[one], desk.planner.catalogue, desk.planner.book).plan
        except (DataError, KeyError):
            left_out.append(one)
            continue
        if (plan.accounts, plan.where) == (desk.plan.accounts, desk.plan.where):
            plans.append(plan)
        else:
            left_out.append(one)
    words = f"For other accounts, or not readable: {', '.join(left_out)}." if left_out else ""
    if not wanted:
        return "", note("Pick saved plans to compare with.", wrong=True)
    told = desk.told(tuple(plans))
    table = comparison_table(told.summary, desk.planner.book.currency, desk.prob)
    return table, note(words, wrong=True)

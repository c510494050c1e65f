"""Saved plans: save, open, compare, and print as a document."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import ipywidgets as widgets

from workbench.apps.planner.clash import ClashPanel
from workbench.apps.planner.controls import button, control, fading_note, heard, row, section
from workbench.apps.planner.session import PlanSession
from workbench.core.errors import DataError, ParameterError
from workbench.plans.plan.document import ALL, Plan
from workbench.plans.plan.file import require_whole
from workbench.plans.plan.saved import plan_names
from workbench.plans.store.conflict import EditConflict, path_text
from workbench.plans.store.exchange import Imported, import_files
from workbench.plans.store.records import PLANS
from workbench.plans.store.rows import Stored
from workbench.plans.store.store import key_of
from workbench.report.plan.document import plan_document
from workbench.report.plan.markup import download_html, note_html
from workbench.report.plan.tables import comparison_html


def saved_plans_panel(session: PlanSession) -> widgets.VBox:
    """Return the part of the page that saves, opens and compares plans.

    Parameters
    ----------
    session : PlanSession
        Watched for as long as the page lives.
    """
    beside, table = fading_note(session), fading_note(session)
    name = control(widgets.Text, "Name of the plan", continuous_update=False)
    saved = control(widgets.Select, "Saved plans (name · account · saved by · on)", rows=5)
    others = control(widgets.SelectMultiple, "Compare with (several: hold Ctrl)", rows=5)
    clash = ClashPanel(session)

    def save() -> None:
        clash.close()
        try:
            stored = session.save()
        except EditConflict as conflict:
            clash.show(conflict, done)
            return
        done(stored)

    def done(stored: Stored[Plan]) -> None:
        fill()
        taken = "; ".join(path_text(change.path) for change in stored.merged)
        more = f" Taken over from others: {taken}." if taken else ""
        beside.value = note_html(f"Saved as {stored.key}, version {stored.version}.{more}")

    def open_one() -> None:
        wanted = saved.value
        fill()
        if wanted not in [key for _, key in saved.options]:
            beside.value = note_html("Pick one of the saved plans first.", wrong=True)
            return
        session.open(wanted)
        beside.value = note_html(f"Opened {session.plan.name}.")

    def compare_them() -> None:
        table.value, beside.value = _compared(session, list(others.value))

    def fill() -> None:
        stored = session.store.current(PLANS)
        options = [(_line_text(session, one), key) for key, one in _listed(session, stored)]
        keys = [key for _, key in options]
        kept = saved.value if saved.value in keys else None
        chosen = [one for one in others.value if one in keys]
        saved.options, others.options = options, options
        saved.value, others.value = kept, chosen
        look(stored)

    def bring_in() -> None:
        found = _import(session)
        fill()
        found.require_whole()
        beside.value = note_html(f"Brought in: {len(found.saved)}; there already: {found.same}.")

    files, look = _files_row(session, bring_in, beside)
    fill()
    session.watch(clash.close)
    _bind_name(session, name, beside)
    return section(
        "Saved plans",
        row(name, button("Save", save, beside, "primary")),
        beside,
        clash.box,
        row(saved, others),
        row(
            button("Open", open_one, beside),
            button("Compare", compare_them, beside),
            button("Look for new plans", fill, beside),
        ),
        files,
        table,
        _document_panel(session),
    )


def _listed(
    session: PlanSession, stored: Mapping[str, Stored[Plan]]
) -> list[tuple[str, Stored[Plan]]]:
    """Return the plans whose accounts this visitor sees, those of the account at hand first."""
    known = session.planner.book.account_keys

    def of(one: Stored[Plan]) -> tuple[str, ...]:
        return one.value.accounts if one.value else ()

    seen = [each for each in stored.items() if of(each[1]) == (ALL,) or known >= {*of(each[1])}]
    latest = sorted(seen, key=lambda each: each[1].saved_at, reverse=True)
    return sorted(latest, key=lambda each: of(each[1]) != session.plan.accounts)


def _line_text(session: PlanSession, stored: Stored[Plan]) -> str:
    plan = stored.value
    assert plan is not None
    names = session.planner.book.accounts.set_index("account_id")["name"]
    first, *rest = plan.accounts
    whom = "all accounts" if first == ALL else str(names.get(first, first))
    more = f" and {len(rest)} more" if rest else ""
    return f"{plan.name} · {whom}{more} · {stored.author} · {stored.saved_at[:10]}"


def _bind_name(session: PlanSession, name: widgets.Text, beside: widgets.HTML) -> None:
    def rename(new: str) -> None:
        wanted = new.strip()
        if not wanted:
            beside.value = note_html("A plan needs a name.", wrong=True)
        else:
            session.set_plan(session.plan.model_copy(update={"name": wanted}))

    def follow() -> None:
        if name.value != session.plan.name:
            name.value = session.plan.name

    session.watch(follow)
    heard(name, beside, rename)


def _import(session: PlanSession) -> Imported:
    session.visitor.require_writer()
    author = session.visitor.name
    return import_files(session.store, session.folder, session.planner.catalogue, author)


def _files_row(
    session: PlanSession, bring_in: Callable[[], None], beside: widgets.HTML
) -> tuple[widgets.Box, Callable[[Mapping[str, Stored[Plan]]], None]]:
    """Return room to tell of plans that lie as files, and what looks for them."""
    told, importer = widgets.HTML(), button("Bring these files in", bring_in, beside)

    def look(stored: Mapping[str, Stored[Plan]]) -> None:
        outside = _files_text(session, stored)
        told.value, importer.layout.display = note_html(outside), "" if outside else "none"

    return row(told, importer), look


def _files_text(session: PlanSession, stored: Mapping[str, Stored[Plan]]) -> str:
    """Say which plans lie as files in the folder and are not in the store."""
    names = {one.value.name for one in stored.values() if one.value}
    left = [name for name in plan_names(session.folder) if name not in names]
    if not left:
        return ""
    return f"Not saved here yet, only as files in {session.folder.name}/: {', '.join(left)}."


def _document_panel(session: PlanSession) -> widgets.VBox:
    link = fading_note(session)  # of the plan as it was

    def print_it() -> None:
        page = plan_document(session.planner, session.plan, session.prob)
        link.value = download_html(page, f"{key_of(session.plan.name)}.html")

    return widgets.VBox([row(button("Make the plan's document", print_it, link)), link])


def _compared(session: PlanSession, wanted: list[str]) -> tuple[str, str]:
    """Return the comparison of the session's plan with saved ones, and a note."""
    if not wanted:
        return "", note_html("Pick saved plans to compare with.", wrong=True)
    stored = session.store.current(PLANS)
    plans, left_out = [session.plan], []
    for key in wanted:
        plan = stored[key].value if key in stored else None
        if plan and _fits(session, plan):
            plans.append(plan)
        else:
            left_out.append(plan.name if plan else key)
    left_text = f"For other accounts, or not readable: {', '.join(left_out)}." if left_out else ""
    compared = session.comparison(tuple(plans))
    table = comparison_html(compared.summary, session.planner.book.currency, session.prob)
    return table, note_html(left_text, wrong=True)


def _fits(session: PlanSession, plan: Plan) -> bool:
    try:
        require_whole(plan, session.planner.catalogue, session.planner.book)
    except (DataError, ParameterError):
        return False
    return (plan.accounts, plan.where) == (session.plan.accounts, session.plan.where)

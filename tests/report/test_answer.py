"""What a page says first: numbers as text, their change, and where cells stand."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from workbench.apps.page_text import earlier_run, gates_text
from workbench.core.settings import ReportSettings, SourceSettings
from workbench.report.account_plan.settings import AccountPlanSettings
from workbench.report.amounts import RARE
from workbench.report.output.answer import (
    Answer,
    Headline,
    amount,
    change_text,
    interval_text,
    read_headlines,
)
from workbench.report.output.arrange import arrange
from workbench.report.output.kinds import ANSWER
from workbench.report.output.page import EarlierRun, PageText, render_page
from workbench.report.output.publish import publish_answer
from workbench.report.output.row_table import PageColumn, RowTable
from workbench.report.style import label_axes, new_figure

NRR = Headline("nrr_12m", "NRR <in> 12 months", 0.964, 0.90, 0.99, "share")
LOST = Headline("leaving_12m", "leaves", 2_270_000, 1_180_000, 3_590_000, "money", "EUR")
DUE = Headline("due", "renewals due", 202)
PAGE_ANSWER = Answer("**Revenue <grows>.**", (NRR, LOST, DUE), 0.9)


def cell(text: str, *outputs: object, tags: tuple[str, ...] = ()):
    return new_code_cell(text, outputs=list(outputs), metadata={"tags": list(tags)})


def page_of(answer: Answer = PAGE_ANSWER):
    return new_output("display_data", data={ANSWER: answer.facts(), "text/plain": "an answer"})


def printed(text: str):
    return new_output("stream", name="stdout", text=text)


@pytest.mark.parametrize(
    ("number", "shown", "interval"),
    [
        (NRR, "96%", "90% to 99%"),
        (Headline("a", "", 0.964, 0.95, 0.98, "share"), "96.4%", "95.0% to 98.0%"),
        (LOST, "EUR 2.27 M", "1.18 M to 3.59 M"),
        (DUE, "202", ""),
        (Headline("a", "", 4.26, 3.9, 5.0), "4.26", "3.9 to 5"),
    ],
)
def test_a_number_is_shown_as_precisely_as_it_is_known(number, shown, interval) -> None:
    assert (amount(number), interval_text(number)) == (shown, interval)


@pytest.mark.parametrize(
    ("number", "before", "text"),
    [
        (NRR, 0.952, "+1.2 points"),
        (NRR, 0.9642, "unchanged"),
        (LOST, 2_400_000, "−EUR 130 k"),
        (LOST, 2_270_100, "unchanged"),
        (DUE, 200, "+2"),
    ],
)
def test_a_change_has_a_sign_and_shares_change_by_points(number, before, text) -> None:
    assert change_text(number, before) == text


def test_numbers_come_back_from_the_run_that_wrote_them(tmp_path) -> None:
    settings = SourceSettings(run_dir=str(tmp_path))
    published = publish_answer(settings, PAGE_ANSWER, "Beware.")
    facts = {"answer": json.loads((tmp_path / "facts" / "answer.json").read_text())}
    assert read_headlines(facts) == (NRR, LOST, DUE)
    assert facts["answer"]["caution"] == published.caution == "Beware."
    assert read_headlines({}) == ()


def test_the_page_says_the_answer_first_and_what_it_rests_on_last() -> None:
    notebook = new_notebook(
        cells=[
            new_markdown_cell("# Growth"),
            new_markdown_cell("## Data"),
            cell("", printed("the data")),
            new_markdown_cell("## A past worth reading", metadata={"tags": ["detail"]}),
            new_markdown_cell("## The answer", metadata={"tags": ["answer"]}),
            cell("", printed("the figure"), tags=("answer",)),
            cell("", page_of(), tags=("answer",)),
            new_markdown_cell("## More"),
        ]
    )
    line = ("As of 1 January 2026", "", "all 9 checks passed")
    earlier = EarlierRun((Headline("nrr_12m", "NRR", 0.952, kind="share"),), "1 December 2025")
    page = render_page(notebook, PageText("Growth", line=line, earlier=earlier))
    text = [
        "<h1>Growth",
        "As of 1 January 2026 · all 9 checks passed",
        "Revenue &lt;grows&gt;.",
        "NRR &lt;in&gt; 12 months",
        "+1.2 points",
        "as of 1 December 2025",
        "the figure",
        'href="#part-1"',
        "A past worth reading</h2>",
        "More</h2>",
        "What the answer rests on",
        "the data",
    ]
    at = [page.index(one) for one in text]
    assert at == sorted(at)
    assert "The answer" not in page


def test_the_first_screen_holds_question_answer_and_figure_and_the_rest_follows() -> None:
    drawn, (ax,) = new_figure()
    label_axes(ax, "A finding", "months")
    data, metadata = drawn._repr_mimebundle_()
    figure = new_output("display_data", data=data, metadata=metadata)
    outputs = page_of(), printed("of the last forecasts"), figure
    cells = [
        new_markdown_cell("# Growth\n\n**Where does\nit go?**\n\nAll it takes is a table."),
        cell("", *outputs, tags=("answer",)),
    ]
    notebook = new_notebook(cells=cells)
    page = render_page(notebook, PageText("Growth", line=("As of 1 January 2026",)))
    text = ["it go?", 'class="line"', "Revenue &lt;grows&gt;.", "<figure", "All it takes"]
    at = [page.index(one) for one in text]
    assert at == sorted(at) and at[-2] < page.index("of the last forecasts")
    assert len(notebook.cells) == 2 and notebook.cells[0].source.endswith("a table.")


def test_a_mean_outside_its_interval_is_explained() -> None:
    saved = Headline("back", "come back", 3_430, 0, 0, "money", "EUR")
    for number, told in ((saved, True), (LOST, False)):
        cells = [new_markdown_cell("# T"), cell("", page_of(Answer("A.", (number,), 0.9)))]
        page = render_page(new_notebook(cells=cells), PageText("T"))
        assert (RARE in page) == told
        rows = pd.DataFrame([{"kept": number.value, "low": number.low, "high": number.high}])
        table = RowTable("t", "T", [PageColumn("kept", "kept", "money", ("low", "high"))], rows)
        assert (RARE in table.content()["note"]) == told


def test_a_run_that_stopped_before_its_answer_stays_in_order() -> None:
    cells = [new_markdown_cell("## Data"), cell("", printed("1")), cell("", tags=("answer",))]
    arranged = arrange(new_notebook(cells=[new_markdown_cell("# T"), *cells]))
    assert [one.metadata["place"] for one in arranged.cells] == ["title", "detail", "detail"]


def manifest_of(folder, settings: ReportSettings):
    folder.mkdir()
    text = {
        "parameters": settings.model_dump(exclude={"run_dir"}),
        "data": {"as_of": "2025-12-01"},
        "facts": {"answer": PAGE_ANSWER.facts()},
    }
    (folder / "manifest.json").write_text(json.dumps(text))


def test_runs_of_the_same_book_alone_are_compared(tmp_path) -> None:
    settings = SourceSettings(source="simulated", simulated_accounts=100)
    assert earlier_run(tmp_path / "latest", settings) is None
    manifest_of(tmp_path / "latest", settings)
    found = earlier_run(tmp_path / "latest", settings)
    assert found is not None
    assert (found.numbers[0], found.when) == (NRR, "1 December 2025")
    other = settings.model_copy(update={"simulated_accounts": 200})
    assert earlier_run(tmp_path / "latest", other) is None


def test_runs_of_another_plan_are_not_compared(tmp_path) -> None:
    plan = AccountPlanSettings(plan="one.yaml")
    manifest_of(tmp_path / "latest", plan)
    assert earlier_run(tmp_path / "latest", plan) is not None
    assert earlier_run(tmp_path / "latest", AccountPlanSettings(plan="two.yaml")) is None


def test_gates_are_told_in_a_line() -> None:
    rows = [{"gate": "R-hat", "passed": True}, {"gate": "energy", "passed": False}]
    assert gates_text({"gates": rows[:1]}) == "the one check passed"
    assert gates_text({"gates": rows}) == "1 of 2 checks failed: energy"
    assert gates_text({}) == ""

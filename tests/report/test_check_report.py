"""What the model check says and draws, from tables made by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.colors import to_hex

from workbench.inference.diagnostics import parameter_diagnostics
from workbench.report.model_check import figures as check_figures
from workbench.report.model_check.text import gates_text, sensitivity_text
from workbench.report.style import RED

GATES = pd.DataFrame(
    {
        "gate": ["R-hat", "survival curve over Kaplan-Meier"],
        "value": [1.002, 0.004],
        "limit": [1.01, 0.01],
        "passed": [True, False],
        "worst at": ["group_sd[owner]", "12 months, month 13"],
    }
)


def sensitivity(verdicts: list[str]) -> pd.DataFrame:
    n = len(verdicts)
    fine = [verdict == "the data decide" for verdict in verdicts]
    return pd.DataFrame(
        {
            "quantity": ["accounts kept for 12 months", *(f"signal {i}" for i in range(1, n))],
            "kind": ["answer", *["parameter"] * (n - 1)],
            "mean": 0.9,
            "mean_weaker": 0.912,
            "mean_stronger": 0.88,
            "prior": np.where(fine, 0.01, 0.2),
            "likelihood": 0.3,
            "leans_on": [
                "" if v == "the data decide" else "leaving at a renewal" for v in verdicts
            ],
            "verdict": verdicts,
        }
    )


def test_failed_gates_are_named_with_their_place() -> None:
    text = gates_text(GATES)
    assert text.startswith("**No: 1 of 2 gates failed.**")
    assert "0.004 where 0.01 is allowed (12 months, month 13)" in text
    assert "R-hat" not in text
    assert "2 gates can tell, yes" in gates_text(GATES.assign(passed=True))


def test_an_answer_that_leans_says_on_what_and_how_far() -> None:
    text = sensitivity_text(sensitivity(["prior and data both pull", "the data decide"]))
    assert "accounts kept for 12 months, 90.0% (91.2% under priors a fifth weaker, 88.0%" in text
    assert "it leans on: leaving at a renewal" in text
    assert "Of the parameters" not in text


def test_answers_that_the_data_decide_are_said_to_be_so() -> None:
    text = sensitivity_text(sensitivity(["the data decide", "mostly the prior"]))
    assert text.startswith("None of the answers leans on a prior")
    assert "1 lean on their priors" in text and "The data hardly speak of: signal 1." in text


def test_the_sensitivity_figure_counts_answers_and_marks_them() -> None:
    verdicts = ["prior and data both pull", *["the data decide"] * 20]
    [ax] = check_figures.sensitivity_figure(sensitivity(verdicts), 0.05).axes
    assert ax.get_title(loc="left") == "1 of 1 answers (bold) lean on the priors"
    labels = ax.get_yticklabels()
    assert len(labels) == 14 and labels[-1].get_fontweight() == "bold"


def test_subscriptions_that_weigh_too_much_are_red() -> None:
    [ax] = check_figures.left_out_figure(np.array([0.9, 0.1, 0.3]), -12.3, 4.0, 2.2).axes
    assert ax.get_title(loc="left").startswith("1 of 3 subscriptions weigh too much")
    colours = [to_hex(colour).upper() for colour in ax.collections[0].get_facecolors()]
    assert colours.count(RED) == 1 and colours[0] == RED


def test_the_worst_parameters_stand_on_top() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(2, 500, 12))
    values[1, :, 4] += 2
    labels = [f"owner {i}" for i in range(12)]
    posterior = xr.Dataset(
        {
            "group_effect": (("chain", "draw", "level"), values),
            "sd": (("chain", "draw"), rng.gamma(2, size=(2, 500))),
        },
        {"level": labels},
    )
    table = parameter_diagnostics(posterior)
    assert len(table) == 13 and table["parameter"].iloc[0] == "group_effect[owner 4]"
    assert table["rhat"].iloc[0] > 1.1 > 1.02 > table["rhat"].iloc[1]
    left, right = check_figures.sampler_figure(table, 1.01, 400).axes
    assert left.get_yticklabels()[-1].get_text() == "group_effect[owner 4]"
    assert len(right.get_yticklabels()) == 10


def test_curves_are_drawn_over_their_band() -> None:
    month = np.arange(1, 25)
    check = pd.concat(
        pd.DataFrame(
            {
                "curve": name,
                "tenure_months": month,
                "observed": 0.98**month,
                "expected": 0.97**month,
                "low": 0.95**month,
                "high": 0.99**month,
            }
        )
        for name in ("all subscriptions", "12 months")
    )
    figure = check_figures.survival_figure(check, 0.4, 0.9)
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["All subscriptions", "12 months"]
    assert figure.get_suptitle() == "40% of the model's own books stray farther than the real one"
    shares = pd.DataFrame(
        {"quantity": ["stay"], "observed": [0.8]}
        | {
            f"{p}{end}": [0.5 + at]
            for p in ("prior", "posterior")
            for end, at in (("", 0.2), ("_low", 0.1), ("_high", 0.3))
        }
    )
    left, right = check_figures.prior_figure(check, check, shares, 0.9).axes
    assert right.get_yticklabels()[0].get_text() == "stay"
    assert {text.get_text() for text in left.get_legend().texts} == {
        "prior",
        "posterior",
        "observed",
    }

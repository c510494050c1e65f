"""Effects of actions on simulated books of known truth, beside what a naive reader would say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from tests.support.impact_books import HARM, NO_EFFECT, impact_book
from tests.support.perfect_trials import perfect_trial
from workbench.core.errors import DataError
from workbench.impact.checks import CheckLimits, judge, own_endings, verdicts
from workbench.impact.coin import CoinEstimate, check_tosses, coin_estimate, trial_size
from workbench.impact.effects_file import effects_file
from workbench.impact.measure import ALL_KINDS, effect_draws, effect_table
from workbench.impact.naive import AS_THEY_ARE, EVER, naive_comparisons
from workbench.inference.fit_actions import fit_actions
from workbench.inference.run import Sampling
from workbench.plans.plan.measured import read_estimates
from workbench.report.plan_impact.answer import impact_answer
from workbench.report.plan_impact.coin import coin_text, next_coin_text
from workbench.report.plan_impact.text import effect_words

HOW = Sampling(draws=400, tune=300, seed=1)


def measured(made, limits: CheckLimits | None = None, events: bool = True):
    """Return effects with their words, and the checks."""
    posterior = fit_actions(made.found.treated, HOW).posterior
    table = effect_table(effect_draws(made.found, posterior), made.actions, 0.9)
    known = made.book.frame("account_events") if events else None
    checks = judge(made.found, table, known, limits or CheckLimits())
    words = verdicts(checks, made.found.trials.kinds)
    return table.merge(words, on="action"), checks


@pytest.fixture(scope="module")
def idle():
    """Return a book in which actions do nothing and go to those at risk."""
    return impact_book(400, 2, 42, action_effects=NO_EFFECT, targeting=1.3)


@pytest.fixture(scope="module")
def harmful():
    """Return a book in which every action doubles the hazard."""
    return impact_book(400, 3, 42, action_effects=HARM)


@pytest.fixture(scope="module")
def harm(harmful):
    return measured(harmful)


def test_no_effect_is_found_where_there_is_none_and_a_naive_reader_finds_two(idle) -> None:
    effects, _ = measured(idle)
    assert not (effects["ratio_low"] > 1).any()
    assert not (effects["ratio_high"] < 1).any()
    naive = naive_comparisons(idle.found.trials, idle.rows, idle.actions).set_index("comparison")
    assert naive.loc[AS_THEY_ARE, "low"] > 1  # actions go to those at risk
    assert naive.loc[EVER, "high"] < 1  # who stays longer is acted upon: immortal time


def test_harm_is_reported_as_harm(harm) -> None:
    effects, _ = harm
    whole = effects.set_index("action").loc[ALL_KINDS]
    assert whole["ratio_low"] > 1.2
    assert whole["ratio_low"] < 2.01 < whole["ratio_high"]
    assert whole["points_high"] < 0
    assert effect_words(whole) in ("does harm", "goes with more leaving")
    said = impact_answer(effects, 6, 0.9, "EUR").sentence
    assert effect_words(whole) in said


def test_a_plain_pooled_logistic_comes_to_the_same_estimate(harmful, harm) -> None:
    """All months of all trials in one regression: another likelihood, another fit, no weights.

    Log-odds lie further from zero than log-hazards where a month's probability is not small.
    """
    trials = harmful.found.trials
    row, step = np.nonzero(trials.seen)
    acted = trials.any_treated[row].astype(float)
    exits = np.eye(9)[trials.exit_idx[row, step]]
    design = np.column_stack([acted, exits, trials.covariates[row], step])
    plain = LogisticRegression(C=1e3, max_iter=2000, fit_intercept=False, solver="newton-cholesky")
    plain.fit(design, trials.event[row, step])
    ours = np.log(harm[0].set_index("action").loc[ALL_KINDS, "ratio"])
    assert plain.coef_[0, 0] == pytest.approx(ours, abs=0.35)


def test_what_is_not_known_of_the_untreated_reaches_the_points(harmful) -> None:
    """Were everybody kept, the points would be the probability of leaving, which is not known."""
    found = harmful.found
    posterior = fit_actions(found.treated, Sampling(draws=50, tune=50, seed=1, mock=True)).posterior
    drawn = effect_draws(found, posterior, 50)
    kept = replace(drawn, effect=np.full(drawn.effect.shape, -30.0))
    points = np.array([kept.avoided(draw).mean() for draw in range(len(kept.effect))])
    assert points.mean() == pytest.approx(found.expected_risk.mean(), rel=0.2)
    assert points.std() > 0.01
    still = replace(kept, shift=np.zeros(kept.shift.shape))
    assert still.avoided(0).mean() == pytest.approx(found.expected_risk.mean())


def test_plans_read_the_effects_that_passed_and_no_other(harm, tmp_path) -> None:
    effects, _ = harm
    told = effects.assign(word=["measured", *["association"] * (len(effects) - 1)])
    path = tmp_path / "effects.yaml"
    path.write_text(effects_file(told, 0.9))
    read = read_estimates(path)
    first = effects.iloc[0]
    assert list(read) == [first["action"]]
    assert read[first["action"]].high == pytest.approx(first["ratio_high"], rel=1e-3)


def test_too_few_endings_and_a_missing_table_keep_the_word_association(harmful) -> None:
    effects, checks = measured(harmful, CheckLimits(least_endings=10_000), events=False)
    assert set(effects["word"]) == {"association"}
    assert effects["why"].iloc[:-1].str.contains("Too few were treated").all()
    assert "no table account_events" in effects["why"].iloc[-1]
    failed = {check.check for check in checks if not check.passed}
    assert failed >= {"endings", "negative control"}


def test_intervals_are_wider_than_rows_that_repeat_would_make_them(idle) -> None:
    """The untreated hazard's spread sums by account: as if every month were new, it is smaller."""
    hazard, trials = idle.found.hazard, idle.found.trials
    assert hazard.endings < trials.event[~trials.any_treated].sum() / 2


def test_a_coin_that_moved_nothing_shows_nothing(harmful) -> None:
    """Negative control: heads and tails drawn afterwards, which no action followed."""
    rng = np.random.default_rng(5)
    known = harmful.months.table[["account_id", "month"]].drop_duplicates()
    some = known.sample(1500, random_state=6)
    tosses = some.assign(probability=0.5, taken=rng.random(len(some)) < 0.5)
    found = coin_estimate(harmful.months, harmful.found.hazard, tosses)
    assert found.tosses == 1500
    assert abs(found.log_ratio) < 2.5 * found.error < 1.0


def test_a_coin_that_agrees_trusts_the_trials_and_leaves_a_narrower_interval(harm) -> None:
    ours = harm[0].set_index("action").loc[ALL_KINDS]
    same = CoinEstimate(300, 150, 40, float(np.log(ours["ratio"])), 0.3)
    said = coin_text(same, harm[0], 1.2, 0.9)
    assert f"{ours['ratio']:.2f}" in said
    assert "agree within chance" in said
    assert f"together {ours['ratio']:.2f} times" in said


def test_a_coin_that_says_otherwise_is_to_be_gone_by(harm) -> None:
    said = coin_text(CoinEstimate(900, 450, 80, -0.6, 0.15), harm[0], 1.2, 0.9)
    assert "go by the coin" in said
    assert "No coin is on record" in coin_text(None, harm[0], 1.2, 0.9)
    assert "actions a month" not in next_coin_text(harm[0], 0.2, 6, 0.9, 0.0)
    alone = next_coin_text(harm[0], 0.2, 6, 0.9, 5.0)
    endings, tosses = trial_size(float(harm[0]["ratio"].iloc[-1]), 0.2)
    assert f"about {-(-tosses // 10)} months, and 6 more" in alone
    assert f"{endings} endings" in alone


def test_faults_of_a_file_of_tosses_are_told_together() -> None:
    bad = pd.DataFrame({"account_id": ["a"], "tossed_on": ["soon"], "probability": [1.0],
                        "taken": ["perhaps"]})  # fmt: skip
    with pytest.raises(DataError) as told:
        check_tosses(bad)
    assert [problem.where for problem in told.value.problems] == [
        "tossed_on, row 1", "probability, row 1", "taken, row 1",
    ]  # fmt: skip
    with pytest.raises(DataError, match="no such column"):
        check_tosses(bad.drop(columns="taken"))


def test_even_a_perfect_trial_tells_a_smaller_ratio_than_each_account_has(harmful) -> None:
    """Accounts differ in more than is on record, and who is frail leaves first."""
    perfect = perfect_trial(harmful)
    np.testing.assert_allclose(perfect.own_ratio, 0.7)
    assert 0.4 < perfect.ratio[ALL_KINDS] < 0.65
    assert (perfect.points < 0).all()


def test_a_perfect_trial_of_nothing_tells_nothing(idle) -> None:
    perfect = perfect_trial(idle)
    np.testing.assert_allclose(perfect.ratio, 0, atol=1e-9)
    np.testing.assert_allclose(perfect.points, 0, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("process", [{}, {"action_effects": NO_EFFECT, "targeting": 1.3}])
def test_known_effects_are_covered_as_often_as_the_intervals_say(process) -> None:
    """Forty books with risk-driven targeting, against a perfect trial of the same accounts.

    The bounds are those of intervals that hold 90 %, by the binomial distribution: of 40 books 31
    or more are held with probability 0.995. A book's kinds share what would have been without, so
    that they are held or missed together: the shares of books vary 2.6 times as much as those of
    independent kinds, and 200 kinds tell what 77 would: 63 of those or more with probability 0.99.
    docs/impact.md has the counts. Nothing was chosen on these books.
    """
    kinds, whole, points = [], [], []
    for seed in range(40):
        made = impact_book(400, 600 + seed, 42, **process)
        effects = measured(made)[0].set_index("action")
        truth = perfect_trial(made)
        ratio = held(effects, "ratio", np.exp(truth.ratio))
        kinds.append(ratio.drop(ALL_KINDS))
        whole.append(ratio[ALL_KINDS])
        points.append(held(effects, "points", truth.points)[ALL_KINDS])
    assert np.concatenate(kinds).mean() >= 63 / 77
    assert sum(whole) >= 31
    assert sum(points) >= 31


def held(effects: pd.DataFrame, name: str, true: pd.Series) -> pd.Series:
    return (effects[f"{name}_low"] <= true) & (true <= effects[f"{name}_high"])


@pytest.mark.slow
def test_a_coin_is_unbiased_over_books() -> None:
    found = []
    for seed in range(20):
        made = impact_book(300, 300 + seed, 42, action_effects=HARM, coin=0.1)
        found.append(coin_estimate(made.months, made.found.hazard, check_tosses(made.truth.tosses)))
    gaps = np.array([one.log_ratio - 0.7 for one in found])
    errors = np.array([one.error for one in found])
    assert abs(gaps.mean()) < 3 * np.sqrt((errors**2).mean() / len(gaps))


def test_an_effect_that_other_kinds_lend_is_not_measured() -> None:
    """Pooled to 0.7 times; of its own it has as many endings as without, too few, or enough."""
    row = {"expected": 40.0, "ratio": 0.7, "ratio_low": 0.55, "ratio_high": 0.9}
    lent, own = (own_endings("x", pd.Series({**row, "endings": n})) for n in (40.0, 28.0))
    assert not lent.passed and "where 40.0 were to be expected" in lent.why
    assert own.passed and own.value > 0.95
    guess = own_endings("x", pd.Series({**row, "endings": 28.0}), 0.4)  # expected: 21 to 77
    assert not guess.passed and 0.75 < guess.value < 0.9
    harm = pd.Series({**row, "endings": 28.0, "ratio": 1.4, "ratio_low": 1.1, "ratio_high": 1.8})
    assert not own_endings("x", harm).passed
    unsure = pd.Series({**row, "endings": 40.0, "ratio_high": 1.1})
    assert own_endings("x", unsure).passed  # no effect is told: none is lent

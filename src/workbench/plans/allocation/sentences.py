"""What an allocation says, in sentences."""

from __future__ import annotations

from workbench.plans.allocation.bundles import BookProblem
from workbench.plans.allocation.report import AllocationReport


def allocation_sentences(book: BookProblem, report: AllocationReport, currency: str) -> list[str]:
    """Return the answer in sentences: the gain, how sure, what simple rules would lose.

    Parameters
    ----------
    book : BookProblem
    report : AllocationReport
        Of the same book.
    currency : str
        May be empty.
    """
    ours, *others = report.values.to_dict("records")
    hours = book.problem.owner_hours.sum()
    found, unit = report.allocation, f" {currency}".rstrip()
    sentences = [
        f"{ours['hours']:,.0f} of {hours:,.0f} hours for {ours['accounts']} of "
        f"{len(book.accounts)} accounts bring {ours['gain']:,.0f}{unit} of yearly revenue at the "
        f"horizon, less their cost ({report.prob:.0%}: {ours['gain_low']:,.0f} to "
        f"{ours['gain_high']:,.0f}).",
        f"No allocation exceeds this one by more than {found.gap:.2%} on the draws that chose it "
        f"({found.proof}); the draws that did not choose it tell {report.optimism:,.0f}{unit} "
        f"{'less' if report.optimism > 0 else 'more'} than those that did.",
    ]
    for way in others[:2]:
        sentences.append(
            f"To {way['way']} would bring {way['regret']:,.0f}{unit} less "
            f"({way['regret_low']:,.0f} to {way['regret_high']:,.0f})."
        )
    weaker, chosen = others[2:]
    sentences.append(
        f"If effects that are only assumed are half as strong, it brings {weaker['gain']:,.0f}"
        f"{unit}; an allocation made for that, {chosen['gain']:,.0f}{unit}."
    )
    if report.tosses:
        sentences.append(f"{len(report.tosses)} near-ties were left to a coin, which is on record.")
    return sentences

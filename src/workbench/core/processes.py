"""What may happen to a customer's line of revenue: the processes, their order and their texts.

Arrays by process follow `PROCESSES`, arrays of sizes `REVENUE_PROCESSES`; models, forecasts and
levers all read both from here.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, get_args

ProcessName = Literal["leave", "contract", "expand", "amend", "cross_sell"]

PROCESSES: Final[tuple[ProcessName, ...]] = get_args(ProcessName)
LEAVE, CONTRACT, EXPAND, AMEND, CROSS_SELL = PROCESSES
# Positions, for arrays.
LEAVE_IDX, CONTRACT_IDX, EXPAND_IDX, AMEND_IDX, CROSS_SELL_IDX = range(len(PROCESSES))

# Those that change revenue and leave the line alive: each has a predictor and a size.
REVENUE_PROCESSES: Final = PROCESSES[1:]
# Positions of their sizes.
BY_CONTRACTION, BY_EXPANSION, BY_AMENDMENT, BY_CROSS_SELL = range(len(REVENUE_PROCESSES))


class ProcessText(NamedTuple):
    """How a process is spoken of.

    Parameters
    ----------
    within : str
        Within a sentence.
    label : str
        Beside a control.
    ratio : str
        What an effect on it multiplies.
    changes : str
        What it does to revenue, as the head of a table's row.
    is_loss : bool
        More of it in a bad time, where there is less of the others.
    """

    within: str
    label: str
    ratio: str
    changes: str
    is_loss: bool = False


PROCESS_TEXTS: Final[dict[ProcessName, ProcessText]] = {
    LEAVE: ProcessText("leaving", "Leaving", "rate of leaving", "customers lost", is_loss=True),
    CONTRACT: ProcessText(
        "smaller next contracts",
        "Smaller next contracts",
        "odds of a smaller next contract",
        "smaller next contracts",
        is_loss=True,
    ),
    EXPAND: ProcessText(
        "larger next contracts",
        "Larger next contracts",
        "odds of a larger next contract",
        "larger next contracts",
    ),
    AMEND: ProcessText(
        "changes within a term",
        "Changes within the term",
        "rate of changes within a term",
        "amendments",
    ),
    CROSS_SELL: ProcessText(
        "further products", "Further products sold", "rate of further products", "further products"
    ),
}

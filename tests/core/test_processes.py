"""The processes of a line: one list, and every array and text in its order."""

from __future__ import annotations

from hand_made import forecast_inputs
from revenue_parts import made_up

from workbench.core import processes
from workbench.core.processes import PROCESS_TEXTS, PROCESSES, REVENUE_PROCESSES
from workbench.forecast.posterior.revenue import RevenueDraws


def test_names_positions_and_texts_agree() -> None:
    assert tuple(PROCESS_TEXTS) == PROCESSES
    for process in PROCESSES:
        assert PROCESSES[getattr(processes, f"{process.upper()}_IDX")] == process
    by_size = ("BY_CONTRACTION", "BY_EXPANSION", "BY_AMENDMENT", "BY_CROSS_SELL")
    sized = [REVENUE_PROCESSES[getattr(processes, name)] for name in by_size]
    assert sized == [processes.CONTRACT, processes.EXPAND, processes.AMEND, processes.CROSS_SELL]
    assert {name for name, text in PROCESS_TEXTS.items() if text.is_loss} == {"leave", "contract"}


def test_predictors_stand_in_their_order() -> None:
    bases = {"contract": -1.5, "expand": -1.0, "amend": -3.5, "cross_sell": -4.0}
    predictors = forecast_inputs(3, 2, **bases).predictors
    found = [part.base[0] for part in predictors]
    assert found == [0.0, *(bases[process] for process in REVENUE_PROCESSES)]
    assert set(REVENUE_PROCESSES) <= set(RevenueDraws.__dataclass_fields__)


def test_what_was_sized_stands_in_their_order() -> None:
    assert tuple(made_up(300, 1).sized) == REVENUE_PROCESSES

"""What is wrong with a source is said before a kernel starts; nothing is written."""

from __future__ import annotations

import pytest

from workbench.apps import source_check
from workbench.apps.reports import find_report
from workbench.core.errors import DataError
from workbench.report.aggregates.settings import AggregatesSettings
from workbench.report.cohorts.settings import CohortsSettings
from workbench.report.data_audit.settings import DataAuditSettings
from workbench.report.renewals.settings import RenewalsSettings

ACCOUNTS = "account_id\na\n"
CONTRACTS = "contract_id,account_id,product,start_on,arr\n1,a,p,{day},10\n"


def source(path, day: str = "2024-01-01", contracts: bool = True) -> str:
    (path / "accounts.csv").write_text(ACCOUNTS)
    if contracts:
        (path / "contracts.csv").write_text(CONTRACTS.format(day=day))
    return str(path)


@pytest.mark.parametrize(
    ("day", "contracts", "expected"),
    [
        ("31/12/2024", True, "row 1, column start_on: not a date"),
        ("", False, "contracts: required"),
    ],
)
def test_a_run_stops_before_anything_is_made(
    make_project, workbench, tmp_path, day, contracts, expected
):
    root = make_project()
    given = source(tmp_path, day, contracts)
    answer = workbench(root, "run", "renewals", "-p", f"source={given}")
    assert (answer.status, expected in answer.err) == (3, True)
    assert not (root / "outputs").exists()


def test_the_audit_needs_no_contracts_and_cohorts_a_table(tmp_path):
    given = source(tmp_path, contracts=False)
    audit, cohorts = find_report("data_audit"), find_report("cohorts")
    source_check.check_source(audit, DataAuditSettings(source=given))
    with pytest.raises(DataError):
        source_check.check_source(cohorts, CohortsSettings(source=given))
    table = tmp_path / "retention.csv"
    table.write_text("year,2003\n0,100\n1,80\n2,70\n")
    source_check.check_source(cohorts, CohortsSettings(source=str(table)))


def test_aggregates_need_a_table_of_their_own(tmp_path):
    aggregates = find_report("aggregates")
    table = tmp_path / "quarters.csv"
    table.write_text("quarter,added,lost,end\n2024Q1,10,2,108\n2024Q2,9,3,114\n2024Q3,8,4,118\n")
    source_check.check_source(aggregates, AggregatesSettings(source=str(table)))
    table.write_text(table.read_text().replace("114", "124"))
    with pytest.raises(DataError, match="end is not opening"):
        source_check.check_source(aggregates, AggregatesSettings(source=str(table)))


def test_of_a_large_source_only_the_structure_is_read(tmp_path):
    renewals = find_report("renewals")
    given = RenewalsSettings(source=source(tmp_path, "31/12/2024"))
    source_check.check_source(renewals, given, most_bytes=10)
    (tmp_path / "contracts.csv").unlink()
    with pytest.raises(DataError, match="required table is missing"):
        source_check.check_source(renewals, RenewalsSettings(source=str(tmp_path)), most_bytes=10)

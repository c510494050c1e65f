"""Each signal, on records few enough to work out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.features.signals.table import signal_table

JULY = 2024 * 12 + 6  # read on 1 July 2024


@pytest.fixture
def read(bare_book):
    """Read the signals of the one account "a"; of the tables given, and of no others."""

    def one(month: int = JULY, **tables: dict[str, list]) -> pd.Series:
        frames = {
            name: pd.DataFrame({**table, "account_id": "a"}) for name, table in tables.items()
        }
        book = bare_book({"accounts": pd.DataFrame({"account_id": ["a"]}), **frames})
        return signal_table(book, [month]).iloc[0]

    return one


def test_consumption(read):
    months = [f"2024-0{m}-01" for m in (2, 3, 4, 5, 6, 7)]
    found = read(
        contracts={
            "contract_id": ["c"], "product": ["p"], "start_on": ["2024-01-01"],
            "end_on": ["2025-01-01"], "arr": [1.0], "entitlement": [120.0],
        },
        usage={
            "product": "p", "month": months, "units": [5, 5, 12, 12, 6, 999],
            "active_users": [4, 4, 4, 6, 6, 999],
        },
    )  # fmt: skip
    assert found["consumption_3m"] == 30 / 30
    assert found["consumption_to_date"] == 40 / 50
    assert found["consumption_trend"] == 1 - 10 / 20
    assert found["active_users_trend"] == pytest.approx((16 / 3) / 4 - 1)
    assert pd.isna(found["usage_spike"])


def test_consumption_begins_anew_with_each_term_that_renews_itself(read):
    found = read(
        contracts={
            "contract_id": ["c"], "product": ["p"], "start_on": ["2023-05-01"],
            "end_on": ["2024-05-01"], "arr": [1.0], "entitlement": [120.0], "auto_renew": [True],
        },
        usage={
            "product": "p", "month": ["2024-03-01", "2024-05-01", "2024-06-01"], "units": [90, 5, 6]
        },
    )  # fmt: skip
    assert found["consumption_to_date"] == 11 / 20


def test_use_without_a_product_is_held_against_all_products(read):
    found = read(
        contracts={
            "contract_id": ["c", "d"], "product": ["p", "q"], "start_on": "2024-01-01",
            "end_on": "2025-01-01", "arr": 1.0, "entitlement": [120.0, 240.0],
        },
        usage={"month": ["2024-06-01"], "units": [15.0]},
    )  # fmt: skip
    assert found["consumption_3m"] == 15 / 30


def test_usage_spike(read):
    months = pd.date_range("2023-12-01", periods=7, freq="MS")
    found = read(usage={"month": months, "units": [10.0] * 6 + [40.0]})
    assert found["usage_spike"] == pytest.approx(40 / (100 / 7))


def test_late_payments(read):
    found = read(
        invoices={
            "invoice_id": list("uvwxyz"),
            "issued_on": ["2023-10-01", *["2024-01-01"] * 4, "2024-06-01"],
            "due_on": ["2023-12-31", "2024-01-31", "2024-02-10", "2024-06-21", "2024-06-30",
                       "2024-07-15"],
            "paid_on": ["2024-06-01", "2024-01-31", "2024-02-20", None, "2024-07-20", None],
            "amount": 10.0,
            "disputed": [True, False, False, True, False, False],
        }
    )  # fmt: skip
    # v on time; w 10 days late; x paid later, 10 days so far; y due yesterday; u and z not asked.
    assert found["late_invoices_6m"] == 3
    assert found["mean_days_late_6m"] == (0 + 10 + 10 + 1) / 4
    assert found["disputes_12m"] == 2


def test_no_late_invoice_among_some_is_zero_and_none_at_all_is_missing(read):
    one = {
        "invoice_id": ["i"], "issued_on": ["2024-01-01"], "due_on": ["2024-02-01"],
        "paid_on": ["2024-01-20"], "amount": [1.0], "disputed": [False],
    }  # fmt: skip
    assert read(invoices=one)[["late_invoices_6m", "disputes_12m"]].tolist() == [0, 0]
    assert read(JULY + 24, invoices=one)[["late_invoices_6m", "disputes_12m"]].isna().all()


def test_tickets(read):
    opened = ["2023-07-01", "2023-11-05", "2024-04-01 10:00", "2024-05-01", "2024-06-30 12:00"]
    found = read(
        JULY,
        tickets={
            "ticket_id": list("vwxyz"),
            "opened_at": opened,
            "first_response_at": [None, None, "2024-04-01 12:00", "2024-05-01 04:00",
                                  "2024-07-01 00:00"],
            "closed_at": ["2023-07-02", "2023-11-06", "2024-04-02 10:00", "2024-05-03", None],
            "severity": ["low", "high", "Critical", "low", "P1"],
            "csat": [1, 1, 4, 5, None],
            "escalated": [False, True, True, False, False],
        },
    )  # fmt: skip
    assert found["ticket_rate_change"] == pytest.approx(3 / 3 - 2 / 9)
    assert found["severe_tickets_3m"] == 2
    assert found["escalations_6m"] == 1
    assert found["open_tickets"] == 1
    assert found["first_response_hours_6m"] == 3
    assert found["resolution_hours_6m"] == 36
    assert found["ticket_csat_6m"] == 4.5


def test_surveys(read):
    found = read(
        surveys={
            "taken_on": ["2024-02-10", "2024-05-02", "2024-05-20", "2024-07-01", "2023-06-30",
                         "2024-06-26"],
            "kind": ["nps", "nps", "nps", "nps", "csat", "tech"],
            "score": [9, 4, 7, 0, 80, 71.5],
        }
    )  # fmt: skip
    assert found["nps_latest"] == 5.5
    assert found["nps_change"] == -3.5
    assert pd.isna(found["csat_latest"])
    assert found["tech_latest"] == 71.5
    assert pd.isna(found["tech_change"])
    assert found["days_since_survey"] == 5


def test_messages(read):
    found = read(
        messages={
            "message_id": list("abcdef"),
            "contact_id": ["k", "k", None, "l", "k", "k"],
            "sent_at": ["2024-02-01 08:00", "2024-02-01 10:00", "2024-05-01 08:00",
                        "2024-05-01 20:00", "2024-06-20 08:00", "2024-07-01 08:00"],
            "kind": ["email", "email", "email", "email", "meeting", "email"],
            "direction": ["outbound", "inbound", "outbound", "inbound", "outbound", "inbound"],
            "in_reply_to": [None, "a", "b", None, None, "e"],
        },
        contacts={
            "contact_id": ["k", "l", "m"], "joined_on": [None, None, "2024-07-02"],
            "left_on": [None, "2024-06-02", None],
        },
    )  # fmt: skip
    assert found["inbound_messages_3m"] == 1
    assert found["meetings_3m"] == 1
    assert found["days_since_inbound"] == 61
    assert found["customer_reply_rate_6m"] == 1 / 3
    assert found["customer_reply_hours_6m"] == 2
    assert found["our_reply_rate_6m"] == 1 / 2
    assert found["our_reply_hours_6m"] == 90 * 24 - 2
    assert found["active_contact_share_3m"] == 1


def test_people(read):
    contacts = {
        "contact_id": list("uvwxyz"),
        "role": ["champion", "Sponsor", "decision_maker", "user", "champion", "sponsor"],
        "joined_on": [None, "2023-08-01", None, None, "2023-06-15", "2024-07-01"],
        "left_on": ["2024-06-30", None, None, None, "2024-07-01", None],
    }
    found = read(contacts=contacts)
    assert found["champion_present"] == 1
    assert found["sponsor_present"] == 1
    assert found["stakeholders"] == 3
    assert found["key_contacts_left_12m"] == 1
    assert found["key_contacts_new_12m"] == 1
    later = read(JULY + 1, contacts=contacts)
    assert later["champion_present"] == 0
    assert later["key_contacts_left_12m"] == 2


def test_relationship(read):
    found = read(
        contracts={
            "contract_id": list("uvwx"),
            "product": ["p", "p", "q", "r"],
            "start_on": ["2022-09-01", "2023-09-01", "2024-02-01", "2023-01-01"],
            "end_on": ["2023-09-01", "2024-09-01", None, "2024-01-01"],
            "arr": [100.0, 110.0, 90.0, 50.0],
            "entitlement": [10.0, 10.0, None, None],
            "ended_on": [None, None, None, "2024-01-01"],
        }
    )
    assert found["arr_change_12m"] == pytest.approx(200 / 150 - 1)
    assert found["products_owned"] == 2
    assert found["white_space"] == pytest.approx(1 / 3)
    assert found["days_to_term_end"] == 62
    assert found["past_renewals"] == 1
    assert found["price_change_last_renewal"] == pytest.approx(0.1)


def test_a_contract_that_renews_itself_has_a_next_end(read):
    found = read(
        contracts={
            "contract_id": ["c"], "product": ["p"], "start_on": ["2021-08-15"],
            "end_on": ["2022-08-15"], "arr": [1.0], "auto_renew": [True],
        }
    )  # fmt: skip
    assert found["days_to_term_end"] == 45
    assert found["past_renewals"] == 2


@pytest.mark.parametrize("links", [[None, None], [None, "c"]])
def test_a_change_of_plan_is_a_renewal_and_nothing_speaks_twice(read, links):
    found = read(
        month=JULY - 1,
        contracts={
            "contract_id": ["c", "d"], "product": ["basic", "pro"],
            "start_on": ["2023-05-10", "2024-05-10"], "end_on": ["2024-05-10", "2025-05-10"],
            "arr": [100.0, 150.0], "previous_contract_id": links,
        },
    )  # fmt: skip
    assert found["products_owned"] == 1
    assert found["past_renewals"] == 1
    assert found["arr_change_12m"] == pytest.approx(0.5)


def test_a_linked_product_takes_the_place_of_the_running_one(read):
    contracts = {
        "contract_id": ["c", "d"], "product": ["basic", "pro"],
        "start_on": ["2023-05-10", "2024-02-10"], "end_on": [None, "2025-05-10"],
        "arr": [100.0, 150.0],
    }  # fmt: skip
    linked = read(contracts=contracts | {"previous_contract_id": [None, "c"]})
    assert (linked["products_owned"], linked["past_renewals"]) == (1, 1)
    beside = read(contracts=contracts)
    assert (beside["products_owned"], beside["past_renewals"]) == (2, 0)


def test_there_and_back_goes_on_counting(read):
    found = read(
        contracts={
            "contract_id": list("cde"), "product": ["basic", "pro", "basic"],
            "start_on": ["2022-01-01", "2023-01-01", "2024-01-01"],
            "end_on": ["2023-01-01", "2024-01-01", "2025-01-01"], "arr": [100.0, 150.0, 100.0],
        }
    )  # fmt: skip
    assert found["past_renewals"] == 2


def test_a_product_that_is_renewed_was_not_changed(read):
    found = read(
        contracts={
            "contract_id": list("cde"), "product": ["basic", "basic", "pro"],
            "start_on": ["2023-06-01", "2024-06-01", "2024-06-01"],
            "end_on": ["2024-06-01", "2025-06-01", "2025-06-01"], "arr": [100.0, 100.0, 50.0],
        }
    )  # fmt: skip
    assert (found["products_owned"], found["past_renewals"]) == (2, 1)


def test_a_term_that_began_on_the_31st_ends_on_the_31st_again(read):
    found = read(
        contracts={
            "contract_id": ["c"], "product": ["p"], "start_on": ["2024-01-31"],
            "end_on": ["2024-02-29"], "arr": [1.0], "auto_renew": [True],
        }
    )  # fmt: skip
    assert found["days_to_term_end"] == 30  # on 31 July, not on 29 July


def test_an_amendment_is_no_renewal(read):
    found = read(
        contracts={
            "contract_id": ["c", "d"], "product": "p", "start_on": ["2024-01-01", "2024-04-01"],
            "end_on": "2025-01-01", "arr": [100.0, 150.0], "entitlement": [10.0, 15.0],
        }
    )  # fmt: skip
    assert found["past_renewals"] == 0
    assert pd.isna(found["price_change_last_renewal"])
    assert found["days_to_term_end"] == 184


def test_renewal_talk(read):
    found = read(
        opportunities={
            "opportunity_id": list("wxyz"),
            "kind": ["renewal", "renewal", "up_sell", "renewal"],
            "stage": "won", "opened_on": ["2023-06-01", "2024-05-01", "2024-05-01", "2023-10-01"],
            "closed_on": ["2023-08-01", "2024-07-01", None, "2024-01-01"],
            "won": [False, False, None, True],
        },
        messages={
            "message_id": list("wxyz"), "sent_at": ["2024-06-01", "2024-03-01", "2024-06-02",
                                                    "2024-06-03"],
            "direction": ["inbound", "inbound", "outbound", "inbound"],
            "text": ["Our RENEWAL is coming up", "We are Not renewing.", "not renewing?", "hello"],
        },
    )  # fmt: skip
    assert found["renewal_opportunity_open"] == 1
    assert found["renewals_lost_12m"] == 1
    assert found["growth_offers_open"] == 1
    assert found["renewal_raised_3m"] == 1
    assert found["renewal_refused_6m"] == 1


def test_events(read):
    found = read(
        account_events={
            "on": ["2023-12-31", "2024-01-01", "2024-06-30", "2024-07-01", "2023-07-01"],
            "kind": ["layoffs", "Layoffs", "funding", "merger", "case_study"],
        }
    )
    assert found["layoffs_6m"] == 1
    assert found["funding_12m"] == 1
    assert found["merger_6m"] == 0
    assert found["reference_12m"] == 1
    assert found["referral_12m"] == 0


def test_metrics_need_no_code(read):
    found = read(
        metrics={
            "month": ["2024-03-01", "2024-05-01", "2024-06-01", "2024-07-01", "2023-12-01"],
            "metric": ["uptime %", "uptime %", "skus", "skus", "old"],
            "value": [99.0, 97.0, 4.0, 1000.0, 1.0],
        }
    )
    assert found["metric: uptime %"] == 97
    assert found["metric: uptime %, change"] == -1
    assert found["metric: skus"] == 4
    assert pd.isna(found["metric: skus, change"])
    assert pd.isna(found["metric: old"])


@pytest.mark.parametrize(
    ("stated", "severe"),
    [
        ([" Urgent", "HIGH", "low"], 2),
        (["1", "2", "3"], 2),
        ([1.0, 3.0, 4.0], 1),
        (["P1", "P4", "s2"], 2),
    ],
)
def test_severities_count_in_words_and_in_numbers(read, stated, severe):
    found = read(tickets={"ticket_id": list("abc"), "opened_at": "2024-06-01", "severity": stated})
    assert found["severe_tickets_3m"] == severe

"""The mappings that come along, each on a small export in the columns that the system writes."""

# ruff: noqa: E501 -- headers as the systems write them

from __future__ import annotations

import pandas as pd
import pytest

from workbench.data.audit import audit
from workbench.data.book import Book, load_book

LAYOUTS = {
    "stripe": {
        "subscriptions": """id,Customer ID,Customer Description,Customer Email,Plan,Quantity,Currency,Interval,Amount,Status,Created (UTC),Start (UTC),Current Period Start (UTC),Current Period End (UTC),Trial Start (UTC),Trial End (UTC),Application Fee,Coupon,Tax Percent,Canceled At (UTC),Ended At (UTC)
sub_1,cus_1,Ann Ltd,ann@x.example,gold,2,usd,month,"1,050.00",active,2023-01-05 10:30,2023-01-05 10:30,2024-01-05 10:30,2024-02-05 10:30,,,,,,,
sub_2,cus_2,Ben AG,ben@x.example,gold,1,usd,year,900.00,canceled,2022-03-01 00:00,2022-03-01 00:00,2023-03-01 00:00,2024-03-01 00:00,,,,,,2023-11-01 09:00,2024-03-01 00:00
sub_3,cus_3,,c@x.example,tin,1,usd,month,10.00,trialing,2024-01-01 00:00,2024-01-01 00:00,,,,,,,,,
""",
        "invoices": """id,Amount Due,Billing,Closed,Currency,Customer,Date (UTC),Due Date (UTC),Number,Paid,Subscription,Subtotal,Total,Amount Paid,Status
in_1,2100.00,charge_automatically,true,usd,cus_1,2023-01-05 10:30,,N-1,true,sub_1,2100.00,2100.00,2100.00,paid
in_2,900.00,send_invoice,true,usd,cus_2,2022-03-01 00:00,2022-03-31 00:00,N-2,true,sub_2,900.00,900.00,900.00,paid
""",
    },
    "chargebee": {
        "Subscriptions": """subscriptions.id,subscriptions.customer_id,subscriptions.plan_id,subscriptions.plan_quantity,subscriptions.currency_code,subscriptions.mrr,subscriptions.status,subscriptions.start_date,subscriptions.started_at,subscriptions.activated_at,subscriptions.current_term_start,subscriptions.current_term_end,subscriptions.cancelled_at,subscriptions.cancel_reason,subscriptions.created_at,customers.id,customers.company,customers.email
s1,c1,gold,1,EUR,100.00,Active,,2023-02-01 10:00:00,2023-02-01 10:00:00,2024-02-01 10:00:00,2024-03-01 10:00:00,,,2023-02-01 10:00:00,c1,Ann Ltd,ann@x.example
s2,c2,gold,1,EUR,50.00,Cancelled,,2022-02-01 10:00:00,2022-02-01 10:00:00,2023-02-01 10:00:00,2023-03-01 10:00:00,2023-06-05 08:00:00,not_paid,2022-02-01 10:00:00,c2,Ben AG,ben@x.example
""",
    },
    "recurly": {
        "subscriptions": """uuid,account_code,email,plan_code,plan_name,state,quantity,currency,unit_amount,plan_interval,created_at,activated_at,canceled_at,expires_at,current_period_started_at,current_period_ends_at
u1,a1,ann@x.example,gold,Gold,active,3,USD,20.00,1 month,2023-01-05 10:00:00,2023-01-05 10:00:00,,,2024-01-05 10:00:00,2024-02-05 10:00:00
u2,a2,ben@x.example,tin,Tin,canceled,1,USD,100.00,12 months,2023-04-01 10:00:00,2023-04-01 10:00:00,2023-12-01 10:00:00,2024-04-01 10:00:00,2023-04-01 10:00:00,2024-04-01 10:00:00
u3,a3,cy@x.example,tin,Tin,expired,1,USD,100.00,12 months,2022-04-01 10:00:00,2022-04-01 10:00:00,2023-02-01 10:00:00,2023-04-01 10:00:00,,
""",
    },
    "salesforce": {
        "Account": """Id,IsDeleted,Name,Type,ParentId,BillingCountry,Industry,NumberOfEmployees,OwnerId,CreatedDate
001A,false,Ann Ltd,Customer,,Germany,Banking,120,005X,2021-01-05T10:00:00.000Z
001B,false,Ben AG,Customer,001A,France,Retail,,005Y,2021-02-05T10:00:00.000Z
""",
        "Contract": """Id,AccountId,OwnerId,StartDate,EndDate,ContractTerm,Status,CustomerSignedDate,CreatedDate,ARR__c,ContractNumber,IsDeleted
800A,001A,005X,2023-01-01,2023-12-31,12,Activated,2022-12-15,2022-12-01T10:00:00.000Z,1200,0001,false
800B,001B,005X,2023-03-01,2024-02-29,12,Activated,,2023-02-01T10:00:00.000Z,600,0002,false
800C,001B,005X,2024-03-01,2025-02-28,12,Draft,,2024-02-01T10:00:00.000Z,600,0003,false
""",
        "Opportunity": """Id,AccountId,Name,StageName,Amount,CloseDate,Type,IsClosed,IsWon,CreatedDate,IsDeleted
006A,001A,New,Closed Won,1200,2022-12-15,New Business,true,true,2022-10-01T10:00:00.000Z,false
006B,001B,More,Negotiation/Review,300,2024-12-31,Existing Customer - Upgrade,false,false,2024-01-01T10:00:00.000Z,false
""",
        "Task": """Id,AccountId,WhoId,Subject,ActivityDate,Status,TaskSubtype,CreatedDate,IsDeleted
00TA,001A,003A,Call,2023-05-04,Completed,Call,2023-05-01T10:00:00.000Z,false
""",
        "Event": """Id,AccountId,WhoId,Subject,StartDateTime,EventSubtype,CreatedDate,IsDeleted
00UA,001B,,Review,2023-06-04T09:00:00.000Z,Event,2023-06-01T10:00:00.000Z,false
""",
    },
    "hubspot": {
        "companies": """Record ID,Company name,Company owner,Create Date,Country/Region,Industry,Number of Employees
11,Ann Ltd,Zoe,2021-01-05 10:00,Germany,BANKING,"1,200"
12,Ben AG,Zoe,2021-02-05 10:00,France,RETAIL,
""",
        "deals": """Record ID,Deal Name,Deal Stage,Amount,Close Date,Create Date,Deal Type,Is Closed,Is Closed Won,Associated Company IDs (Primary)
21,New,Closed Won,1200,2022-12-15 09:00,2022-10-01 10:00,New Business,true,true,11
22,More,Contract Sent,300,2024-12-31 09:00,2024-01-01 10:00,Existing Business,false,false,12
23,Nobody's,Contract Sent,300,2024-12-31 09:00,2024-01-01 10:00,Existing Business,false,false,
""",
        "tickets": """Ticket ID,Ticket name,Create date,Close date,Priority,Ticket status,Associated Company IDs (Primary)
31,Broken,2023-05-04 10:00,2023-05-05 11:00,High,Closed,11
""",
    },
    "zendesk": {
        "organizations": """id,name,external_id,created_at
91,Ann Ltd,001A,2021-01-05T10:00:00Z
92,Ben AG,,2021-01-05T10:00:00Z
""",
        "tickets": """id,organization_id,requester_id,subject,priority,status,created_at,updated_at,solved_at
1,91,7,Broken,high,closed,2023-05-04T10:00:00Z,2023-05-05T11:00:00Z,2023-05-05T11:00:00Z
2,92,8,Slow,low,open,2023-06-04T10:00:00Z,2023-06-05T11:00:00Z,
3,,9,Spam,,closed,2023-06-04T10:00:00Z,2023-06-05T11:00:00Z,
""",
    },
    "zuora": {
        "RatePlanCharge": """Account: ID,Account: Name,Account: Currency,Subscription: Auto Renew,Subscription: Cancelled Date,Subscription: Term End Date,Subscription: Cancel Reason,Product: Name,Rate Plan Charge: ID,Rate Plan Charge: Charge Type,Rate Plan Charge: MRR,Rate Plan Charge: Effective Start Date,Rate Plan Charge: Effective End Date
A1,Ann Ltd,USD,true,,2024-01-01,,Gold,R1,Recurring,100,2023-01-01,2024-01-01
A2,Ben AG,USD,false,2023-07-01,2024-01-01,price,Gold,R2,Recurring,50,2023-01-01,2023-07-01
A2,Ben AG,USD,false,,2024-01-01,,Setup,R3,OneTime,0,2023-01-01,2023-01-02
""",
        "Account": """Account: ID,Account: Name,Account: Created Date
A1,Ann Ltd,2022-12-01
A2,Ben AG,2022-12-01
""",
        "Invoice": """Invoice: ID,Account: ID,Invoice: Invoice Date,Invoice: Due Date,Invoice: Amount
I1,A1,2023-01-01,2023-01-31,100
""",
    },
}  # fmt: skip
CONTRACTS = {
    "stripe": [("sub_1", "cus_1", 25_200.0, None), ("sub_2", "cus_2", 900.0, "2024-03-01")],
    "chargebee": [("s1", "c1", 1200.0, None), ("s2", "c2", 600.0, "2023-06-05")],
    "recurly": [
        ("u1", "a1", 720.0, None),
        ("u2", "a2", 100, None),
        ("u3", "a3", 100, "2023-04-01"),
    ],
    "salesforce": [("800A", "001A", 1200.0, None), ("800B", "001B", 600.0, None)],
    "zuora": [("R1", "A1", 1200.0, None), ("R2", "A2", 600.0, "2023-07-01")],
}


def write(path, layout: str) -> None:
    for table, text in LAYOUTS[layout].items():
        (path / f"{table}.csv").write_text(text, encoding="utf-8")


def load(path, layout: str) -> Book:
    write(path, layout)
    return load_book(path, layout, max_lost_share=0, needs_contracts=layout in CONTRACTS)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_is_lost_and_the_audit_runs(tmp_path, layout):
    book = load(tmp_path, layout)
    assert book.quarantine.empty
    assert audit(book).findings


@pytest.mark.parametrize("layout", CONTRACTS)
def test_contracts_and_their_yearly_revenue(tmp_path, layout):
    contracts = load(tmp_path, layout).frame("contracts")
    ended = contracts["ended_on"].dt.strftime("%Y-%m-%d")
    ended = [None if pd.isna(day) else day for day in ended]
    columns = (contracts["contract_id"], contracts["account_id"], contracts["arr"], ended)
    assert list(zip(*columns, strict=True)) == CONTRACTS[layout]


def test_salesforce_tasks_and_events_are_messages_and_terms_end_the_day_after(tmp_path):
    book = load(tmp_path, "salesforce")
    assert book.frame("messages")["account_id"].tolist() == ["001A", "001B"]
    assert book.frame("messages")["sent_at"].dt.day.tolist() == [4, 4]
    assert book.frame("contracts")["end_on"].iloc[0] == pd.Timestamp("2024-01-01")
    offers = book.frame("opportunities")
    assert offers["kind"].tolist() == ["new_logo", "up_sell"]
    assert offers["won"].tolist()[0] is True and pd.isna(offers["closed_on"][1])


def test_hubspot_and_zendesk_name_accounts_by_key(tmp_path):
    offers = load(tmp_path, "hubspot").frame("opportunities")
    assert offers["account_id"].tolist() == ["11", "12"]
    assert pd.isna(offers["closed_on"][1])
    (tmp_path / "z").mkdir()
    tickets = load(tmp_path / "z", "zendesk").frame("tickets")
    assert tickets["account_id"].tolist() == ["001A", "92"]


def test_a_billing_interval_that_nobody_knows_is_no_yearly_revenue(tmp_path):
    write(tmp_path, "stripe")
    file = tmp_path / "subscriptions.csv"
    file.write_text(file.read_text().replace(",month,", ",fortnight,", 1))
    lost = load_book(tmp_path, "stripe", max_lost_share=0.6).quarantine.iloc[0]
    assert (lost["column"], lost["reason"]) == ("arr", "not a number")
    assert lost["value"] == "1,050.00 times 2 times fortnight"


def test_a_file_that_is_not_there_is_left_out(tmp_path):
    write(tmp_path, "stripe")
    (tmp_path / "invoices.csv").unlink()
    assert "invoices" not in load_book(tmp_path, "stripe").tables

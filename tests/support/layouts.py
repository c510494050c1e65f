"""Small exports in the columns that billing, CRM and support systems write."""

# ruff: noqa: E501 -- headers as the systems write them

from __future__ import annotations

from pathlib import Path

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


def write_layout(folder: Path, layout: str) -> None:
    """Write the files of a system's export."""
    for table, text in LAYOUTS[layout].items():
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")

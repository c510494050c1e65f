"""What people call our tables and columns, likeliest words first."""

from __future__ import annotations

CUSTOMER = (
    "account",
    "customer",
    "client",
    "company",
    "organization",
    "organisation",
    "subscriber",
)

KEYS = ("id", "no", "number", "code")

# Words for a table: its name holds one of them. In the order in which they are tried.
TABLE_WORDS = {
    "invoices": ("invoice", "bill", "receivable"),
    "tickets": ("ticket", "case", "incident"),
    "opportunities": ("opportunit", "deal", "pipeline", "offer", "quote"),
    "contracts": ("contract", "subscription", "order", "agreement", "licen", "polic"),
    "accounts": CUSTOMER,
}

# Words for a column: all of one group stand in its name. Earlier groups are likelier.
COLUMN_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "accounts": {
        "account_id": (*(f"{word} {key}" for word in CUSTOMER for key in KEYS),
                       *CUSTOMER, "id"),
        "name": (*(f"{word} name" for word in CUSTOMER), "name"),
        "industry": ("industry", "sector", "branch"),
        "segment": ("segment", "tier", "size class"),
        "region": ("region", "country", "territory"),
        "owner": ("owner", "account manager", "sales rep"),
        "employees": ("employees", "headcount"),
        "created_on": ("created", "customer since", "signup"),
        "parent_id": ("parent id", "parent"),
    },
    "contracts": {
        "contract_id": ("contract id", "contract no", "contract number", "subscription id",
                        "order id", "order no", "order number", "agreement id", "id",
                        "contract", "agreement", "subscription", "order", "policy"),
        "product": ("product", "plan", "article", "service", "sku", "package", "edition"),
        "start_on": ("start", "begin", "from", "activated", "effective"),
        "end_on": ("end", "expir", "until", "term end", "renewal date"),
        "ended_on": ("ended", "cancel", "churn", "terminat"),
        "arr": ("arr", "annual value", "annual revenue", "acv", "mrr", "monthly fee", "monthly",
                "annual", "recurring", "fee", "amount", "total", "price", "value"),
        "currency": ("currency",),
        "end_reason": ("reason", "why"),
        "signed_on": ("signed", "signature", "won"),
    },
    "invoices": {
        "invoice_id": ("invoice id", "invoice no", "invoice number", "number", "id"),
        "issued_on": ("invoice date", "issued", "date"),
        "due_on": ("due date", "due"),
        "paid_on": ("paid", "settled"),
        "amount": ("amount", "total"),
        "disputed": ("disputed",),
    },
    "tickets": {
        "ticket_id": ("ticket id", "case id", "ticket no", "number", "id"),
        "opened_at": ("opened", "created", "submitted", "date"),
        "closed_at": ("closed", "solved", "resolved"),
        "severity": ("severity", "priority"),
    },
    "opportunities": {
        "opportunity_id": ("opportunity id", "deal id", "offer id", "id"),
        "product": ("product",),
        "stage": ("stage", "status"),
        "amount": ("amount", "value"),
        "opened_on": ("opened", "created", "engage"),
        "closed_on": ("closed", "close"),
    },
}  # fmt: skip

CURRENCIES = {
    "us dollar": "USD", "u.s. dollar": "USD", "euro": "EUR", "pound sterling": "GBP",
    "british pound": "GBP", "swiss franc": "CHF", "canadian dollar": "CAD",
    "australian dollar": "AUD", "japanese yen": "JPY", "yen": "JPY", "swedish krona": "SEK",
    "danish krone": "DKK", "norwegian krone": "NOK", "polish zloty": "PLN", "indian rupee": "INR",
}  # fmt: skip
"""Codes of currencies that systems write as names."""

WON = ("won", "closed won", "signed", "accepted")
"""Words for an offer that became a contract."""

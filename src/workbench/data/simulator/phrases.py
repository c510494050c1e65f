"""What customers and account managers write; the tone follows how things stand."""

from __future__ import annotations

ANGRY, CALM, GLAD, STARTED, REFUSED, OUTBOUND = range(6)

MESSAGES: dict[int, tuple[str, ...]] = {
    ANGRY: (
        "We are still waiting for an answer to last week's problem. This is getting expensive.",
        "My team has stopped using the dashboards because the figures are late again.",
        "Frankly, we expected more by now. Can we speak about what you will change?",
        "Another outage during our month-end. I have to explain this to my board.",
        "The promised fix has not arrived. Please escalate.",
    ),
    CALM: (
        "Could you send me the agenda for our next call?",
        "Please add two colleagues to the project space.",
        "Where do I find the export of last month's figures?",
        "Our contact for invoices has changed, see below.",
        "Thanks, I will come back to you after the holidays.",
    ),
    GLAD: (
        "The new reports save us a day every month. Thank you!",
        "Everyone was happy with the workshop. We would like to roll it out to another site.",
        "Great support this week, please pass my thanks on.",
        "I mentioned you to a friend at another firm, she may get in touch.",
    ),
    STARTED: (
        "Our renewal is coming up. Could you send the paperwork for the next term?",
        "Let us talk about the renewal next week, we would like to plan our budget.",
        "Purchasing asks for a quote for the next contract period.",
    ),
    REFUSED: (
        "We are not renewing unless the price comes down.",
        "Please take this as a note that we do not intend to extend the contract.",
        "We have decided to look at other suppliers before the term ends.",
    ),
    OUTBOUND: (
        "I would like to walk you through what is new this quarter. Does Thursday suit you?",
        "How is the roll-out going? Tell me where we can help.",
        "Here are the notes of our call and the open points.",
        "Your colleagues may like our next training. Shall I reserve places?",
        "A short reminder of the points we agreed on.",
    ),
}

TICKETS: tuple[tuple[str, ...], ...] = (
    ("How can I change the colour of a chart?", "A label is cut off on small screens."),
    ("An import has rejected some rows.", "A user cannot reset the password."),
    ("A nightly job failed twice.", "Figures of two reports do not agree.", "Export times out."),
    ("Nobody can log in.", "All dashboards are empty since this morning.", "Data loss suspected."),
)

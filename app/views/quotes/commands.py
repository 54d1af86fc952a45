"""What can be done with quotes, declared once."""

from __future__ import annotations

from app.views.commands import Command

NEW = Command(
    "quote.new",
    "New quote",
    "Write a new quote.",
    "Ctrl+N",
    "plus",
    record="customer",
    record_text="New quote for {}",
    opens=True,
)
SEND = Command(
    "quote.send", "Send", "Freeze this version and show it for printing or mailing.", "", "mail", needs_selection=True
)
ACCEPT = Command(
    "quote.accept", "Accept", "The customer said yes: make the order.", "", "handshake", needs_selection=True
)
NEXT = Command(
    "quote.next",
    "Next step",
    "Send the quote, or accept it when it was sent.",
    "Ctrl+Return",
    "play",
    needs_selection=True,
)
REVISE = Command(
    "quote.revise", "Revise", "Take it back to change it and send another version.", "", "pencil", needs_selection=True
)
DECLINE = Command("quote.decline", "Decline", "The customer said no.", "", "x", needs_selection=True)
CANCEL = Command("quote.cancel", "Withdraw", "Withdraw the quote.", "Ctrl+Shift+Del", "ban", needs_selection=True)
DUPLICATE = Command(
    "quote.duplicate", "Duplicate", "Write a new quote with the same lines.", "", "copy", needs_selection=True
)
FROM_TEMPLATE = Command(
    "quote.from_template",
    "New quote from a template",
    "Write a quote with what a template has, at today's prices.",
    "Ctrl+Shift+N",
    "copy",
    opens=True,
)
SAVE_TEMPLATE = Command(
    "quote.save_template",
    "Save as template",
    "Keep the lines under a name, to begin other quotes with.",
    "Ctrl+Shift+S",
    "save",
    needs_selection=True,
)
PRINT = Command("quote.print", "Print", "Show the quote as it prints.", "Ctrl+P", "printer", needs_selection=True)
PROFORMA = Command(
    "quote.proforma",
    "Pro-forma invoice",
    "Show what the quote would be invoiced at, to be paid in advance; nothing is booked.",
    "Ctrl+Shift+V",
    "file-text",
    needs_selection=True,
)
PRICE = Command(
    "quote.explain_price",
    "Why this price",
    "Tell how the price of the line comes about, and what would be cheaper.",
    "Ctrl+Shift+I",
    "tag",
    needs_selection=True,
)

OPTIONAL = Command(
    "quote.optional_line",
    "Optional line",
    "The customer may add the line; it is in no total. Once more: it is included.",
    "Alt+O",
    "plus",
    needs_selection=True,
)
ALTERNATIVE = Command(
    "quote.alternative_line",
    "Alternative line",
    "The line may be taken in the place of the one above it; it is in no total. Once more: it is included.",
    "Alt+A",
    "arrow-up-down",
    needs_selection=True,
)

ROUNDS = Command(
    "quote.rounds",
    "Negotiation",
    "Show the rounds, two versions side by side, and what the customer asked for.",
    "Ctrl+R",
    "columns-3",
    needs_selection=True,
)
COUNTER = Command(
    "quote.counter",
    "Counter-offer",
    "Note the price, quantity or day the customer asks for instead.",
    "Ctrl+Shift+O",
    "message-square",
    needs_selection=True,
)
COUNTER_ACCEPT = Command(
    "quote.counter_accept", "Give it", "Give the line what was asked.", "Ctrl+Shift+Y", "check", needs_selection=True
)
COUNTER_DECLINE = Command(
    "quote.counter_decline",
    "Leave it",
    "Decline what was asked: the line stays as offered.",
    "Ctrl+Shift+X",
    "x",
    needs_selection=True,
)
COUNTER_ANSWER = Command(
    "quote.counter_answer",
    "Answer",
    "Offer something between.",
    "Ctrl+Shift+E",
    "pencil",
    needs_selection=True,
)
EXTEND = Command(
    "quote.extend", "Extend", "Offer the same until a later day: the next version.", "", "clock", needs_selection=True
)

ASK_APPROVAL = Command(
    "quote.ask_approval",
    "Ask for approval",
    "Let somebody else look at it before it is sent.",
    "",
    "shield-check",
    needs_selection=True,
)
APPROVE = Command("quote.approve", "Approve", "It may be sent as it stands.", "", "badge-check", needs_selection=True)
REFUSE = Command("quote.refuse", "Refuse approval", "It may not be sent so; say why.", "", "x", needs_selection=True)

COMMANDS = (
    NEW,
    NEXT,
    SEND,
    ACCEPT,
    REVISE,
    DECLINE,
    CANCEL,
    DUPLICATE,
    FROM_TEMPLATE,
    SAVE_TEMPLATE,
    PRINT,
    PROFORMA,
    PRICE,
    OPTIONAL,
    ALTERNATIVE,
    ROUNDS,
    COUNTER,
    COUNTER_ACCEPT,
    COUNTER_DECLINE,
    COUNTER_ANSWER,
    EXTEND,
    ASK_APPROVAL,
    APPROVE,
    REFUSE,
)

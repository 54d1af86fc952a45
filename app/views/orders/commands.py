"""What can be done with orders, declared once."""

from __future__ import annotations

from app.views.commands import Command

NEW = Command(
    "order.new",
    "New order",
    "Write a new sales order.",
    "Ctrl+N",
    "plus",
    record="customer",
    record_text="New order for {}",
    opens=True,
)
NEXT = Command(
    "order.next", "Next step", "Do the next thing this order needs.", "Ctrl+Return", "play", needs_selection=True
)
CONFIRM = Command(
    "order.confirm",
    "Confirm",
    "Make the order binding: reserve stock, plan its delivery.",
    "",
    "check",
    needs_selection=True,
)
CANCEL = Command(
    "order.cancel",
    "Cancel order",
    "Call the order off and free its stock.",
    "Ctrl+Shift+Del",
    "ban",
    needs_selection=True,
)
CLOSE = Command(
    "order.close", "Close order", "Cancel what is not shipped; the rest is invoiced.", "", "check", needs_selection=True
)
RETURN = Command(
    "order.return", "Return goods", "Let the customer send goods back.", "", "undo-2", needs_selection=True
)
INVOICE = Command(
    "order.invoice", "Invoice a part", "Choose what is invoiced now.", "", "receipt", needs_selection=True
)
PUT_BACK = Command(
    "order.put_back",
    "Put picked goods back",
    "The goods stay promised to the order.",
    "",
    "rotate-ccw",
    needs_selection=True,
)
UNPACK = Command(
    "order.unpack", "Unpack", "Open the packed shipment; its labels are void.", "", "package-open", needs_selection=True
)
NOTE = Command("order.note", "Note", "Write an internal note; it is never printed.", "", "plus", needs_selection=True)
PRINT = Command("order.print", "Print", "Print the order confirmation.", "Ctrl+P", "printer", needs_selection=True)
PROFORMA = Command(
    "order.proforma",
    "Pro-forma invoice",
    "Show what the whole order is invoiced at, to be paid in advance; nothing is booked.",
    "Ctrl+Shift+V",
    "file-text",
    needs_selection=True,
)
PROFORMA_REST = Command(
    "order.proforma_rest",
    "Pro-forma of the rest",
    "Show what is still to be invoiced of the order as a pro-forma invoice; nothing is booked.",
    "Ctrl+Shift+G",
    "file-text",
    needs_selection=True,
)

FREIGHT = Command(
    "order.agree_freight",
    "Charge freight",
    "Put freight on the order by a weight table.",
    "",
    "truck",
    needs_selection=True,
)

PROMOTE = Command(
    "order.promote",
    "Promotions and coupons",
    "Put promotions on the order, redeem a coupon, or take them back.",
    "Ctrl+Shift+O",
    "percent",
    needs_selection=True,
)
TENDER = Command(
    "order.tender",
    "Pay with gift card…",
    "Pay the order with a gift card or the customer's store credit, before it is invoiced too.",
    "Ctrl+Shift+J",
    "credit-card",
    needs_selection=True,
)
RATE_DAY = Command(
    "order.rate_day",
    "Day of the exchange rate…",
    "Say of which day the rate of the order's invoices is, other than the company.",
    "",
    "coins",
    needs_selection=True,
)
SEND_FROM = Command(
    "order.send_from",
    "Line: send from…",
    "Let a part of the line leave from other warehouses.",
    "Ctrl+Shift+F",
    "warehouse",
    needs_selection=True,
)
SEND_TO = Command(
    "order.send_to",
    "Line: send to…",
    "Send the line to another address.",
    "Ctrl+Shift+A",
    "map-pin",
    needs_selection=True,
)
ASK_FOR = Command(
    "order.ask_for",
    "Line: wanted on…",
    "Note the day the customer wants this line.",
    "Ctrl+Shift+D",
    "calendar",
    needs_selection=True,
)
RESERVE = Command(
    "order.reserve",
    "Reserve by hand…",
    "Say how much stock each line may have, in parts.",
    "Ctrl+Shift+R",
    "package-check",
    needs_selection=True,
)
LET_GO = Command(
    "order.reserve_all",
    "Reserve all that is free",
    "End reservations by hand: the order is promised all that is free again.",
    "",
    "rotate-ccw",
    needs_selection=True,
)
CHOOSE_WAY = Command(
    "order.choose_way",
    "Line: had by…",
    "Say how the line is to be had: from stock, bought, made, sent by a supplier.",
    "Ctrl+Shift+H",
    "shopping-cart",
    needs_selection=True,
)
SOURCE_AGAIN = Command(
    "order.source_anew",
    "Look for other sources",
    "Give up the sources of the line that are in trouble and look for others.",
    "",
    "refresh-cw",
    needs_selection=True,
)
AMEND = Command(
    "order.amend",
    "Change the order",
    "Change lines, quantities, prices or the customer; a confirmed order shows first what that does.",
    "Ctrl+E",
    "pencil",
    needs_selection=True,
)

HOLD = Command(
    "order.hold", "Hold or release…", "Let nothing of it leave for a reason, or let it go on.", "Ctrl+H", "ban",
    needs_selection=True,
)  # fmt: skip
REPEAT = Command(
    "order.repeat",
    "Give again…",
    "Write it again every so many weeks or months, as a draft.",
    "",
    "refresh-cw",
    needs_selection=True,
)
DEPOSIT = Command(
    "order.deposit", "Ask for a deposit…", "Ask for money before delivery, with the tax in it.", "Ctrl+Shift+Y",
    "hand-coins", needs_selection=True,
)  # fmt: skip
MILESTONES = Command(
    "order.milestones",
    "Milestones…",
    "Plan what is invoiced when, and invoice a milestone.",
    "Ctrl+Shift+M",
    "split",
    needs_selection=True,
)
REOPEN = Command(
    "order.reopen",
    "Open again",
    "Let what was cancelled of the order be shipped after all.",
    "",
    "undo-2",
    needs_selection=True,
)
CALL_OFF = Command(
    "order.call_off",
    "Call the shipment off",
    "Stop the planned shipment; then say what becomes of its lines.",
    "",
    "package-x",
    needs_selection=True,
)
LINE_COMMANDS = (SEND_FROM, SEND_TO, ASK_FOR, CHOOSE_WAY, RESERVE, LET_GO, SOURCE_AGAIN)
COMMANDS = (
    *(NEW, NEXT, CONFIRM, CANCEL, CLOSE, RETURN, INVOICE, FREIGHT, PUT_BACK, UNPACK, NOTE, PRINT, AMEND),
    *(PROFORMA, PROFORMA_REST),
    *(HOLD, REOPEN, CALL_OFF, REPEAT, DEPOSIT, MILESTONES, PROMOTE, TENDER, RATE_DAY),
    *LINE_COMMANDS,
)

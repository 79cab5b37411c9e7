"""The mail of an autumn: what each document is, and what is wrong with some."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from tests.sample.model import Bill, Line, Order
from tests.sample.numbers import french_iban
from tests.sample.story_orders import ORDER, line

_TERM = timedelta(days=30)


def _bill(
    number: str,
    order: Order,
    issued: date,
    lines: tuple[Line, ...] | None = None,
    process: str = "B1",
) -> Bill:
    return Bill(
        number=number,
        seller=order.supplier,
        issued=issued,
        due=issued + _TERM,
        lines=lines or order.lines,
        order=order.id,
        contract=order.contract,
        service=order.service,
        commitment=order.commitment,
        delivered=order.received_on,
        process=process,
    )


PAPER_BILL = _bill("FA-26-0918", ORDER["BC2026-0114"], date(2026, 9, 28))
COMPUTERS_BILL = _bill("L26-1107", ORDER["BC2026-0121"], date(2026, 10, 8))

_road_lines = ORDER["BC2026-0130"].lines
ROADS_DEARER = _bill(
    "TPC-2026-0771",
    ORDER["BC2026-0130"],
    date(2026, 10, 12),
    (replace(_road_lines[0], price=Decimal("16.90")), *_road_lines[1:]),
    process="S1",
)
MEALS_NOT_ALL_SERVED = _bill("MG-260930-14", ORDER["BC2026-0127"], date(2026, 10, 2))
GARDENS_TOO_LATE = _bill("2026/187", ORDER["BC2026-0133"], date(2026, 9, 21), process="S1")
SCHOOL_BILL = _bill("FA-26-0987", ORDER["BC2026-0138"], date(2026, 10, 15))
OTHER_ACCOUNT = replace(
    _bill("L26-1131", ORDER["BC2026-0140"], date(2026, 11, 2), process="S1"),
    iban=french_iban(99998, 404, 66_600_001),
)
_sign_lines = ORDER["BC2026-0142"].lines
WRONG_RATE = _bill(
    "TPC-2026-0802",
    ORDER["BC2026-0142"],
    date(2026, 10, 27),
    (_sign_lines[0], replace(_sign_lines[1], rate=Decimal(10))),
    process="S1",
)
MEALS_BILL = _bill("MG-261030-11", ORDER["BC2026-0145"], date(2026, 11, 3))


def _power(number: str, month: date, end: date, full: str, low: str) -> Bill:
    order = ORDER["BC2026-0102"]
    lines = (
        line(1, "ABO-36", "Abonnement mensuel 36 kVA", "1", "C62", "84.20"),
        line(2, "KWH-HP", "Consommation heures pleines", full, "KWH", "0.1642"),
        line(3, "KWH-HC", "Consommation heures creuses", low, "KWH", "0.1187"),
    )
    bill = _bill(number, order, end + timedelta(days=5), lines)
    return replace(bill, delivered=None, period=(month, end))


POWER_SEPTEMBER = _power("E26-09-4471", date(2026, 9, 1), date(2026, 9, 30), "3120", "1480")
POWER_OCTOBER = _power("E26-10-4603", date(2026, 10, 1), date(2026, 10, 31), "3655", "1720")

BRUSHES_BILL = replace(
    _bill(
        "RE-2026-10447",
        ORDER["BC2026-0149"],
        date(2026, 11, 4),
        tuple(
            replace(ordered, name=name, rate=Decimal(0), category="K")
            for ordered, name in zip(
                ORDER["BC2026-0149"].lines,
                ("Seitenbesen rund, Durchmesser 480 mm", "Walzenbesen, Breite 1200 mm"),
                strict=True,
            )
        ),
    ),
    language="de",
    note="Steuerfreie innergemeinschaftliche Lieferung. Autoliquidation par le preneur.",
)
DOCK_RETURNED = replace(
    _bill(
        "AV26-0043",
        ORDER["BC2026-0121"],
        date(2026, 10, 22),
        (replace(ORDER["BC2026-0121"].lines[2], quantity=Decimal(1)),),
    ),
    type_code="381",
    delivered=None,
    credits=(COMPUTERS_BILL.number, COMPUTERS_BILL.issued),
    note="Retour d'une station d'accueil défectueuse.",
)
PAPER_BILL_AGAIN = replace(PAPER_BILL, number="FA26-0918", issued=date(2026, 10, 19))

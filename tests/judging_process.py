"""Judges invoices for one unit of one order line in a process of its own.

    python -m tests.judging_process DATABASE_URL FIRST COUNT

Waits for a line on stdin, so that several start at once.
"""

from __future__ import annotations

import sys

from db.engine import Database
from domain.invoice import DocumentKind, Reading, Syntax
from matching.service import DocumentToMatch, judge, judge_beside_others
from matching.tolerances import Policy
from tests.matching_case import DAY, invoice, invoice_line


def say(line: str) -> None:
    """Tell whoever started this process."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Judge them, and print what became of each."""
    url, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    database = Database(url)
    say("ready")
    sys.stdin.readline()
    for number in range(first, first + count):
        line = invoice_line("1", "COM-60", "Compteur d'eau DN60", "1", "C62", f"{300 + number}.00")
        document = invoice((line,), number=f"F-{number}")
        reading = Reading(DocumentKind.INVOICE, Syntax.CII, document)
        with database.transaction() as connection:
            judge_beside_others(connection)
            verdict = judge(connection, DocumentToMatch(f"d{number:03d}", reading), Policy(), DAY)
        found = [d for d in verdict.discrepancies if d.code == "QUANTITY_ABOVE_ORDERED"]
        say(f"{number} {found[0].found if found else '-'}")
    database.close()


if __name__ == "__main__":
    main()

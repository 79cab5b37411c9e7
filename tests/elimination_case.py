"""An archive with documents whose term is over, for the tests of elimination."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from config.assembly import open_application
from config.eliminating import Eliminations
from config.retaining import open_eliminations
from config.settings import Settings
from domain.records import Record
from ingest.elimination.proposing import Visa
from ingest.elimination.purging import Step
from tests.integration.reference_texts import invoice_for

LATER = datetime.fromisoformat("2040-03-01T09:00:00+00:00")
"""Long after the term of whatever the tests take in."""
ANNE, BRUNO, CLAIRE = "anne", "bruno", "claire"
AGREED = Visa(granted=True, reference="AD69-2040-117")


def take_in(settings: Settings, *files: tuple[str, bytes]) -> list[str]:
    """Take these files in; invoices among them are refused, which settles them."""
    with open_application(settings) as application:
        records = list(application.ingest(files, "tests"))
        for record in records:
            if record["status"] in {"in_review", "blocked"}:
                application.resolve(record["document_id"], "refuse", "hors budget", "anne")
        return [record["document_id"] for record in records]


def invoices(settings: Settings, count: int) -> list[str]:
    """Take in that many invoices."""
    return take_in(settings, *((f"facture-{n}.xml", invoice_for(n)) for n in range(1, count + 1)))


@contextmanager
def later(settings: Settings, step: Step = lambda _: None) -> Iterator[Eliminations]:
    """Eliminations in 2040."""
    with open_eliminations(settings, lambda: LATER, step) as eliminations:
        yield eliminations


def agreed(settings: Settings, *document_ids: str, visa: Visa = AGREED) -> int:
    """Propose these documents, or all that may go, and grant the visa; gives the number."""
    with later(settings) as eliminations:
        number = int(eliminations.proposing.propose(ANNE, document_ids)["number"])
        eliminations.proposing.say(number, BRUNO, visa)
    return number


def purge(settings: Settings, number: int, step: Step = lambda _: None) -> Record:
    """Purge it; gives the certificate."""
    with later(settings, step) as eliminations:
        return eliminations.purge(number, CLAIRE)


def eliminate(settings: Settings, *document_ids: str) -> Record:
    """Propose, agree, purge."""
    return purge(settings, agreed(settings, *document_ids))


def verified(settings: Settings, *document_ids: str) -> list[Record]:
    """What `meg verify` says of these, or of everything."""
    with open_application(settings) as application:
        return list(application.verify(document_ids or None))


def shown(settings: Settings, document_id: str) -> Record:
    """What `meg show` says."""
    with open_application(settings) as application:
        return application.show(document_id)

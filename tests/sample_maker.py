"""Writes the sample that `meg demo` loads: `python -m tests.sample_maker [FOLDER]`.

The same bytes at every run; what it writes is committed under `api/sample/`, and a test compares.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path

from tests.sample import story_mail as mails
from tests.sample.carriers import hybrid, mail, zipped
from tests.sample.cii import cii
from tests.sample.model import Bill
from tests.sample.page import letter, page
from tests.sample.reference_files import reference_files
from tests.sample.story_parties import POWER
from tests.sample.ubl import ubl
from tests.support import PROJECT

SAMPLE = PROJECT / "api" / "sample"
_LETTER = """
Madame, Monsieur,

Nous vous informons que le prix du kilowattheure de votre contrat sera porté à 0,1689 euro en heures
pleines et à 0,1214 euro en heures creuses à compter du 1er janvier 2027. L'abonnement mensuel reste
inchangé.

Aucune démarche n'est nécessaire de votre part. Votre conseillère se tient à votre disposition pour
toute question.

Nous vous prions d'agréer, Madame, Monsieur, l'expression de nos salutations distinguées.
"""


def inbox_files() -> dict[str, bytes]:
    """Name and content of each document, in the order of arrival."""
    first = cii(mails.PAPER_BILL)
    meals = mails.MEALS_BILL
    return {
        "01_papeterie_FA-26-0918.xml": first,
        "02_informatique_L26-1107.pdf": _facturx(mails.COMPUTERS_BILL),
        "03_voirie_TPC-2026-0771.xml": ubl(mails.ROADS_DEARER),
        "04_repas_septembre_MG-260930-14.pdf": _facturx(mails.MEALS_NOT_ALL_SERVED),
        "05_espaces_verts_2026-187.xml": ubl(mails.GARDENS_TOO_LATE),
        "06_fournitures_scolaires_FA-26-0987.pdf": page(mails.SCHOOL_BILL),
        "07_maintenance_L26-1131.pdf": _facturx(mails.OTHER_ACCOUNT),
        "08_signalisation_TPC-2026-0802.xml": cii(mails.WRONG_RATE),
        "09_repas_octobre.eml": mail(
            meals,
            _facturx(meals),
            f"{meals.number}.pdf",
            datetime(2026, 11, 3, 8, 42, tzinfo=UTC),
        ),
        "10_electricite.zip": zipped(
            {f"{b.number}.xml": ubl(b) for b in (mails.POWER_SEPTEMBER, mails.POWER_OCTOBER)}
        ),
        "11_balais_RE-2026-10447.pdf": hybrid(
            mails.BRUSHES_BILL, cii(mails.BRUSHES_BILL), "zugferd-invoice.xml"
        ),
        "12_avoir_AV26-0043.xml": ubl(mails.DOCK_RETURNED),
        "13_rappel_FA-26-0918.xml": first,
        "14_papeterie_FA26-0918.pdf": _facturx(mails.PAPER_BILL_AGAIN),
        "15_courrier_tarifs.pdf": letter(
            POWER,
            "Évolution de nos tarifs au 1er janvier 2027",
            date(2026, 11, 12),
            _LETTER.strip().split("\n\n"),
        ),
    }


def _facturx(bill: Bill) -> bytes:
    return hybrid(bill, cii(bill))


def sample_files() -> dict[str, bytes]:
    """Every file of the sample by its path in the sample's folder."""
    return {
        **{f"reference/{name}": content for name, content in reference_files().items()},
        **{f"inbox/{name}": content for name, content in inbox_files().items()},
    }


def main() -> None:
    """Write the sample."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE
    for name, content in sample_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main()

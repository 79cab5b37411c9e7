"""The report on a document's signatures, kept in the archive as it was made at intake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from importlib import metadata
from typing import Any, Final

from archive.manifest import DERIVED, instant
from archive.service import Archive, Happening
from domain.message import message_record
from domain.records import canonical
from domain.signature import SignatureCheck
from ingest.signatures.texts import TEXTS

SIGNATURE_REPORT: Final = "signature_report"
SIGNATURE_CHECKED: Final = "signature_checked"
_SCHEMA: Final = "meg-signature-report/1"
_MADE_BY: Final = ("pyhanko", "pyhanko-certvalidator", "signxml", "cryptography")


def keep_report(
    archive: Archive,
    row: Mapping[str, Any],
    checks: Sequence[SignatureCheck],
    actor: str,
    now: datetime,
) -> list[Happening]:
    """Store the report; gives the events that name it and say what it concluded."""
    if not checks:
        return []
    made_by = {name: metadata.version(name) for name in _MADE_BY}
    report = {
        "schema": _SCHEMA,
        "document_id": row["document_id"],
        "sha256": row["sha256"],
        "checked_at": instant(now),
        "method": "ETSI EN 319 102-1",
        "made_by": made_by,
        "signatures": [message_record(check) for check in checks],
    }
    stored = asdict(archive.store_derived(canonical(report)))
    made = {
        "object": stored,
        "role": SIGNATURE_REPORT,
        "media_type": "application/json",
        "made_by": made_by,
    }
    concluded = {
        "report": stored["sha256"],
        "signatures": [
            {
                "format": check.format,
                "name": check.name,
                "indication": check.indication.value,
                "sub_indication": check.sub_indication,
                "signer": None if check.signer is None else check.signer.subject,
                "problems": [
                    {"code": problem.value, "fr": TEXTS[problem][0], "en": TEXTS[problem][1]}
                    for problem in check.problems
                ],
            }
            for check in checks
        ],
    }
    return [
        Happening(DERIVED, now, actor, made),
        Happening(SIGNATURE_CHECKED, now, actor, concluded),
    ]

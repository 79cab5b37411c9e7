"""The developers' acceptance cases whose documents are XML: judged in process, strictly.

Reading, validation, import and matching are the real ones; archive and command line are left out.
Each document must have exactly the discrepancies, decision, links and allocations expected.
"""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.engine import Database
from db.metadata import METADATA
from domain.identifiers import Digest
from domain.match import Severity, Verdict
from ingest.reader import open_document, read
from ingest.reference.service import import_paths
from ingest.validation.service import validate_document
from matching.service import DocumentToMatch, judge
from matching.tolerances import Policy
from tests.support import shared_folder

pytestmark = [pytest.mark.shared, pytest.mark.slow]

Expected = dict[str, Any]


def xml_cases() -> list[str]:
    """The cases in which every document to be judged is XML."""
    try:
        scenarios = shared_folder() / "scenarios"
    except (pytest.skip.Exception, pytest.fail.Exception):
        return []
    found = []
    for path in sorted(scenarios.glob("*/expected.json")):
        documents = json.loads(path.read_text())["documents"]
        if all(d["file"].endswith(".xml") for d in documents):
            found.append(path.parent.name)
    return found


@pytest.mark.parametrize("name", xml_cases())
def test_every_document_is_judged_as_expected(name: str) -> None:
    folder = shared_folder() / "scenarios" / name
    expected = json.loads((folder / "expected.json").read_text())
    database = Database("sqlite://")
    METADATA.create_all(database.engine)
    import_paths([folder / "reference"], database)
    seen: set[str] = set()

    for number, document in enumerate(expected["documents"]):
        data = (folder / "inbox" / document["file"]).read_bytes()
        if document["outcome"] is None or Digest.of(data).hex in seen:
            continue
        seen.add(Digest.of(data).hex)
        verdict = judged(database, f"d{number:04}", data, document["file"])
        assert differences(verdict, document) == [], document["why"]
    database.close()


def judged(database: Database, document_id: str, data: bytes, name: str) -> Verdict:
    """Read, validate and judge one file on the day it was issued."""
    opened, reading = open_document(data, name), read(data, name)
    assert opened.document is not None
    assert reading.invoice is not None
    assert reading.invoice.issue_date is not None
    validation = validate_document(opened.document, for_information=False)
    with database.transaction() as connection:
        document = DocumentToMatch(document_id, reading, validation)
        return judge(connection, document, Policy(), reading.invoice.issue_date)


def differences(verdict: Verdict, expected: Expected) -> list[str]:
    """What is not as expected."""
    wrong = []
    found = Counter(
        (d.code.value, d.invoice_line)
        for d in verdict.discrepancies
        if d.severity is not Severity.INFO
    )
    wanted = Counter((d["code"], d["invoice_line"]) for d in expected["discrepancies"])
    if found != wanted:
        wrong.append(f"found {found - wanted}, missing {wanted - found}")
    if verdict.decision.outcome.value != expected["outcome"]:
        wrong.append(f"decided {verdict.decision.outcome}")
    return [*wrong, *wrong_links(verdict, expected)]


def wrong_links(verdict: Verdict, expected: Expected) -> list[str]:
    """Links and allocations that are not as expected."""
    match, link = verdict.match, expected.get("link")
    if match is None:
        return [] if link is None else ["nothing was matched"]
    wrong = []
    stated = {"contract": match.contract, "lot": match.lot, "commitment": match.commitment}
    for key, value in (link or {}).items():
        found = sorted(match.orders) if key == "orders" else stated[key]
        if found != (sorted(value or []) if key == "orders" else value):
            wrong.append(f"{key}: {found}, expected {value}")
    allocated = {(m.invoice_line, m.order_id, m.order_line): m.quantity for m in match.lines}
    for line in expected.get("lines") or []:
        quantity = allocated.get((line["invoice_line"], line["order_id"], line["order_line"]))
        if quantity is None or Decimal(line.get("quantity", quantity)) != quantity:
            wrong.append(f"line {line}: {quantity}")
    return wrong


def test_the_cases_are_there() -> None:
    assert len(xml_cases()) > 50
    assert Path(shared_folder() / "scenarios" / xml_cases()[0]).is_dir()

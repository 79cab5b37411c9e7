"""The note left beside a dropped file: what the mailroom is told."""

from __future__ import annotations

from typing import Any

import pytest

from api.web.french import in_french
from domain.records import Record
from ingest.notes import Aftermath, note_for
from ingest.reader import read


def _record(**values: Any) -> Record:
    nothing: Record = {
        "file": "courriel.eml",
        "status": "not_invoice",
        "document_id": "01a2",
        "sha256": "00" * 32,
        "duplicate_of": None,
        "error": None,
        "source": None,
        "attachments": [],
        "discrepancies": [],
    }
    return nothing | values


def test_nothing_is_noted_beside_an_approved_invoice() -> None:
    assert note_for(_record(status="approved")) is None


def test_a_note_on_a_container_names_the_files_taken_out_of_it() -> None:
    note = note_for(_record(attachments=[{"name": "facture n° {1}.pdf"}, {"name": "lot.zip"}]))

    assert note is not None
    assert "Chacun des 2 fichiers qu'il contient est traité à part :" in note
    assert "\n- facture n° {1}.pdf\n- lot.zip\n" in note
    assert "pas une facture" not in note


def test_a_note_on_a_container_of_one_file_says_so() -> None:
    note = note_for(_record(attachments=[{"name": "facture.pdf"}]))

    assert note is not None
    assert "Le fichier qu'il contient est traité à part :\n- facture.pdf\n" in note


@pytest.mark.parametrize(
    "values",
    [{}, {"source": "pdf_text", "attachments": [{"name": "conditions.pdf"}]}],
    ids=["empty message", "letter with an attachment"],
)
def test_what_holds_no_document_is_no_invoice(values: Record) -> None:
    note = note_for(_record(**values))

    assert note is not None
    assert "Ce document n'est pas une facture." in note


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04" + bytes(40),
        b"7z\xbc\xaf\x27\x1c",
        b"<html></html>",
        b"%PDF-1.7\n",
        b"<a/>",
    ],
)
def test_a_note_on_what_cannot_be_read_is_french_throughout(data: bytes) -> None:
    failure = read(data, "f").error
    assert failure is not None
    error = {"code": failure.code, "message": failure.message, "hint": failure.hint}

    note = note_for(_record(status="unreadable", error=error), in_french)

    assert note is not None
    assert failure.code in note
    assert failure.message not in note
    assert failure.hint not in note


def test_a_note_on_a_discrepancy_is_french_whatever_its_message() -> None:
    item = {"code": "SUPPLIER_UNKNOWN", "message": "Unknown.", "found": "X", "invoice_line": None}

    note = note_for(_record(status="in_review", discrepancies=[item]))

    assert note is not None
    assert "- SUPPLIER_UNKNOWN : Fournisseur inconnu" in note


def _booked(**values: Any) -> Record:
    used = {"act": "order", "outcome": "booked", "number": "BC-7", "order_id": "BC-7"}
    return {"reasons": [], **used, **values}


@pytest.mark.parametrize(
    ("booked", "judged_again", "expected"),
    [
        ({}, 4, "Commande BC-7 prise en compte ; 4 factures rejugées."),
        ({}, 1, "Commande BC-7 prise en compte ; 1 facture rejugée."),
        (
            {"act": "receipt", "number": "BR-1"},
            0,
            "Avis de réception BR-1 (commande BC-7) pris en compte.",
        ),
        ({"outcome": "unchanged"}, 0, "Commande BC-7 déjà connue, rien n'a changé."),
        (
            {"outcome": "review", "number": "{0}", "order_id": None},
            0,
            "Commande {0} en attente, une personne doit vérifier ce document.",
        ),
    ],
)
def test_a_note_says_how_an_order_was_used(
    booked: Record, judged_again: int, expected: str
) -> None:
    note = note_for(_record(booked=_booked(**booked)), str, Aftermath(judged_again))

    assert note is not None
    assert expected in note.splitlines()
    assert "pas une facture" not in note


def _row(**values: Any) -> Record:
    nothing = {"file_name": "a.pdf", "number": None, "status": "approved", "kind": "invoice"}
    return {**nothing, "codes": [], "document_id": "01a1", **values}


def test_a_note_on_a_container_says_what_became_of_each_member() -> None:
    members = (
        _row(number="F-1", status="blocked"),
        _row(file_name="lisez-moi.txt", status="not_invoice", kind="other"),
        _row(file_name="bc.xml", number="BC-7", status="not_invoice", kind="order"),
    )

    note = note_for(_record(), str, Aftermath(members=members))

    assert note is not None
    assert "\n- a.pdf (F-1) : bloqué\n" in note
    assert "\n- lisez-moi.txt : archivé, n'est pas une facture\n" in note
    assert "\n- bc.xml (BC-7) : commande conservée\n" in note


def test_a_note_on_a_duplicate_names_the_first_document_and_where_it_stands() -> None:
    first = _row(number="F-1", status="in_review")

    note = note_for(_record(status="duplicate", duplicate_of="01a1"), str, Aftermath(first=first))

    assert note is not None
    assert "Premier dépôt : F-1, à vérifier (document 01a1)." in note


def test_a_note_on_a_repeated_unreadable_file_asks_for_another() -> None:
    first = _row(status="unreadable")

    note = note_for(_record(status="duplicate", duplicate_of="01a1"), str, Aftermath(first=first))

    assert note is not None
    assert "n'a pas pu être lu : il en faut un autre du fournisseur." in note
    assert "rien à faire" not in note

"""A document's audit trail in French, as blocks that a page or a PDF can show.

It follows the chain that CGI art. 289 VII 1° asks a company to document: order, receipt, invoice,
controls (who, when, rule version, result), decision, export. Everything told stands in an event of
the document or in the inputs of its verdict; nothing is looked up elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from archive.evidence.event_words import came_by, told, word
from archive.manifest import Event

_OUTCOMES = {"approve": "bon à payer", "review": "à examiner", "block": "bloquée"}
_STATUSES = {
    "passed": "conforme",
    "failed": "non conforme",
    "skipped": "non exécuté",
    "not_applicable": "sans objet",
}
_WEIGHTS = {"fatal": "erreur", "warning": "avertissement", "information": "pour information"}
_SEVERITIES = {"block": "bloquant", "review": "à examiner", "info": "information"}
_CEILINGS = {"order": "Commande", "contract": "Marché", "commitment": "Engagement"}
_STEPS = {
    "asked": "Demandé",
    "payable": "À payer selon le contrôle",
    "lines_held": "Lignes retenues",
    "retention": "Retenue de garantie",
    "advance": "Avance récupérée",
    "penalties": "Pénalités",
    "held": "Suspendu",
}
_ABSENT = "-"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within the report."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences."""

    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with its column heads."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Grid


@dataclass(frozen=True, slots=True)
class HappenedEvent:
    """An event, its place in the log and the manifest that holds it."""

    position: int
    version: int
    event: Event


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the report of one document is made from."""

    document_id: str
    events: tuple[HappenedEvent, ...]
    inputs: dict[str, Any] | None
    log_size: int
    at: datetime
    actor: str
    kept_until: str | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """A document's row in the list of the whole package."""

    document_id: str
    title: str
    supplier: str
    issue_date: str
    gross: str
    outcome: str


def story(facts: Facts, zone: ZoneInfo) -> tuple[list[Block], Overview]:
    """The report of one document, and its row in the overview."""
    last = {item.event.type: item.event for item in facts.events}
    invoice = _payload(last, "parsed").get("invoice") or {}
    decision = _payload(last, "decided").get("decision") or {}
    name = facts.events[0].event.payload["name"]
    number = invoice.get("number")
    title = f"Facture {number}" if number else f"Document {name}"
    overview = Overview(
        facts.document_id,
        title,
        (invoice.get("seller") or {}).get("name") or _ABSENT,
        day(invoice.get("issue_date")),
        amount((invoice.get("totals") or {}).get("tax_inclusive")),
        _OUTCOMES.get(decision.get("outcome", ""), _ABSENT),
    )
    blocks = [
        Paragraph(
            f"Dossier établi le {instant(facts.at, zone)} par {facts.actor}. Tout ce qui suit est"
            " tiré d'événements inscrits dans un journal signé ; verify.py le contrôle hors ligne."
        ),
        *_identity(facts, invoice, zone),
        *_orders(facts.inputs, last),
        *_receipts(facts.inputs),
        *_signatures(last, zone),
        *_controls(facts, last, zone),
        *_decision(last),
        *_overruled(facts, invoice),
        *_people(facts, zone),
        *_exports(facts, zone),
        *_journal(facts, zone),
    ]
    return blocks, overview


def amount(value: str | None) -> str:
    """An amount as French accounts write it."""
    if value is None:
        return _ABSENT
    whole, _, cents = value.partition(".")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    groups: list[str] = []
    while len(whole) > 3:  # noqa: PLR2004 - thousands
        groups.insert(0, whole[-3:])
        whole = whole[:-3]
    return sign + " ".join([whole, *groups]) + ("," + cents if cents else "")


def day(value: str | None) -> str:
    """A date as French people write it."""
    return "/".join(reversed(value.split("-"))) if value else _ABSENT


def instant(at: datetime, zone: ZoneInfo) -> str:
    """A moment in the zone's time, with its distance from UTC."""
    return at.astimezone(zone).strftime("%d/%m/%Y %H:%M:%S (UTC%z)")


def _payload(last: dict[str, Event], kind: str) -> Any:
    return last[kind].payload if kind in last else {}


def _identity(facts: Facts, invoice: dict[str, Any], zone: ZoneInfo) -> Iterator[Block]:
    received = facts.events[0].event
    stored = received.payload["object"]
    totals, seller = invoice.get("totals") or {}, invoice.get("seller") or {}
    rows = [
        ("Reçu", f"{instant(received.at, zone)}, par {came_by(received.payload['source'])}"),
        ("Fichier", f"{received.payload['name']} ({stored['size']} octets)"),
        ("SHA-256", stored["sha256"]),
        ("Identifiant", facts.document_id),
        ("Conservé jusqu'au", day(facts.kept_until or received.payload.get("retain_until"))),
    ]
    if invoice:
        currency = invoice.get("currency") or ""
        rows += [
            ("Fournisseur", f"{seller.get('name') or _ABSENT} ({_identifier(seller)})"),
            ("Acheteur", (invoice.get("buyer") or {}).get("name") or _ABSENT),
            ("Numéro et date", f"{invoice.get('number')} du {day(invoice.get('issue_date'))}"),
            ("Montant HT", f"{amount(totals.get('tax_exclusive'))} {currency}"),
            ("TVA", f"{amount(totals.get('tax'))} {currency}"),
            ("Montant TTC", f"{amount(totals.get('tax_inclusive'))} {currency}"),
            ("Compte à créditer", invoice.get("payee_iban") or _ABSENT),
        ]
    yield Heading("La pièce")
    yield Grid(("", ""), tuple(rows))


def _identifier(party: dict[str, Any]) -> str:
    return party.get("legal_id") or party.get("vat_id") or "sans identifiant"


def _orders(inputs: dict[str, Any] | None, last: dict[str, Event]) -> Iterator[Block]:
    yield Heading("1. Commande")
    match = _payload(last, "matched").get("match")
    if not match:
        yield Paragraph("Aucune commande n'a été rapprochée de ce document.")
        return
    yield Paragraph(_french(match))
    linked = [o for o in (inputs or {}).get("orders", ()) if o["order_id"] in match["orders"]]
    billed = {(m["order_id"], m["order_line"]): m for m in match["lines"]}
    for order in linked:
        yield Paragraph(
            f"Commande {order['order_id']} du {day(order.get('order_date'))}, marché "
            f"{order.get('contract_id') or _ABSENT}, engagement "
            f"{order.get('commitment_id') or _ABSENT}, service "
            f"{order.get('service_code') or _ABSENT}"
        )
        rows = []
        for line in order.get("lines", ()):
            found = billed.get((order["order_id"], line["line_id"]), {})
            rows.append(
                (
                    line["line_id"],
                    line.get("description") or _ABSENT,
                    f"{amount(line.get('quantity'))} {line.get('unit') or ''}",
                    amount(line.get("unit_price")),
                    amount(found.get("quantity")),
                    amount(found.get("net_amount")),
                )
            )
        heads = ("Poste", "Désignation", "Commandé", "Prix unitaire", "Facturé ici", "Montant HT")
        yield Grid(heads, tuple(rows))


def _receipts(inputs: dict[str, Any] | None) -> Iterator[Block]:
    yield Heading("2. Réception (service fait)")
    rows = [
        (
            receipt["receipt_id"],
            f"{receipt['order_id']} / {receipt['line_id']}",
            amount(receipt.get("quantity")),
            day(receipt.get("received_on")),
            receipt.get("certified_by") or _ABSENT,
        )
        for order in (inputs or {}).get("orders", ())
        for receipt in order.get("receipts", ())
    ]
    if rows:
        yield Grid(("Constat", "Commande / poste", "Quantité", "Le", "Certifié par"), tuple(rows))
    else:
        yield Paragraph("Aucune réception n'était connue au moment du jugement.")


def _signatures(last: dict[str, Event], zone: ZoneInfo) -> Iterator[Block]:
    if "signature_checked" not in last:
        return
    event = last["signature_checked"]
    yield Heading("Signatures électroniques")
    yield Paragraph(
        f"Vérifiées à l'arrivée, {instant(event.at, zone)}, selon ETSI EN 319 102-1 ; le rapport"
        f" entier est joint (derived/{event.payload['report']}.json)."
    )
    yield Grid(
        ("Signature", "Signataire", "Résultat", "Constat"),
        tuple(
            (
                f"{check['format']} {check['name']}".strip(),
                check["signer"] or _ABSENT,
                " / ".join(filter(None, (check["indication"], check["sub_indication"]))),
                " ".join(f"{p['fr']} ({p['code']})" for p in check["problems"]) or _ABSENT,
            )
            for check in event.payload["signatures"]
        ),
    )


def _controls(facts: Facts, last: dict[str, Event], zone: ZoneInfo) -> Iterator[Block]:
    yield Heading("3. Contrôles")
    if "validated" in last:
        event = last["validated"]
        yield Paragraph(f"Règles officielles, {instant(event.at, zone)}, par {event.actor} :")
        yield Grid(
            ("Jeu de règles", "Version", "Résultat", "Précision"),
            tuple(
                (
                    r["name"],
                    r["version"] or _ABSENT,
                    _STATUSES[r["status"]],
                    r["why"] or "",
                )
                for r in event.payload["rule_sets"]
            ),
        )
        found = event.payload["findings"]
        if found:
            yield Grid(
                ("Règle", "Gravité", "Constat"),
                tuple(
                    (
                        f["rule"],
                        _WEIGHTS.get(f["severity"], f["severity"]),
                        (f.get("plain") or {}).get("fr") or f["message"],
                    )
                    for f in found
                ),
            )
        else:
            yield Paragraph("Aucune de ces règles n'est enfreinte.")
    yield from _matching_controls(facts, last, zone)


def _matching_controls(facts: Facts, last: dict[str, Event], zone: ZoneInfo) -> Iterator[Block]:
    if "matched" not in last:
        yield Paragraph("Ce document n'a pas été rapproché de la dépense engagée.")
        return
    event = last["matched"]
    policy = (_payload(last, "decided").get("decision") or {}).get("policy_version")
    kept = "jointes (inputs/)" if facts.inputs is not None else "non jointes"
    yield Paragraph(
        "Rapprochement commande, réception, marché, engagement et crédits, "
        f"{instant(event.at, zone)}, par {event.actor}, politique {policy or _ABSENT}. "
        f"Données jugées : empreinte {event.payload['inputs_digest']}, {kept}."
    )
    rows = tuple(
        (
            item["code"],
            _SEVERITIES.get(item["severity"], item["severity"]),
            item["message"],
            _text(item["expected"]),
            _text(item["found"]),
        )
        for item in event.payload["discrepancies"]
    )
    if rows:
        yield Grid(("Écart", "Gravité", "Constat", "Attendu", "Trouvé"), rows)
    else:
        yield Paragraph("Aucun écart constaté.")


def _decision(last: dict[str, Event]) -> Iterator[Block]:
    yield Heading("4. Décision")
    if "decided" not in last:
        yield Paragraph("Aucune décision : ce document n'est pas une facture à payer.")
        return
    payload = last["decided"].payload
    decision, payment = payload["decision"], payload.get("payment") or {}
    outcome = _OUTCOMES.get(decision["outcome"], decision["outcome"])
    yield Paragraph(f"Résultat des contrôles : {outcome}. {_french(decision)}")
    if decision["waterfall"]:
        yield Grid(
            ("Étape", "Montant"),
            tuple(
                (_STEPS.get(w["step"], w["step"]), amount(w["amount"]))
                for w in decision["waterfall"]
            ),
        )
    if decision["chain"]:
        yield Grid(
            ("Plafond", "Référence", "Montant", "Facturé avant", "Cette facture", "Reste"),
            tuple(
                (
                    _CEILINGS.get(link["kind"], "Crédits"),
                    link["id"],
                    *(amount(link[k]) for k in ("ceiling", "before", "this", "left")),
                )
                for link in decision["chain"]
            ),
        )
    if payment.get("deadline"):
        yield Paragraph(
            f"Délai de paiement : du {day(payment['clock_starts'])} au {day(payment['deadline'])}."
        )


def _overruled(facts: Facts, invoice: dict[str, Any]) -> Iterator[Block]:
    """What became of the control's proposal by the last decision of a person."""
    told = [item.event.payload for item in facts.events if item.event.type == "resolved"]
    status = None
    for payload in told:
        stands = payload.get("after") in {"refused", "disputed", "on_hold"}
        decided = payload.get("action") == "approve" or stands
        status = payload.get("after") if decided else None
    asked = (invoice.get("totals") or {}).get("payable")
    if status == "approved":
        sum_asked = f", {amount(asked)} demandés" if asked else ""
        yield Paragraph(
            f"Décision d'une personne, qui prévaut : approuvée{sum_asked} ; ce que le"
            " contrôle retenait pour ses écarts est libéré."
        )
    elif status == "refused":
        yield Paragraph(
            "Décision d'une personne, qui prévaut : refusée ; rien à payer, et la facture ne"
            " consomme plus rien des plafonds ci-dessus."
        )
    elif status == "on_hold":
        yield Paragraph("Décision d'une personne, qui prévaut : en attente ; rien à payer.")


def _people(facts: Facts, zone: ZoneInfo) -> Iterator[Block]:
    automatic = {
        "received",
        "signature_checked",
        "parsed",
        "validated",
        "matched",
        "decided",
        "derived",
        "exported",
    }
    rows = tuple(
        (instant(e.at, zone), word(e.type), e.actor, told(e))
        for e in (item.event for item in facts.events)
        if e.type not in automatic
    )
    if rows:
        yield Paragraph("Interventions et suites :")
        yield Grid(("Le", "Quoi", "Par", "Détail"), rows)


def _exports(facts: Facts, zone: ZoneInfo) -> Iterator[Block]:
    yield Heading("5. Exports et communications")
    rows = tuple(
        (instant(e.at, zone), e.actor, told(e))
        for e in (item.event for item in facts.events)
        if e.type == "exported"
    )
    if rows:
        yield Grid(("Le", "Par", "Quoi"), rows)
    else:
        yield Paragraph("Aucun avant ce dossier.")


def _journal(facts: Facts, zone: ZoneInfo) -> Iterator[Block]:
    yield Heading("Journal")
    yield Paragraph(
        f"Rang de chaque événement dans le journal de {facts.log_size} événements ; l'empreinte est"
        " ce que le journal signé en retient."
    )
    yield Grid(
        ("Rang", "Le", "Événement", "Par", "Empreinte"),
        tuple(
            (
                str(item.position),
                instant(item.event.at, zone),
                word(item.event.type),
                item.event.actor,
                item.event.entry().hex(),
            )
            for item in facts.events
        ),
    )


def _french(record: dict[str, Any]) -> str:
    explained: str = (record.get("explanations") or {}).get("fr") or record.get("explanation") or ""
    return explained


def _text(value: object) -> str:
    return _ABSENT if value is None else str(value)

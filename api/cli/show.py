"""`meg show`: all that is known of a document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from api.cli.ingest import line_of
from api.cli.options import data_option, json_option, opened
from domain.records import Record
from domain.signature import SignatureProblem
from ingest.received_texts import sentence
from ingest.signatures.texts import TEXTS
from matching.texts import message_of

_PAGE = {
    "line": ("ligne", "line"),
    "block": ("bloque", "block"),
    "review": ("à voir", "review"),
    "info": ("info", "info"),
    "came": ("Arrivé dans {}", "Came in {}"),
    "contains": ("Contient, chacun à part :", "Contains, each on its own:"),
    "carries": ("Joint", "Carries"),
    "bytes": ("octets", "bytes"),
    "history": ("Historique", "History"),
    "archived": ("Archivé sous {}, SHA-256 {}", "Archived as {}, SHA-256 {}"),
    "destroyed": ("Détruit selon les règles le {} par {}", "Lawfully destroyed {} by {}"),
    "elimination": (
        "Élimination {}, visa de {} ({}) ; `meg evidence` en donne la preuve",
        "Elimination {}, visa of {} ({}); `meg evidence` gives the proof",
    ),
    "due": ("Échéance indiquée : {}", "Due date stated: {}"),
    "deadline": ("À payer avant le {} ({})", "Pay by {} ({})"),
    "left": ("jours restants : {}", "days left: {}"),
    "late": ("jours de retard : {}", "days late: {}"),
    "stopped": ("Délai de paiement interrompu le {}", "Payment delay interrupted on {}"),
    "owed": (
        "Dus pour retard : {owed} €, dont {indemnity} € d'indemnité",
        "Owed for lateness: {owed} €, {indemnity} € of it the indemnity",
    ),
    "rate_missing": (
        "Dus pour retard : {indemnity} € d'indemnité, et des intérêts",
        "Owed for lateness: {indemnity} € of indemnity, and interest",
    ),
    "rate_how": (
        "Le taux du semestre est à renseigner : refinancing_rates dans policy.toml",
        "The rate of the half-year is to be stated: refinancing_rates in policy.toml",
    ),
    "signature": ("signature", "signature"),
    "timestamp": ("horodatage", "timestamp"),
    "unknown": ("signataire inconnu", "unknown signer"),
}
_NOT_OWED = ("refused", "replaced")
_FRENCH_ACTIONS = {
    "approve": "approuver",
    "refuse": "refuser",
    "dispute": "mettre en litige",
    "hold": "mettre en attente",
    "release": "lever l'attente",
    "link": "lier",
    "correct": "corriger",
    "tell_apart": "n'est pas un doublon",
}
_FRENCH_EVENTS = {
    "received": "reçu",
    "parsed": "lu",
    "validated": "contrôlé",
    "matched": "rapproché",
    "decided": "jugé",
    "judged_again": "rejugé",
    "booked": "utilisé",
    "status_told": "statut reçu",
    "resolved": "décision",
    "account": "compte",
    "replaced": "remplacée",
    "restored": "rétablie",
    "derived": "fichier établi",
    "signature_checked": "signature",
    "exported": "dossier",
    "failed": "échec",
    "held": "gelé",
    "released": "dégelé",
    "purge_started": "élimination",
    "purged": "éliminé",
}
_FRENCH_CAUSES = {
    "import": "l'import de",
    "document": "l'arrivée de",
    "follows": "ce qui a changé pour",
    "account": "la vérification du compte",
    "rebuild": "la reconstruction",
    "decision": "la décision sur",
}


@click.command()
@click.argument("document_id")
@data_option
@json_option
def show(document_id: str, data: Path | None, *, as_json: bool) -> None:
    """Show a document: invoice, match, discrepancies, decision, deadline, history.

    Its id may be shortened to eight characters or more, or be the number of an invoice, where only
    one document is meant.
    """
    from config.policy import load_policy

    with opened(data) as application:
        record = application.show(application.meant(document_id))
        language = load_policy(application.settings).language
    click.echo(json.dumps(record, ensure_ascii=False) if as_json else _page(record, language))


def _word(name: str, language: str) -> str:
    return _PAGE[name][0 if language == "fr" else 1]


def _page(record: Record, language: str) -> str:
    """All of it in the policy's language; statuses and codes are what commands take."""
    lines = [line_of(record), ""]
    decision, match = record["decision"], record["match"]
    if match and (told := _explained(match, language)):
        lines.append(told)
    for item in record["discrepancies"]:
        line = item["invoice_line"]
        where = f" {_word('line', language)} {line}" if line else ""
        colon = " :" if language == "fr" else ":"
        weight = _word(item["severity"], language)
        lines.append(f"  {weight:<6} {item['code']}{where}{colon} {message_of(item, language)}")
    reasons = (record.get("booked") or {}).get("reasons", ())
    lines += [f"  {reason['code']}: {sentence(reason, language)}" for reason in reasons]
    lines += [line for check in record["signatures"] for line in _signature(check, language)]
    if decision:
        lines += ["", _explained(decision, language)]
    lines += _delay(record, language)
    if record["parent_id"]:
        lines.append(_word("came", language).format(record["parent_id"]))
    if record["contains"]:
        inside = (f"  {child}" for child in record["contains"])
        lines += [_word("contains", language), *inside]
    else:
        lines += _carried(record, language)
    history = (_happened(event, french=language == "fr") for event in record["history"])
    lines += ["", _word("history", language), *history, *_kept(record, language)]
    return "\n".join(lines)


def _delay(record: Record, language: str) -> Iterator[str]:
    """The due date that is stated, and the legal deadline as it stands today."""
    if stated := (record["invoice"] or {}).get("due_date"):
        yield _word("due", language).format(stated)
    today = record["payment_today"]
    if not today or record["status"] in _NOT_OWED:
        return
    if today["deadline"] is None:
        yield _word("stopped", language).format(today["interruption"]["notified_on"])
        return
    days = today["days_left"]
    left = _word("left" if days >= 0 else "late", language).format(abs(days))
    yield _word("deadline", language).format(today["deadline"], left)
    if days >= 0:
        return
    owed = today["owed_for_lateness"]
    kind = "owed" if owed is not None else "rate_missing"
    yield _word(kind, language).format(owed=owed, indemnity=today["indemnity"])
    if owed is None:
        yield _word("rate_how", language)


def _explained(concluded: Record, language: str) -> str:
    """What a verdict explains, in the language; one kept by an early release had only its own."""
    told = (concluded.get("explanations") or {}).get(language)
    return str(told or concluded["explanation"] or "")


def _kept(record: Record, language: str) -> list[str]:
    """Where its bytes are, or by whose visa they were destroyed."""
    gone = record["purged"]
    if gone is None:
        key = record["archive"]["key"]
        return [_word("archived", language).format(key, record["sha256"])]
    visa = gone["visa"]
    return [
        _word("destroyed", language).format(gone["at"], gone["by"]),
        _word("elimination", language).format(
            gone["elimination"], visa["by"], visa["reference"] or "-"
        ),
        f"SHA-256 {record['sha256']}",
    ]


def _signature(check: Record, language: str) -> Iterator[str]:
    """What checking a signature came to, in the standard's words and in plain ones."""
    result = "/".join(filter(None, (check["indication"], check["sub_indication"])))
    kind = _word("timestamp" if check["is_timestamp"] else "signature", language)
    who = check["signer"]["subject"] if check["signer"] else _word("unknown", language)
    yield f"  {check['format']} {kind} {check['name']}: {result}, {who}"
    for code in check["problems"]:
        yield f"      {code} {TEXTS[SignatureProblem(code)][0 if language == 'fr' else 1]}"


def _carried(record: Record, language: str) -> list[str]:
    """The files inside a PDF or an XML, archived apart."""
    carried = record["attachments"]
    if not carried:
        return []
    unit = _word("bytes", language)
    files = (f"  {a['name']} ({a['size']} {unit})  {a['sha256']}" for a in carried)
    return ["", _word("carries", language), *files]


def _happened(event: Record, *, french: bool) -> str:
    kind = _FRENCH_EVENTS.get(event["type"], event["type"]) if french else event["type"]
    ledger = "registre" if french else "ledger"
    line = f"  {event['at']}  {kind:<10} {event['actor']}  ({ledger} {event['position']})"
    told = event["payload"]
    if not told:
        return line  # its content was purged
    if event["type"] == "judged_again":
        before, cause = told["before"], told["cause"]
        if french:
            return f"{line}\n      à cause de {_cause(cause, _FRENCH_CAUSES)} ; avant : {before}"
        return f"{line}\n      because of {_cause(cause, {})}: {before} before"
    if event["type"] == "status_told":
        return f"{line}\n      {told['status_code']} {told['status'] or ''}".rstrip()
    if event["type"] != "resolved":
        return line
    to = "→" if french else "to"
    action = _FRENCH_ACTIONS.get(told["action"], told["action"]) if french else told["action"]
    change = f"{action}, {told['before']} {to} {told['after']}"
    return f"{line}\n      {change}{' :' if french else ':'} {told['reason']}"


def _cause(cause: Record, names: Mapping[str, str]) -> str:
    kind = cause.get("kind")
    about = cause.get("file") or cause.get("number") or ", ".join(cause.get("documents", ()))
    return " ".join(part for part in (names.get(kind or "", kind), about) if part)

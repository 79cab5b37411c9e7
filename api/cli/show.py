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
    """Show a document: invoice, match, discrepancies, decision, history."""
    from config.policy import load_policy

    with opened(data) as application:
        record = application.show(document_id)
        language = load_policy(application.settings).language
    click.echo(json.dumps(record, ensure_ascii=False) if as_json else _page(record, language))


def _page(record: Record, language: str) -> str:
    lines = [line_of(record), ""]
    decision, match = record["decision"], record["match"]
    if match and match["explanation"]:
        lines.append(match["explanation"])
    for item in record["discrepancies"]:
        where = f" line {item['invoice_line']}" if item["invoice_line"] else ""
        lines.append(f"  {item['severity']:<6} {item['code']}{where}: {item['message']}")
    reasons = (record.get("booked") or {}).get("reasons", ())
    lines += [f"  {reason['code']}: {sentence(reason, 'en')}" for reason in reasons]
    lines += [line for check in record["signatures"] for line in _signature(check)]
    if decision:
        lines += ["", decision["explanation"]]
    if record["parent_id"]:
        lines.append(f"Came in {record['parent_id']}")
    if record["contains"]:
        lines += ["Contains, each on its own:", *(f"  {child}" for child in record["contains"])]
    else:
        lines += _carried(record)
    french = language == "fr"
    title = "Historique" if french else "History"
    lines += ["", title, *(_happened(event, french=french) for event in record["history"])]
    if (gone := record["purged"]) is not None:
        visa = f"visa of {gone['visa']['by']} ({gone['visa']['reference'] or '-'})"
        lines += [
            f"Lawfully destroyed {gone['at']} by {gone['by']}",
            f"Elimination {gone['elimination']}, {visa}; `meg evidence` gives the proof",
            f"SHA-256 {record['sha256']}",
        ]
        return "\n".join(lines)
    lines += [f"Archived as {record['archive']['key']}, SHA-256 {record['sha256']}"]
    return "\n".join(lines)


def _signature(check: Record) -> Iterator[str]:
    """What checking a signature came to, in the standard's words and in plain ones."""
    result = "/".join(filter(None, (check["indication"], check["sub_indication"])))
    kind = "timestamp" if check["is_timestamp"] else "signature"
    who = check["signer"]["subject"] if check["signer"] else "unknown signer"
    yield f"  {check['format']} {kind} {check['name']}: {result}, {who}"
    for code in check["problems"]:
        yield f"      {code} {TEXTS[SignatureProblem(code)][1]}"


def _carried(record: Record) -> list[str]:
    """The files inside a PDF or an XML, archived apart."""
    carried = record["attachments"]
    if not carried:
        return []
    return ["", "Carries", *(f"  {a['name']} ({a['size']} bytes)  {a['sha256']}" for a in carried)]


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
    change = f"{told['action']}, {told['before']} {to} {told['after']}"
    return f"{line}\n      {change}{' :' if french else ':'} {told['reason']}"


def _cause(cause: Record, names: Mapping[str, str]) -> str:
    kind = cause.get("kind")
    about = cause.get("file") or cause.get("number") or ", ".join(cause.get("documents", ()))
    return " ".join(part for part in (names.get(kind or "", kind), about) if part)

"""`meg retention propose | proposals | visa | purge | certificate`: elimination under four eyes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import click

from api.cli.options import acting_user, at_the_terminal, data_option, json_option
from domain.records import Record

if TYPE_CHECKING:
    from config.eliminating import Eliminations

EXIT_FINDINGS: Final = 1
_NO_CERTIFICATE: Final = "nothing was destroyed yet: there is no certificate"
_TOO_SHORT: Final = (
    "warning: retention.voucher_years is less than the ten years that the law wants of accounting "
    "vouchers; the bordereau says so"
)

_LEFT_OUT: Final = {
    "BUSY": "work on it is under way",
    "FAMILY": "something that it came with stays",
    "HELD": "a legal hold lies on it",
    "OPEN": "nobody has settled it",
    "PROPOSED": "it stands on another proposal",
    "TERM": "it has not served its time",
    "TOGETHER": "its order or contract has a document that stays",
}

_folder = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("document_ids", nargs=-1, metavar="[ID]...")
@click.option("-o", "--output", type=_folder, help="Where the bordereau goes, HTML and CSV.")
@click.option("--most", type=click.IntRange(1, 10_000), default=10_000, show_default=True)
@data_option
@json_option
def propose(
    document_ids: tuple[str, ...],
    output: Path | None,
    most: int,
    data: Path | None,
    *,
    as_json: bool,
) -> None:
    """Propose for elimination what has served its time: all of it, or these documents.

    Not proposed is what is held, waits for a decision, or hangs together with an order or contract
    whose last document has to be kept longer: how many, for which reason, is said. The proposal has
    a number and is an event of the log.
    """
    with _opened(data) as (eliminations, zone):
        record = eliminations.proposing.propose(acting_user(), document_ids, most)
        _note(record["number"], data)
        if eliminations.proposing.terms.too_short:
            click.echo(_TOO_SHORT, err=True)
        _tell(record, as_json=as_json)
        for code, count in record["left_out"].items():
            click.echo(f"left out: {count} {code}: {_LEFT_OUT.get(code, '')}", err=True)
        if record["most_reached"]:
            click.echo(
                f"--most {most} reached: the documents after these were not looked at", err=True
            )
        if output is not None:
            _write_bordereau(record, output, zone)


@click.command()
@click.argument("number", type=int, required=False)
@click.option("-o", "--output", type=_folder, help="Where its bordereau goes, HTML and CSV.")
@data_option
@json_option
def proposals(number: int | None, output: Path | None, data: Path | None, *, as_json: bool) -> None:
    """List eliminations, or show one with its documents."""
    with _opened(data) as (eliminations, zone):
        if number is None:
            for record in eliminations.proposing.listed():
                _tell(record, as_json=as_json)
            return
        record = eliminations.proposing.load(number)
        _note(number, data)
        _tell(record, as_json=as_json)
        if not as_json:
            for item in record["documents"]:
                why = f"  {item['code'] or ''} {item['reason']}" if item["reason"] else ""
                click.echo(f"  {item['document_id']}  {item['state']:<9} {item['file'] or ''}{why}")
        if output is not None:
            _write_bordereau(record, output, zone)


@click.command()
@click.argument("number", type=int)
@click.option("--reference", default="", help="Of the visa on paper, such as the archives' letter.")
@click.option("--strike", multiple=True, metavar="ID=REASON", help="A document that is to be kept.")
@click.option("--refuse", metavar="REASON", help="Refuse the whole proposal.")
@click.option("--file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@data_option
@json_option
def visa(
    number: int,
    reference: str,
    strike: tuple[str, ...],
    refuse: str | None,
    file: Path | None,
    data: Path | None,
    *,
    as_json: bool,
) -> None:
    """Grant or refuse the visa on a proposal, as another person than the proposer.

    Public archives: the visa is that of the archives départementales (Code du patrimoine, L212-2,
    R212-14), and --reference names it. A --file (the letter, scanned) is archived and hashed.
    """
    from ingest.elimination.proposing import Visa

    said = Visa(
        granted=refuse is None,
        reference=reference,
        reason=refuse or "",
        struck=dict(_struck(item) for item in strike),
        file=None if file is None else file.read_bytes(),
    )
    with _opened(data) as (eliminations, _):
        record = eliminations.proposing.say(number, acting_user(), said)
        _note(number, data)
        _tell(record, as_json=as_json)


@click.command()
@click.argument("numbers", type=int, nargs=-1, required=True, metavar="NUMBER...")
@click.option("-o", "--output", type=_folder, help="Where the certificates go.")
@data_option
@json_option
def purge(
    numbers: tuple[int, ...], output: Path | None, data: Path | None, *, as_json: bool
) -> None:
    """Destroy what the visa covers; interrupted, ask again: it goes on where it was.

    Holds, terms and locks are looked at once more; what may not go stays, with the reason, and the
    exit code is 1. What was destroyed is certified in the signed log. Index and database are
    written anew at the end: name several eliminations at once, and that is done once.
    """
    with _opened(data) as (eliminations, zone):

        def tell(certificate: Record) -> None:
            _tell_certificate(certificate, as_json=as_json)
            if output is not None and certificate["documents"]:
                _write_certificate(certificate, eliminations, output, zone)

        certificates = eliminations.purge_all(list(dict.fromkeys(numbers)), acting_user(), tell)
    if any(certificate["left"] for certificate in certificates):
        raise click.exceptions.Exit(EXIT_FINDINGS)


@click.command()
@click.argument("number", type=int)
@click.option("-o", "--output", type=_folder, required=True, help="Where the certificates go.")
@data_option
def certificate(number: int, output: Path, data: Path | None) -> None:
    """Write the certificates of an elimination: JSON, its signature, HTML, PDF."""
    with _opened(data) as (eliminations, zone):
        made = eliminations.proposing.load(number)["certificates"]
        if not made:
            raise click.UsageError(_NO_CERTIFICATE)
        for one in made:
            _write_certificate(one, eliminations, output, zone)


COMMANDS: Final = (propose, proposals, visa, purge, certificate)


@contextmanager
def _opened(data: Path | None) -> Iterator[tuple[Eliminations, ZoneInfo]]:
    from config.loader import load_settings
    from config.retaining import open_eliminations

    settings = load_settings(data)
    with open_eliminations(settings) as eliminations:
        yield eliminations, ZoneInfo(settings.timezone)


def _note(number: int, data: Path | None) -> None:
    """Record that suppliers and numbers of the documents on a proposal were shown."""
    from archive.access import What
    from config.access_journal import note_access
    from config.loader import load_settings

    settings, visitor = load_settings(data), at_the_terminal()
    note_access(settings, visitor, What.LISTED, list="elimination", number=number)


def _struck(item: str) -> tuple[str, str]:
    document_id, equals, reason = item.partition("=")
    if not equals or not reason.strip():
        raise click.BadParameter(f"say {document_id}=REASON", param_hint="--strike")
    return document_id, reason


def _tell(record: Record, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(record, ensure_ascii=False))
        return
    counted = ", ".join(f"{count} {state}" for state, count in sorted(record["counts"].items()))
    said = f"  visa of {record['visa_by']}" if record["visa_by"] else ""
    reference = f" ({record['visa_reference']})" if record["visa_reference"] else ""
    head = f"elimination {record['number']}  {record['state']}  {counted}"
    click.echo(f"{head}  proposed by {record['proposed_by']}{said}{reference}")


def _tell_certificate(certificate: Record, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(certificate, ensure_ascii=False))
    else:
        _tell_fates(certificate["elimination"], certificate["documents"])
    for item in certificate["left"]:
        click.echo(f"kept: {item['document_id']}: {item['code']}: {item['reason']}", err=True)


def _tell_fates(number: int, documents: list[Record]) -> None:
    spared = [d for d in documents if d["sha256"] not in d["destroyed"]]
    text = f"elimination {number}: {len(documents) - len(spared)} documents destroyed"
    click.echo(f"{text}, {len(spared)} eliminated whose bytes stay" if spared else text)
    for item in spared:
        owner = item["kept_for"].get(item["sha256"])
        whose = f"document {owner}" if owner else "another document"
        click.echo(f"bytes kept: {item['document_id']}: they belong to {whose} too")


def _write_bordereau(record: Record, folder: Path, zone: ZoneInfo) -> None:
    from ingest.elimination.papers import bordereau_csv, bordereau_page

    base = f"bordereau-{record['number']:06d}"
    files = {f"{base}.html": bordereau_page(record, zone), f"{base}.csv": bordereau_csv(record)}
    _write(files, folder)


def _write_certificate(
    record: Record, eliminations: Eliminations, folder: Path, zone: ZoneInfo
) -> None:
    from ingest.elimination.papers import certificate_files

    _write(certificate_files(record, eliminations.archive.signer, zone), folder)


def _write(files: dict[str, bytes], folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
            click.echo(str(folder / name), err=True)
    except OSError as problem:
        raise click.FileError(str(folder), problem.strerror or str(problem)) from problem

"""What an evidence package holds of the archive: each document's files, manifests and proofs.

    documents/<id>/original.<ext>                   the bytes received
    documents/<id>/attachments/<sha256>.<ext>       files that came inside it
    documents/<id>/derived/<sha256>.<ext>           files made of it
    documents/<id>/inputs/<sha256>.json             orders, receipts, prices… that it was judged on
    documents/<id>/manifests/v<N>.json              its events, in the bytes that were kept
    documents/<id>/proofs/v<N>-<n>.tlog-proof       where the n-th event of version N stands
    documents/<id>/accesses/<batch>.json, .tlog-proof  who read it, sealed in this batch
    documents/<id>/report.html, report.pdf          the same for people
    documents/<id>/certificate.json, .json.note     of a purged document, which has no files and no
                                                    manifests before its purge: who destroyed it,
                                                    under which visa, signed with the log's key
    documents/<id>/elimination/proposal.json, visa.json, .tlog-proof  the same of a purged document:
                                                    the events that its certificate rests on
    log/checkpoint                                  the signed size and root of the log
    log/timestamps.json, log/timestamps/…           RFC 3161 timestamps and what they are about
    keys/history.json                               the log's keys, each signed by the one before
    report.html, LISEZMOI.txt, verify.py, INDEX, INDEX.note

Whatever is read is hashed again: nothing damaged is passed on.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from archive import repository
from archive.access import is_batch
from archive.authority import certificates
from archive.erasure import ELIMINATION, PURGE_STARTED, erasure_in, purged
from archive.errors import DocumentUnknown, NotSealed, ObjectChanged
from archive.evidence.access_extract import access_blocks, extracts
from archive.evidence.html_report import overview_page, page
from archive.evidence.package import PackageWriter
from archive.evidence.pdf_report import pdf
from archive.evidence.purge_story import purge_story
from archive.evidence.story import Block, Facts, HappenedEvent, Overview, story
from archive.manifest import KEYS_DOCUMENT, Event, manifest_key, object_key, parse_manifest
from archive.proof_records import tlog_proof
from archive.repository import CheckpointRow, EventRow
from archive.service import Archive
from archive.store import ObjectStore
from archive.timestamp import Timestamps
from db.engine import Database
from domain.identifiers import Digest
from domain.records import Record, canonical

Inputs = Callable[[Connection, str, str], bytes | None]

_CHUNK = 1 << 20
_ENDING = re.compile(r"\.[a-z0-9]{1,8}")
_README = """\
DOSSIER DE PREUVE / EVIDENCE PACKAGE

1. Ouvrez report.html : il présente chaque document et sa piste d'audit.
2. Vérifiez, hors ligne, avec Python 3.8 ou plus :   python3 verify.py CE_DOSSIER.zip --key CLE
   La clé du journal (ou son empreinte SHA-256) et le certificat racine de l'autorité d'horodatage
   doivent vous parvenir par une autre voie que ce dossier. Prenez de préférence verify.py à la
   source du logiciel : son empreinte est {verifier}.

1. Open report.html: it presents each document and its audit trail (in French).
2. Verify, offline, with Python 3.8 or later:   python3 verify.py THIS_PACKAGE.zip --key KEY
   The log's key (or its SHA-256) and the root certificate of the timestamp authority must reach
   you by another way than this package. Rather take verify.py from the program's own source; its
   SHA-256 stands above.
"""


def _unsaid(_document_id: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for a package, when, and in which zone days are told."""

    actor: str
    at: datetime
    zone: ZoneInfo
    kept_until: Callable[[str], str | None] = _unsaid


class Contents:
    """Writes packages of sealed documents."""

    def __init__(
        self,
        database: Database,
        store: ObjectStore,
        archive: Archive,
        tenant: str,
        inputs: Inputs,
    ) -> None:
        """Write from this archive.

        Args:
            database: tells which events a document has.
            store: holds objects and manifests.
            archive: proves.
            tenant: whose archive.
            inputs: gives the kept inputs of a verdict, by document and digest.
        """
        self._database = database
        self._store = store
        self._archive = archive
        self._tenant = tenant
        self._inputs = inputs
        self._timestamps = Timestamps(store, f"{tenant}/log")

    def write(self, document_ids: Sequence[str], file: BinaryIO, request: Request) -> str:
        """Write the package of these documents; gives the SHA-256 of its INDEX.

        Raises:
            DocumentUnknown, NotSealed: one of them is not known, or not under a checkpoint yet.
            ObjectMissing, ObjectChanged: the archive is damaged.
            PackageTooLarge: that is more than one package holds.
        """
        with self._database.reading() as connection:
            head = repository.last_checkpoint(connection)
            for document_id in document_ids:
                known = repository.last_version(connection, document_id)
                no_document = document_id.startswith((KEYS_DOCUMENT, ELIMINATION))
                if not known or no_document or is_batch(document_id):
                    raise DocumentUnknown(document_id)
        if head is None:
            raise NotSealed(0, 0)
        package = PackageWriter(file)
        package.add("verify.py", verifier())
        digest = hashlib.sha256(verifier()).hexdigest()
        package.add("LISEZMOI.txt", _README.format(verifier=digest).encode())
        told = [self._document(package, i, head, request) for i in document_ids]
        overview = [row for row, _ in told]
        # Of each document the first event tells when it was here, the last that nothing is younger.
        self._log(package, head, [place for _, places in told for place in places])
        first_page = overview_page(overview, request.at, request.actor, request.zone)
        package.add("report.html", first_page.encode())
        return package.close(self._archive.signer)

    def _document(
        self, package: PackageWriter, document_id: str, head: CheckpointRow, request: Request
    ) -> tuple[Overview, tuple[int, int]]:
        folder = f"documents/{document_id}"
        with self._database.reading() as connection:
            rows = repository.events_of(connection, document_id)
            digests = {
                row.version: row.digest for row in repository.manifests_of(connection, document_id)
            }
        rows = [row for row in rows if row.position < head.size]
        if not rows:
            raise NotSealed(0, head.size)
        happened = self._destroyed(package, folder, rows, digests, head)
        gone = {item.version for item in happened}
        for version in sorted({row.version for row in rows} - gone):
            places = [row for row in rows if row.version == version]
            key = manifest_key(self._tenant, document_id, version)
            data = self._read(key, Digest(digests[version]))
            package.add(f"{folder}/manifests/v{version}.json", data)
            events = parse_manifest(data).events
            for number, (row, event) in enumerate(zip(places, events, strict=True), 1):
                name = f"{folder}/proofs/v{version}-{number}.tlog-proof"
                package.add(name, self._proof(row, head))
                happened.append(HappenedEvent(row.position, version, event))
        inputs = self._files(package, folder, happened, head)
        until = None if gone else request.kept_until(document_id)
        facts = Facts(
            document_id, tuple(happened), inputs, head.size, request.at, request.actor, until
        )
        blocks, told = (purge_story if gone else story)(facts, request.zone)
        blocks += self._accesses(package, folder, document_id, head, request.zone)
        package.add(f"{folder}/report.html", page(told.title, blocks).encode())
        package.add(f"{folder}/report.pdf", pdf(told.title, blocks))
        return told, (rows[0].position, rows[-1].position)

    def _accesses(
        self,
        package: PackageWriter,
        folder: str,
        document_id: str,
        head: CheckpointRow,
        zone: ZoneInfo,
    ) -> list[Block]:
        """Add who read the document, with proof; gives the report's section about it."""
        with self._database.reading() as connection:
            found = list(extracts(connection, self._store, self._tenant, document_id, head.size))
        for extract in found:
            name = f"{folder}/accesses/{extract.row.document_id}"
            package.add(f"{name}.json", extract.to_bytes())
            package.add(f"{name}.tlog-proof", self._proof(extract.row, head))
        return list(access_blocks(found, zone))

    def _destroyed(
        self,
        package: PackageWriter,
        folder: str,
        rows: Sequence[EventRow],
        digests: Mapping[int, str],
        head: CheckpointRow,
    ) -> list[HappenedEvent]:
        """Add what there is of manifests that a purge destroyed: the proofs of their events."""
        document_id = rows[0].document_id
        started = next((row for row in rows if row.type == PURGE_STARTED), None)
        if started is None:
            return []
        key = manifest_key(self._tenant, document_id, started.version)
        events = parse_manifest(self._read(key, Digest(digests[started.version]))).events
        erasure = erasure_in(events)
        happened: list[HappenedEvent] = []
        by_position = {row.position: row for row in rows}
        for manifest in () if erasure is None else erasure.manifests:
            for number, item in enumerate(manifest.events, 1):
                name = f"{folder}/proofs/v{manifest.version}-{number}.tlog-proof"
                package.add(name, self._proof(by_position[item.position], head))
                event = item.event(document_id)
                happened.append(HappenedEvent(item.position, manifest.version, event))
        return happened

    def _certificate(
        self,
        package: PackageWriter,
        folder: str,
        happened: Sequence[HappenedEvent],
        head: CheckpointRow,
    ) -> None:
        """Add the signed certificate of a document that was destroyed, and what it rests on."""
        certified = purged(happened)
        if certified is not None:
            data = canonical(certified)
            package.add(f"{folder}/certificate.json", data)
            signer = self._archive.signer
            digest = hashlib.sha256(data).hexdigest()
            text = f"{signer.name} destruction certificate\nsha256 {digest}\n"
            package.add(f"{folder}/certificate.json.note", signer.sign_text(text))
            for name in ("proposal", "visa"):
                place = certified[name]["position"]
                self._decision(package, f"{folder}/elimination/{name}", place, head)

    def _decision(
        self, package: PackageWriter, name: str, position: int, head: CheckpointRow
    ) -> None:
        """Add the event at this place of the log, a proposal or a visa, with its proof."""
        with self._database.reading() as connection:
            row = repository.event_at(connection, position)
            past = [] if row is None else self._archive.history(connection, row.document_id)
        for event in [item.event for item in past if item.position == position]:
            package.add(f"{name}.json", canonical(event.record()))
        if row is not None:
            package.add(f"{name}.tlog-proof", self._proof(row, head))

    def _proof(self, row: EventRow, head: CheckpointRow) -> bytes:
        proof = self._archive.prove_under(row, head)
        return tlog_proof(proof.position, proof.path, proof.checkpoint).encode()

    def _files(
        self,
        package: PackageWriter,
        folder: str,
        happened: Sequence[HappenedEvent],
        head: CheckpointRow,
    ) -> dict[str, Any] | None:
        """Add the files that the events name; gives the inputs of the last verdict."""
        self._certificate(package, folder, happened, head)
        if any(item.event.type == PURGE_STARTED for item in happened):
            return None
        inputs: dict[str, Any] | None = None
        for name, sha256 in dict(_named(item.event for item in happened)).items():
            package.add(f"{folder}/{name}", self._stream(Digest(sha256)))
        document_id = happened[0].event.document_id
        matched = [i.event.payload["inputs_digest"] for i in happened if i.event.type == "matched"]
        for digest in dict.fromkeys(matched):
            with self._database.reading() as connection:
                data = self._inputs(connection, document_id, digest)
            if data is None:
                continue
            package.add(f"{folder}/inputs/{digest}.json", data)
            inputs = json.loads(data) if digest == matched[-1] else inputs
        return inputs

    def _stream(self, digest: Digest) -> Iterator[bytes]:
        key = object_key(self._tenant, digest)
        found = hashlib.sha256()
        with self._store.stream(key) as file:
            while chunk := file.read(_CHUNK):
                found.update(chunk)
                yield chunk
        if found.hexdigest() != digest.hex:
            raise ObjectChanged(key, digest, Digest(found.hexdigest()))

    def _read(self, key: str, digest: Digest) -> bytes:
        data = self._store.read(key)
        if Digest.of(data) != digest:
            raise ObjectChanged(key, digest, Digest.of(data))
        return data

    def _log(self, package: PackageWriter, head: CheckpointRow, positions: Sequence[int]) -> None:
        package.add("log/checkpoint", head.note.encode())
        with self._database.reading() as connection:
            history = self._archive.key_history(connection)
        package.add("keys/history.json", canonical(history.record()))
        listed = self._add_timestamps(package, head, positions)
        package.add(
            "log/timestamps.json",
            canonical({"schema": "meg-timestamps/1", "timestamps": listed}),
        )

    def _add_timestamps(
        self, package: PackageWriter, head: CheckpointRow, positions: Sequence[int]
    ) -> list[Record]:
        """Add the first timestamp that covers each event, the newest, and the one before each."""
        sizes = [size for size in self._timestamps.sizes() if size <= head.size]
        before = dict(zip(sizes, [None, *sizes], strict=False))
        covering = (bisect_right(sizes, position) for position in positions)
        wanted = {sizes[place] for place in covering if place < len(sizes)} | set(sizes[-1:])
        named = wanted | {b for size in wanted if (b := before[size]) is not None}
        for size in sorted(named):
            package.add(f"log/timestamps/{size}.tsr", self._timestamps.read(size))
        listed: list[Record] = []
        for size in sorted(wanted):
            message = self._timestamps.message(size, before[size])
            checkpoint = self._store.read(f"{self._tenant}/log/checkpoint/{size}")
            package.add(f"log/timestamps/{size}.checkpoint", checkpoint)
            package.add(f"log/timestamps/{size}.txt", message)
            package.add(f"log/timestamps/{size}.pem", certificates(self._timestamps.read(size)))
            path = self._archive.prove_consistency(size, head.size)
            listed.append(
                {
                    "size": size,
                    "previous": before[size],
                    "consistency": [base64.b64encode(value).decode() for value in path],
                }
            )
        return listed


def verifier() -> bytes:
    """The program that verifies packages, as it stands in each of them."""
    return resources.files("archive.evidence").joinpath("verify.py").read_bytes()


def _named(events: Iterator[Event]) -> Iterator[tuple[str, str]]:
    """Name in the document's folder and SHA-256 of every file that these events speak of."""
    for event in events:
        payload = event.payload
        if event.type == "received":
            yield f"original{_ending(payload['name'])}", payload["object"]["sha256"]
        elif event.type == "derived":
            sha256 = payload["object"]["sha256"]
            ending = ".json" if payload.get("media_type") == "application/json" else ".pdf"
            yield f"derived/{sha256}{ending}", sha256
        elif event.type == "parsed":
            for carried in payload.get("attachments", ()):
                if carried.get("archived"):
                    ending = _ending(carried["name"] or "")
                    yield f"attachments/{carried['sha256']}{ending}", carried["sha256"]


def _ending(name: str) -> str:
    ending = "." + name.rpartition(".")[2].lower()
    return ending if "." in name and _ENDING.fullmatch(ending) else ""

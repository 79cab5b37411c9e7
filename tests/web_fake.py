"""An application in memory for the tests of the web: it obeys the port and decides nothing."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, BinaryIO, Self

import httpx

from api.application import Record
from api.rest import examples
from api.serve import ServeOptions, WebApplication, build
from archive.access import Visitor
from archive.access_table import AccessFilter
from db.engine import Database
from domain.errors import Error
from domain.evidence import PageBox
from domain.lesson import Piece
from ingest.elimination.errors import EliminationUnknown
from ingest.repository import PersonLinks

BASE = "http://127.0.0.1:8642"
_START = "2026-03-13T07:%02d:04+00:00"


class Unknown(Error):
    """No document has this id."""

    code = "ING-01"
    hint = "Find the id with `meg search`."


class UnknownCorrection(Error):
    """No correction has this id."""

    code = "ING-75"
    hint = "`meg corrections list` shows what was learned."


class BadQuery(Error):
    """The query cannot be understood."""

    code = "SRC-01"
    hint = "Close the bracket."

    def __init__(self, problem: str, position: int, end: int) -> None:
        super().__init__(problem)
        self.position = position
        self.end = end


class FakeApplication:
    """Keeps records in a list and originals in a dictionary."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.originals: dict[str, tuple[str, bytes]] = {}
        self.resolved: list[tuple[str, str, str, str]] = []
        self.corrected: list[tuple[str, dict[str, str], str, str, dict[str, PageBox]]] = []
        self.linked: list[tuple[str, PersonLinks, str, str]] = []
        self.learned: list[Record] = []
        self.on_page: list[Piece] = []
        self.searched: list[tuple[str, dict[str, Any]]] = []
        self.found: Record = deepcopy(examples.FOUND)
        self.changes = 0
        self.accessed: list[Record] = []
        self.visitors: list[Visitor] = []

    def seen_by(self, visitor: Visitor) -> Self:
        """Remember who came."""
        self.visitors.append(visitor)
        return self

    def saw_pages(self, document_id: str) -> None:
        """Pages are seen."""

    def accesses(
        self, wanted: AccessFilter, limit: int, before: int | None = None
    ) -> Sequence[Record]:
        """What was put in, of a document and a person."""
        return [
            record
            for record in self.accessed
            if wanted.document_id in {None, record["document_id"]}
            and wanted.who in {None, record["who"]}
            and (before is None or record["number"] < before)
        ][:limit]

    def accesses_to(self, document_id: str, limit: int) -> Sequence[Record]:
        """What was put in, of a document."""
        return self.accesses(AccessFilter(document_id=document_id), limit)

    def add(self, data: bytes = b"<?xml version='1.0'?><Invoice/>", **values: Any) -> Record:
        """Put in a document: the example of CONTRACT §5 with these values in place."""
        number = len(self.records) + 1
        record = deepcopy(examples.SHOWN) | {
            "document_id": f"019378a0-0000-7000-8000-{number:012}",
            "received_at": _START % (number % 60),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        record |= values
        self.records.append(record)
        self.originals[record["document_id"]] = (record["file"], data)
        self.changes += 1
        return record

    @property
    def database(self) -> Database:
        """An empty one: no order is known."""
        return Database("sqlite://")

    def documents(
        self, *, status: str | None, limit: int, before: str | None, containers: bool = True
    ) -> Sequence[Record]:
        """Newest first."""
        rows = [r for r in self._listed(containers) if status is None or r["status"] == status]
        older = [r for r in rows if before is None or r["document_id"] < before]
        return [_summary(r) for r in reversed(older)][:limit]

    def counts(self, *, containers: bool = True) -> dict[str, int]:
        """By status."""
        return dict(Counter(r["status"] for r in self._listed(containers)))

    def _listed(self, containers: bool) -> list[Record]:  # noqa: FBT001
        return [r for r in self.records if containers or not r.get("contains")]

    def show(self, document_id: str) -> Record:
        """One record."""
        for record in self.records:
            if record["document_id"] == document_id:
                return record
        raise Unknown(f"no document {document_id!r}")

    def searchable_pdf(self, document_id: str) -> tuple[str, bytes]:
        """The original stands in for what was made of it."""
        name, data = self.original(document_id)
        return f"{name}.ocr.pdf", data

    def signature_report(self, document_id: str) -> tuple[str, bytes]:
        """A report that says nothing."""
        self.show(document_id)
        return "report.json", b"{}"

    def drawable(self, document_id: str) -> tuple[str, Callable[[], bytes]]:
        """The original."""
        return self.show(document_id)["sha256"], lambda: self.original(document_id)[1]

    def original(self, document_id: str) -> tuple[str, bytes]:
        """Name and bytes."""
        self.show(document_id)
        return self.originals[document_id]

    def attachment(self, document_id: str, position: int) -> tuple[str, bytes]:
        """The name of an attachment, and bytes that tell which it is."""
        return self.show(document_id)["attachments"][position - 1]["name"], b"%d" % position

    def search(self, query: str, **filters: Any) -> Record:
        """Whatever was put into `found`; an open bracket is a mistake."""
        if "(" in query and ")" not in query:
            raise BadQuery("A bracket is not closed.", query.index("("), query.index("(") + 1)
        self.searched.append((query, filters))
        return self.found

    def ingest(self, files: Iterable[tuple[str, bytes | Path]], source: str) -> Iterator[Record]:
        """Every file becomes the example."""
        for name, content in files:
            data = content if isinstance(content, bytes) else content.read_bytes()
            yield self.add(data, file=name, received_from=source)

    def resolve(
        self, document_id: str, action: str, reason: str, actor: str, seen: int | None = None
    ) -> Record:
        """Remember the decision."""
        record = self.show(document_id)
        assert seen is None or seen >= 0
        self.resolved.append((document_id, action, reason, actor))
        record["status"] = {"approve": "approved", "refuse": "refused"}.get(action, "on_hold")
        self.changes += 1
        return record

    def correct(
        self,
        document_id: str,
        fields: Mapping[str, str],
        reason: str,
        actor: str,
        boxes: Mapping[str, PageBox] | None = None,
    ) -> Record:
        """Remember what was corrected."""
        record = self.show(document_id)
        self.corrected.append((document_id, dict(fields), reason, actor, dict(boxes or {})))
        return record

    def link(self, document_id: str, links: PersonLinks, reason: str, actor: str) -> Record:
        """Remember what was linked."""
        record = self.show(document_id)
        self.linked.append((document_id, links, reason, actor))
        return record

    def choices(self, document_id: str) -> Sequence[Record]:
        """One order."""
        self.show(document_id)
        return [deepcopy(examples.CHOICE)]

    def pieces(self, document_id: str) -> Sequence[Piece]:
        """What was put in."""
        self.show(document_id)
        return self.on_page

    def corrections(self, *, forgotten: bool = False) -> Sequence[Record]:
        """What was put in."""
        return [c for c in self.learned if forgotten or c["forgotten_at"] is None]

    def forget(self, correction_id: str, reason: str, actor: str) -> Record:
        """Forget it."""
        for record in self.learned:
            if record["correction_id"] == correction_id:
                record |= {"forgotten_at": _START % 59, "forgotten_by": actor, "why": reason}
                return record
        raise UnknownCorrection(correction_id)

    def verify(self, ids: Sequence[str] | None) -> Iterator[Record]:
        """Everything is well."""
        for document_id in ids or [r["document_id"] for r in self.records]:
            self.show(document_id)
            yield examples.VERIFIED | {"document_id": document_id}

    def write_evidence(self, document_ids: Sequence[str], file: BinaryIO, actor: str) -> Record:
        """A package that is none, of documents that there are."""
        for document_id in document_ids:
            self.show(document_id)
        file.write(f"package by {actor}: {' '.join(document_ids)}".encode())
        return {"index_sha256": "ab" * 32, "size": file.tell(), "documents": len(document_ids)}

    def chosen(self, query: str | None, year: int | None) -> list[str]:
        """All of them."""
        del query, year
        return [r["document_id"] for r in self.records]

    def proofs(self, document_id: str) -> list[Record]:
        """One event."""
        self.show(document_id)
        return [examples.PROOF | {"document_id": document_id}]

    def consistency(self, first: int, second: int | None) -> Record:
        """Nothing grew."""
        del first, second
        return examples.CONSISTENCY

    def compare(self, note: bytes) -> Record:
        """It is the log's own."""
        del note
        return examples.COMPARED

    def checkpoint(self) -> Record:
        """The last one."""
        return dict(examples.CONSISTENCY["second"])

    def keys(self) -> list[Record]:
        """One key."""
        return [examples.LOG_KEY]

    def indexed(self) -> int:
        """All of them."""
        return len(self.records)

    def log_sizes(self) -> tuple[int, int]:
        """One event is not sealed yet."""
        return 5, 4

    def eliminations(self) -> list[Record]:
        """The example."""
        return [deepcopy(examples.ELIMINATION_LISTED)]

    def elimination(self, number: int) -> Record:
        """The example; no other number is known."""
        if number != examples.ELIMINATION["number"]:
            raise EliminationUnknown(f"no elimination has the number {number}")
        return deepcopy(examples.ELIMINATION)

    def change_token(self) -> str:
        """The number of changes."""
        return str(self.changes)

    def parse(self, name: str, data: bytes) -> Record:
        """The example of CONTRACT §3."""
        return deepcopy(examples.READING) | _named(name, data)

    def validate(self, name: str, data: bytes) -> Record:
        """The example of CONTRACT §4."""
        return deepcopy(examples.VALIDATED) | _named(name, data)


def _named(name: str, data: bytes) -> Record:
    return {"file": name, "sha256": hashlib.sha256(data).hexdigest()}


def _summary(record: Record) -> Record:
    invoice = record["invoice"] or {}
    decision = record["decision"] or {}
    return {
        "document_id": record["document_id"],
        "file_name": record["file"],
        "received_at": record["received_at"],
        "status": record["status"],
        "kind": record["kind"],
        "parent_id": record.get("parent_id"),
        "source": record.get("received_from", ""),
        "number": invoice.get("number"),
        "supplier": (invoice.get("seller") or {}).get("name"),
        "issue_date": invoice.get("issue_date"),
        "gross": (invoice.get("totals") or {}).get("tax_inclusive"),
        "currency": invoice.get("currency"),
        "outcome": decision.get("outcome"),
        "codes": [d["code"] for d in record["discrepancies"]],
    }


class Client:
    """Asks the application directly, without a network; one event loop a request."""

    def __init__(self, app: WebApplication) -> None:
        self._app = app

    def get(self, path: str, **request: Any) -> httpx.Response:
        """GET."""
        return asyncio.run(self._ask("GET", path, **request))

    def post(self, path: str, **request: Any) -> httpx.Response:
        """POST."""
        return asyncio.run(self._ask("POST", path, **request))

    async def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        # An unforeseen error is answered, then raised for the server's log: only the answer counts.
        transport = httpx.ASGITransport(app=self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            return await client.request(method, path, **request)


def client_for(application: FakeApplication, **options: Any) -> Client:
    """A client of a server on this application, as 127.0.0.1 would answer it."""
    return Client(build(application, application, ServeOptions(**options)))

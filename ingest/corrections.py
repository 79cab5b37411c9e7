"""Corrects what was read on pages, judges the document again at once, and learns from it.

A correction has four steps: the values are understood as they were typed; a reader in a child
process looks on the pages where they stand; then, in one transaction, the corrected reading is
judged in place of the old one (which is kept), the event is ledgered with author and reason, and
what can be found again is remembered for the next document of the layout.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection
from stdnum import iban as iban_numbers

from archive.manifest import instant
from archive.service import Archive, Happening
from db.engine import Database
from domain.errors import Error
from domain.evidence import CorrectionMark, PageBox
from domain.identifiers import Digest, compact, new_document_id
from domain.invoice import Reading
from domain.lesson import COLUMN, Asked, Lesson, Piece, Wanted
from domain.records import Record
from domain.stored import reading_from
from ingest import repository as journal
from ingest.fields import COLUMNS, FIELDS, FieldUnknown, Value, written
from ingest.judging_together import JudgingTogether
from ingest.learning import repository
from ingest.learning.correcting import Change, boxes_of, with_lines_of, with_values
from ingest.learning.lessons import PAGES, used
from ingest.linking import link
from ingest.pipeline import Examiner
from ingest.rejudge import Occasion, judge_again
from ingest.repository import PersonLinks
from ingest.resolution import ReasonMissing
from ingest.typed_values import NoAccount, ValueRefused, read_typed
from matching.service import judge_alone

_MOST_PIECES: Final = 16  # documents whose words are kept at hand
_LONGEST_REASON: Final = 2000
_MOST_FIELDS: Final = 60


class NotCorrectable(Error):
    """What this document says cannot be corrected here."""

    code = "ING-73"
    hint = (
        "The XML of an invoice is its sender's own word: dispute it, or refuse it and ask for a "
        "corrected invoice. Only what was read off pages can be corrected."
    )


class ChangedMeanwhile(Error):
    """The document was judged anew while it was being corrected."""

    code = "ING-76"
    hint = "Look at it again, then repeat the correction if it is still needed."


class AccountWellRead(Error):
    """An account with right check digits was read on the pages: one person does not correct it."""

    code = "ING-78"
    hint = "If the account is the supplier's, two people vouch for it: `meg account vouch`."


@dataclass(frozen=True, slots=True)
class _Typed:
    """Corrections as they were understood, each with its mark."""

    values: Mapping[str, Value | None]
    columns: Mapping[str, str]  # column:quantity → its heading
    marks: Mapping[str, CorrectionMark]


class Corrections:
    """Corrects readings; knows and forgets what was learned."""

    def __init__(
        self,
        database: Database,
        archive: Archive,
        examiner: Examiner,
        together: JudgingTogether,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._archive = archive
        self._examiner = examiner
        self._together = together
        self._clock = clock
        self._pieces: OrderedDict[str, tuple[Piece, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def correct(
        self,
        document_id: str,
        fields: Mapping[str, str],
        reason: str,
        actor: str,
        boxes: Mapping[str, PageBox] | None = None,
    ) -> None:
        """Correct fields or columns of a document and judge it again at once.

        Args:
            document_id: the document.
            fields: field path (or `column:quantity`) to the value (or heading), as typed.
            reason: why.
            actor: who.
            boxes: where a person pointed at on the pages, by field.

        Raises:
            DocumentUnknown, NotJudgedAgain: there is no such invoice.
            NotCorrectable: its values are XML's, not read off pages.
            FieldUnknown, ValueRefused, HeadingUnknown: what was typed cannot be taken.
            ChangedMeanwhile: somebody else was faster.
        """
        _require(reason)
        with self._database.reading() as connection:
            row, reading = self._readable(connection, document_id)
            applied = repository.lessons(connection, used(reading).values())
            # The next document will be read as this one was at first, seller and all.
            past = journal.past_results(connection, document_id)
            first = reading_from(past[0]["reading"]) if past else reading
        now = self._clock()
        typed = _understood(fields, actor, now)
        _keep_account(reading, typed.values)
        again = self._look(row, typed, applied, boxes or {})
        corrected = reading
        if typed.columns:
            columns = {c: typed.marks[c] for c in typed.columns}
            corrected = with_lines_of(corrected, again, columns)
        found = boxes_of(again.located)
        corrected, changes = with_values(corrected, typed.values, typed.marks, found)
        changes += tuple(Change(c, None, heading) for c, heading in typed.columns.items())
        made = [self._made(c, typed, again, row, reason, now) for c in changes]
        with self._database.transaction() as connection:
            judge_alone(connection)
            if journal.load(connection, document_id, for_update=True)["runs"] != row["runs"]:
                raise ChangedMeanwhile(f"document {document_id} was judged anew")
            occasion = Occasion("resolved", actor, _payload(reason, made))
            judge_again(connection, self._together, document_id, occasion, corrected)
            invoices = [r.invoice for r in (first, reading, corrected) if r.invoice is not None]
            keys = repository.seller_keys(*invoices)
            for correction in made:
                repository.add(connection, correction, keys)

    def link(self, document_id: str, links: PersonLinks, reason: str, actor: str) -> None:
        """Link a document by a person's word and judge it again; see `ingest.linking`."""
        _require(reason)
        with self._database.transaction() as connection:
            judge_alone(connection)
            link(connection, self._together, document_id, links, reason, actor)

    def pieces(self, document_id: str) -> tuple[Piece, ...]:
        """What can be pointed at on the pages of a document."""
        with self._database.reading() as connection:
            row, _ = self._readable(connection, document_id)
        digest = str(row["sha256"])
        with self._lock:
            kept = self._pieces.get(digest)
            if kept is not None:
                self._pieces.move_to_end(digest)
                return kept
        # The bytes of a document never change; recognising a scan again takes seconds.
        found = self._examine(row, Asked(pieces=True)).pieces
        if found:
            with self._lock:
                self._pieces[digest] = found
                while len(self._pieces) > _MOST_PIECES:
                    self._pieces.popitem(last=False)
        return found

    def listed(self, *, forgotten: bool = False) -> list[Record]:
        """What was learned, the newest first."""
        with self._database.reading() as connection:
            return repository.listed(connection, forgotten=forgotten)

    def forget(self, correction_id: str, reason: str, actor: str) -> Record:
        """Apply a correction no longer to documents read from now on; raises CorrectionUnknown.

        The document that was corrected stays as it was corrected.
        """
        now = self._clock()
        with self._database.transaction() as connection:
            correction = repository.load(connection, correction_id)
            if correction["learned"] and correction["forgotten_at"] is None:
                repository.forget(connection, correction_id, actor, now)
                payload = {
                    "correction_id": correction_id,
                    "field": correction["field"],
                    "reason": reason,
                }
                happening = Happening("forgotten", now, actor, payload)
                self._archive.record(connection, correction["document_id"], [happening])
            return repository.load(connection, correction_id)

    def _readable(
        self, connection: Connection, document_id: str
    ) -> tuple[Mapping[str, Any], Reading]:
        row = journal.load(connection, document_id)
        result = journal.results(connection, document_id)
        if result is None or result["reading"]["invoice"] is None:
            raise NotCorrectable(f"document {document_id} is {row['status']}")
        reading = reading_from(result["reading"], result["text"])
        if reading.syntax not in PAGES:
            raise NotCorrectable(f"document {document_id} is {reading.syntax}, not read off pages")
        return row, reading

    def _look(
        self,
        row: Mapping[str, Any],
        typed: _Typed,
        applied: tuple[Lesson, ...],
        boxes: Mapping[str, PageBox],
    ) -> Reading:
        """The pages looked at once more: where the values stand, lines under the columns named."""
        columns = [
            Lesson(typed.marks[column], column, heading=heading)
            for column, heading in typed.columns.items()
        ]
        others = [x for x in applied if x.field not in typed.columns] if columns else []
        wanted = [
            Wanted(path, str(written(value)), boxes.get(path))
            for path, value in typed.values.items()
            if value is not None
        ]
        return self._examine(row, Asked((*others, *columns), tuple(wanted)))

    def _examine(self, row: Mapping[str, Any], asked: Asked) -> Reading:
        data = self._archive.read(Digest(row["sha256"]))
        return self._examiner.submit(data, row["file_name"], asked).result().reading

    def _made(
        self,
        change: Change,
        typed: _Typed,
        again: Reading,
        row: Mapping[str, Any],
        reason: str,
        now: datetime,
    ) -> repository.Correction:
        mark = typed.marks[change.field]
        return repository.Correction(
            mark=mark,
            document_id=row["document_id"],
            made_at=now,
            reason=reason,
            field=change.field,
            before=change.before,
            after=change.after,
            supplier=row["supplier"],
            layout=again.layout,
            lesson=_lesson(change, mark, again),
        )


def _require(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing("a correction or a link needs a reason")


def _understood(fields: Mapping[str, str], actor: str, now: datetime) -> _Typed:
    if not fields or len(fields) > _MOST_FIELDS:
        raise FieldUnknown("no field to correct, or too many of them")
    columns = {f: " ".join(v.split()) for f, v in fields.items() if f.startswith(COLUMN)}
    for column, heading in columns.items():
        if column.removeprefix(COLUMN) not in COLUMNS:
            raise FieldUnknown(f"{column!r} is none of {', '.join(COLUMN + c for c in COLUMNS)}")
        if not heading:
            raise ValueRefused(f"{column}: the heading of the column is missing")
    values = {f: read_typed(f, v) for f, v in fields.items() if f not in columns}
    milliseconds = int(now.timestamp() * 1000)
    marks = {f: CorrectionMark(new_document_id(milliseconds), instant(now), actor) for f in fields}
    return _Typed(values, columns, marks)


def _lesson(change: Change, mark: CorrectionMark, again: Reading) -> Lesson | None:
    """What a correction teaches; None where the value is not found again by anything."""
    if change.field.startswith(COLUMN):
        return Lesson(mark, change.field, heading=change.after)
    if change.field not in FIELDS:
        return None
    located = next((one for one in again.located if one.field == change.field), None)
    if located is None or not located.anchors or not again.layout:
        return None
    return Lesson(mark, change.field, located.anchors, shape=located.shape)


def _payload(reason: str, made: list[repository.Correction]) -> Record:
    return {
        "action": "correct",
        "reason": reason,
        "fields": [
            {
                "field": c.field,
                "before": c.before,
                "after": c.after,
                "correction_id": c.mark.correction_id,
                "learned": c.lesson is not None,
            }
            for c in made
        ],
    }


def _keep_account(reading: Reading, values: Mapping[str, Value | None]) -> None:
    """Accounts stay under four eyes: one that was read well is neither removed nor exchanged."""
    account = reading.invoice.payee_iban if reading.invoice else None
    if not account or "payee_iban" not in values or not iban_numbers.is_valid(account):
        return
    typed = compact(str(values["payee_iban"] or ""))
    if typed and not iban_numbers.is_valid(typed):
        raise NoAccount(f"payee_iban: {typed!r} is not an account with right check digits")
    if typed != compact(account):
        raise AccountWellRead(f"the account {account} on the page has right check digits")

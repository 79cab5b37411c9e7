"""Which document a person means: by its id, by how the id begins, or by an invoice's number."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Connection, func, or_, select

from domain.errors import Error
from ingest.repository import DOCUMENTS

_SHORTEST: Final = 8
_MOST_NAMED: Final = 10
_AFTER_HEXADECIMAL: Final = "g"


class DocumentAmbiguous(Error):
    """More than one document could be meant."""

    code = "ING-02"
    hint = "Say more of the id, or the whole of it."

    def __init__(self, text: str, candidates: list[str], *, more: bool) -> None:
        named = ", ".join(candidates)
        super().__init__(f"{text!r} may be {named}{' …' if more else ''}")
        self.candidates = candidates


def meant(connection: Connection, text: str) -> str:
    """The id of the document that a text names; the text itself where it names none.

    Args:
        connection: the database.
        text: an id, at least eight characters of its beginning, or an invoice number.

    Raises:
        DocumentAmbiguous: it may be one of several.
    """
    column = DOCUMENTS.c.document_id
    if not text or not text.isprintable():
        return text
    if connection.execute(select(column).where(column == text)).first():
        return text
    matches = [DOCUMENTS.c.number == text]
    if len(text) >= _SHORTEST:
        matches.append(_begins(text.lower()))
    query = (
        select(column, DOCUMENTS.c.file_name)
        .where(or_(*matches))
        .order_by(DOCUMENTS.c.ledger_index)
        .limit(_MOST_NAMED + 1)
    )
    found = connection.execute(query).all()
    if len(found) > 1:
        named = [f"{row.document_id} ({row.file_name})" for row in found[:_MOST_NAMED]]
        raise DocumentAmbiguous(text, named, more=len(found) > _MOST_NAMED)
    return str(found[0].document_id) if found else text


def _begins(text: str) -> ColumnElement[bool]:
    """Whether an id begins so: the same on every engine (LIKE minds case on some), by its index.

    The range holds all such ids in any collation, and in some more than those.
    """
    column = DOCUMENTS.c.document_id
    in_range = (column >= text) & (column < text + _AFTER_HEXADECIMAL)
    return in_range & (func.substr(column, 1, len(text)) == text)

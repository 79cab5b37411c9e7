"""The keys of objects, one each: what is destroyed here cannot be read again anywhere, ever.

A key is kept wrapped (RFC 3394) under one master key. A copy of the archive, or of this ring alone,
tells nothing; destroying a key makes its object unreadable in every backup of the archive. What was
destroyed leaves its name and the time behind, so that loss and destruction can be told apart.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    Column,
    DateTime,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    event,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from archive.errors import KeyFileUnreadable, ObjectKeyDestroyed, ObjectKeyLost
from archive.stores.durable import make_durable_folder
from archive.stores.key_file import read_private, write_new
from db.engine import Database

KEYRING: Final = MetaData()
"""Tables of their own: the ring is kept and backed up apart from the database."""

OBJECT_KEYS: Final = Table(
    "object_keys",
    KEYRING,
    Column("name", String, primary_key=True),
    Column("wrapped", LargeBinary),  # none: destroyed
    Column("destroyed_at", DateTime(timezone=True)),
)

KEY_BYTES: Final = 32
_AT_ONCE: Final = 500


def _make(insert: Callable[[Table], Any]) -> Any:
    made = insert(OBJECT_KEYS)
    return made.on_conflict_do_update(
        index_elements=[OBJECT_KEYS.c.name],
        set_={"wrapped": made.excluded.wrapped, "destroyed_at": None},
        where=OBJECT_KEYS.c.wrapped.is_(None),
    )


_MAKE: Final = {"sqlite": _make(sqlite_insert), "postgresql": _make(postgresql_insert)}


class Keyring:
    """Gives out and destroys the keys of objects."""

    def __init__(self, database: Database, master: bytes) -> None:
        """Take the ring in a database that was prepared."""
        self._database = database
        self._master = master

    def ensure(self, names: Sequence[str]) -> dict[str, bytes]:
        """The keys of these objects, made and durable where there are none.

        What comes again after it was destroyed gets another key: old copies stay unreadable.
        """
        from cryptography.hazmat.primitives.keywrap import aes_key_wrap

        keys = self.known(names)
        absent = [name for name in dict.fromkeys(names) if name not in keys]
        if absent:
            rows = [
                {"name": name, "wrapped": aes_key_wrap(self._master, os.urandom(KEY_BYTES))}
                for name in absent
            ]
            with self._database.transaction() as connection:
                connection.execute(_MAKE[connection.dialect.name], rows)
            # Of two processes that make the same one, the first has made it.
            keys |= self.known(absent)
        return keys

    def known(self, names: Sequence[str]) -> dict[str, bytes]:
        """The keys of those of these objects that have one."""
        return {
            name: self._unwrap(name, wrapped, None)
            for name, (wrapped, _) in self._find(names).items()
            if wrapped is not None
        }

    def knows(self, name: str) -> bool:
        """Whether there is or was a key of this object."""
        return name in self._find([name])

    def key(self, name: str) -> bytes:
        """The key of an object.

        Raises:
            ObjectKeyDestroyed: it was destroyed.
            ObjectKeyLost: it is not on this ring.
        """
        found = self._find([name])
        if name not in found:
            raise ObjectKeyLost(name)
        return self._unwrap(name, *found[name])

    def destroy(self, name: str, at: datetime) -> None:
        """Destroy an object's key for good; durable on return, and again is fine.

        Raises:
            DatabaseStillRead: a reader keeps it in the file of the ring; ask again.
        """
        change = (
            update(OBJECT_KEYS)
            .where(OBJECT_KEYS.c.name == bindparam("gone"), OBJECT_KEYS.c.wrapped.is_not(None))
            .values(wrapped=None, destroyed_at=at)
        )
        with self._database.transaction() as connection:
            connection.execute(change, {"gone": name})
        self._forget_old_pages()

    def close(self) -> None:
        """Give the database back."""
        self._database.close()

    def _find(self, names: Sequence[str]) -> dict[str, tuple[bytes | None, datetime | None]]:
        found: dict[str, tuple[bytes | None, datetime | None]] = {}
        with self._database.reading() as connection:
            for start in range(0, len(names), _AT_ONCE):
                asked = names[start : start + _AT_ONCE]
                query = select(OBJECT_KEYS).where(OBJECT_KEYS.c.name.in_(asked))
                for row in connection.execute(query):
                    found[row.name] = (row.wrapped, row.destroyed_at)
        return found

    def _unwrap(self, name: str, wrapped: bytes | None, destroyed_at: datetime | None) -> bytes:
        from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

        if wrapped is None:
            raise ObjectKeyDestroyed(name, destroyed_at)
        try:
            return aes_key_unwrap(self._master, wrapped)
        except InvalidUnwrap as problem:
            raise KeyFileUnreadable("the master key is not the one of this keyring") from problem

    def _forget_old_pages(self) -> None:
        # The journal of either engine may hold the row as it was.
        if self._database.engine.dialect.name == "sqlite":
            self._database.empty_journal()
            return
        with self._database.engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            alone.exec_driver_sql("VACUUM object_keys")


def prepare(database: Database) -> None:
    """Make the ring's table where there is none, in a database that overwrites what it deletes."""
    if database.engine.dialect.name == "sqlite":
        event.listen(database.engine, "connect", _overwrite_what_is_deleted)
    with database.transaction() as connection:
        KEYRING.create_all(connection)


def is_empty(database: Database) -> bool:
    """Whether no key was ever made."""
    with database.reading() as connection:
        return connection.execute(select(OBJECT_KEYS.c.name).limit(1)).first() is None


def open_keyring(url: str, master_file: Path) -> Keyring:
    """The ring in this database; its master key is made with it, the first time.

    Raises:
        KeyFileUnreadable: the master key cannot be read, or is gone while keys were made with it.
        DatabaseUnavailable, DatabaseDamaged: the ring's database is not to be used.
    """
    make_durable_folder(master_file.parent, 0o700)
    absent = not master_file.exists()
    database = Database(url)
    prepare(database)
    if absent and not is_empty(database):
        database.close()
        raise KeyFileUnreadable(f"{master_file}: is gone; the keys of objects were made with it")
    # Of two processes at their first start one key wins, and both go on to read it.
    write_new(master_file, os.urandom(KEY_BYTES).hex().encode() + b"\n", 0o600)
    return Keyring(database, _master(master_file))


def copy_ring(url: str, target: Path) -> Path:
    """A copy of a ring kept in SQLite, whole even while others write to it."""
    database = Database(url)
    try:
        target.touch(mode=0o600)
        with database.engine.connect() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(target),))
    finally:
        database.close()
    return target


def _master(path: Path) -> bytes:
    try:
        master = bytes.fromhex(read_private(path).decode("ascii").strip())
    except ValueError as problem:
        raise KeyFileUnreadable(f"{path}: not 64 hexadecimal digits") from problem
    if len(master) != KEY_BYTES:
        raise KeyFileUnreadable(f"{path}: not 64 hexadecimal digits")
    return master


def _overwrite_what_is_deleted(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA secure_delete=ON")

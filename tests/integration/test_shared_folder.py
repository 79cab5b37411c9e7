"""A data folder that several accounts share: what is made there is their group's too."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.access import Visitor
from config.assembly import open_application
from config.settings import LimitSettings, Settings
from tests.acceptance.invoices import cii_invoice


@pytest.fixture
def group_mask() -> Iterator[None]:
    before = os.umask(0o007)
    yield
    os.umask(before)


@pytest.mark.usefixtures("group_mask")
def test_all_but_the_private_key_is_made_for_the_group(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o770)
    with open_application(Settings(data=data, limits=LimitSettings(readers=1))) as application:
        list(application.ingest([("one.xml", cii_invoice(0))], "tests"))
        application.seen_by(Visitor("alice", "cli")).counts()
        application.search("facture")
        closed = [
            path.relative_to(data).as_posix()
            for path in sorted(data.rglob("*"))
            if path.is_file() and not path.stat().st_mode & stat.S_IRGRP
        ]

    assert closed == ["keys/log.key"]

"""Options and habits that several commands share."""

from __future__ import annotations

import getpass
import os
import pwd
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from archive.access import Visitor
    from config.application import Application

data_option: Callable[[Any], Any] = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where state is kept (default: MEG_DATA, else ./var).",
)
json_option: Callable[[Any], Any] = click.option(
    "--json", "as_json", is_flag=True, help="One JSON object a line on stdout."
)


def acting_user() -> str:
    """Who runs the command, by the system's own account: the environment could name anybody."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return getpass.getuser()


@contextmanager
def opened(data: Path | None) -> Iterator[Application]:
    """The application on the settings in force, closed at exit."""
    from config.assembly import open_application
    from config.loader import load_settings

    with open_application(load_settings(data)) as application:
        yield application.seen_by(at_the_terminal())


def at_the_terminal() -> Visitor:
    """Who reads by a command."""
    from archive.access import Visitor

    return Visitor.named(acting_user(), "cli")


@contextmanager
def progress(total: int, noun: str) -> Iterator[Callable[[], None]]:
    """A progress bar on stderr while a person watches; nothing otherwise."""
    if not sys.stderr.isatty() or total <= 1:
        yield lambda: None
        return
    with click.progressbar(length=total, label=noun, file=sys.stderr) as bar:
        yield lambda: bar.update(1)


@contextmanager
def stopped_by_signal() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, for commands that run until told to stop."""
    stop = threading.Event()

    def told(number: int, frame: object) -> None:
        del number, frame
        stop.set()

    before = {number: signal.signal(number, told) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

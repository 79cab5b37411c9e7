"""`meg run`: everything in one process on the embedded engines."""

from __future__ import annotations

import threading
from pathlib import Path

import click

from api.cli.options import data_option, opened


@click.command()
@data_option
def run(data: Path | None) -> None:
    """Tend the drop folder, do the work, serve the web page; stop with Ctrl-C.

    One `meg run` a data folder: a second one is refused.
    """
    from api.serve import serve
    from config.logging import configure_logging

    configure_logging()
    with opened(data) as application, application.tending():
        settings = application.settings
        stop = threading.Event()
        watcher = threading.Thread(target=application.watch, args=(stop,), name="drop folder")
        watcher.start()
        click.echo(f"Drop invoices into  {settings.drop_folder.resolve()}", err=True)
        click.echo(f"See what came in at http://{settings.web.host}:{settings.web.port}/", err=True)
        try:
            serve(application)
        finally:
            stop.set()
            watcher.join()

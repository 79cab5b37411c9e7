"""`meg run`: everything in one process on the embedded engines."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from api.cli.options import data_option, opened, stopped_by_signal
from api.web.french import in_french

if TYPE_CHECKING:
    from config.application import Application


@click.command()
@data_option
def run(data: Path | None) -> None:
    """Tend the drop folder, do the work, serve the web page; stop with Ctrl-C.

    One `meg run` a data folder: a second one is refused.
    """
    from config.logging import configure_logging

    configure_logging()
    with opened(data) as application, application.tending():
        _serve(application)


def _serve(application: Application) -> None:
    from api.serve import ServeOptions, listening, server
    from config.scrubbing import scrub_daily

    settings = application.settings
    web = settings.web
    serving = server(
        application,
        application,
        ServeOptions(
            host=web.host,
            port=web.port,
            allowed_hosts=web.allowed_hosts,
            allow_remote=web.allow_remote,
            upload_bytes=settings.limits.upload_megabytes << 20,
            zone=ZoneInfo(settings.timezone),
        ),
    )
    ended: list[Exception] = []
    # An address that is taken ends it here, before anything is taken in or promised. The server
    # hands a signal on when it has stopped: ours lets the rest end in order.
    with listening(web.host, web.port) as place, stopped_by_signal() as stop:

        def tend() -> None:
            try:
                application.watch(stop, in_french)
            except Exception as problem:  # noqa: BLE001 - a thread's edge: told where the command ends
                # A page that stays up over a drop folder nobody tends would be silence.
                ended.append(problem)
            serving.should_exit = True

        watcher = threading.Thread(target=tend, name="drop folder")
        watcher.start()
        scrubber = threading.Thread(target=scrub_daily, args=(settings, stop), name="scrub")
        scrubber.start()
        click.echo(f"Drop invoices into   {settings.drop_folder.resolve()}", err=True)
        click.echo(f"See what came in at  http://{web.host}:{web.port}/", err=True)
        try:
            serving.run([place])
        finally:
            stop.set()
            watcher.join()
            scrubber.join()
    if ended:
        raise ended[0]

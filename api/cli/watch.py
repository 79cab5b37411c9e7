"""`meg watch`: tend the drop folder, for ever."""

from __future__ import annotations

from pathlib import Path

import click

from api.cli.options import data_option, opened, stopped_by_signal
from api.web.french import in_french


@click.command()
@data_option
def watch(data: Path | None) -> None:
    """Tend the drop folder: wait until a file is whole, take it in, move it away.

    The folder is `inbox` in the data folder unless MEG_DROP_FOLDER or meg.toml says otherwise.
    Stops at SIGINT or SIGTERM; what was claimed is finished at the next start.
    """
    with opened(data) as application, application.tending(), stopped_by_signal() as stop:
        click.echo(f"Watching {application.settings.drop_folder}", err=True)
        application.watch(stop, in_french)

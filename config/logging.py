"""Log lines on stderr: time, level, module, event and fields; no bodies, no bank details."""

from __future__ import annotations

import logging
import time


def configure_logging(level: str = "INFO") -> None:
    """Send every logger's lines to stderr, timed in UTC."""
    handler = logging.StreamHandler()
    formatter = logging.Formatter(
        "%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"
    )
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # The first start makes the tables; what Alembic says of it helps nobody who runs it.
    logging.getLogger("alembic").setLevel(logging.WARNING)

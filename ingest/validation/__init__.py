"""Official rule sets, run as they are published (CONTRACT §4).

Imports nothing heavy by itself: the XSLT engine starts with the first document that needs it.
"""

from __future__ import annotations

from ingest.validation.service import unreadable, validate, validate_document

__all__ = ["unreadable", "validate", "validate_document"]

"""For all tests: made-up examples have no deadline, since a busy machine is no fault of theirs."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("without_deadline", deadline=None)
settings.load_profile("without_deadline")

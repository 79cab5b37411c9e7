"""The corpus's own scorer, loaded from the developers' shared material."""

from __future__ import annotations

import importlib.util
from functools import cache
from types import ModuleType
from typing import Any

from tests.support import shared_folder

Scored = list[tuple[dict[str, Any], dict[str, Any]]]


@cache
def load_scorer() -> ModuleType:
    """The module that scores readings against their truth."""
    path = shared_folder() / "tools" / "score_corpus.py"
    spec = importlib.util.spec_from_file_location("score_corpus", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

"""What several tests share: where the developers' material is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


def shared_folder() -> Path:
    """The developers' shared material; a test that needs it is skipped where it is absent.

    In CI its absence is a failure: nothing marked `shared` may be skipped there.
    """
    folder = Path(os.environ.get("MEG_SHARED", PROJECT.parent / "shared"))
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{folder} is absent: CI needs the shared material")
        pytest.skip("needs the developers' shared material")
    return folder

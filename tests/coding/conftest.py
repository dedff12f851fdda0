"""What the tests of coding share: one cache of the rulebook, since each of them runs several commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ran


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the cache that lasts as long as the tests."""
    return tmp_path_factory.mktemp("warm")


@pytest.fixture
def tierengine(tierengine: Callable[..., Ran], warm: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Run the command line in this process, with the cache that the tests share."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(warm))
    return tierengine

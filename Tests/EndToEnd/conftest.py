from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.provider import Provider


@pytest.fixture(scope="session")
def provider_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    provider = Provider(tmp_path_factory.mktemp("provider") / "stderr.log")
    yield provider
    provider.stop()


@pytest.fixture
def provider(provider_process: Provider, request: pytest.FixtureRequest) -> Iterator[Provider]:
    """The scripted provider; a call that AWS or OpenAI would refuse fails the test unless it is marked `faults`."""
    before = len(provider_process.calls(brief=True))
    yield provider_process
    faults = [fault for call in provider_process.calls(brief=True)[before:] for fault in call.faults]
    if request.node.get_closest_marker("faults") is None:
        assert not faults, f"The provider would have refused what it was sent: {faults}"

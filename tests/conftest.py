"""Fixtures that every test can use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from application import CONFORMANCE, Application
from hypothesis import settings


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the machine or a surrounding s2itasks set from the processes under test."""
    for name in os.environ:
        if name.startswith(("S2I", "APP_", "STI_", "PIP_NO_")) or name in ("BASH_ENV", "ENV", "PORT", "PYTHONPATH"):
            monkeypatch.delenv(name)


@pytest.fixture
def application(tmp_path: Path) -> Application:
    """Give an application with empty directories and a builder without scripts."""
    return Application(tmp_path)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In a conformance run, leave out by name what differs on purpose after pinning."""
    different = {"": (), "runtime": ("before_pinning",), "launcher": ("before_pinning", "before_launcher")}
    for item in items:
        for mark in filter(None, map(item.get_closest_marker, different[CONFORMANCE])):
            item.add_marker(pytest.mark.skip(reason=f"after pinning: {mark.args[0]}"))


settings.register_profile("examples", max_examples=int(os.environ.get("S2ITASKS_TEST_EXAMPLES", "60")), deadline=None)
settings.load_profile("examples")

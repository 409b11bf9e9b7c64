"""init --from: images with a Python that s2itasks does not run on."""

from __future__ import annotations

from pathlib import Path

import conversions
import pytest

# A line, and which Python is too old in it.
LINES = [
    ("name: python:3.5", "3.5"),
    ("name: 'centos/python-36-centos7:latest'", "3.6"),
    ("image: registry.example.com/rhscl/python-27-rhel7", "2.7"),
    ("FROM python:2.7-slim", "2.7"),
    ("FROM registry.example.com/ubi8/python-38:1", "3.8"),
    ("name: python:3.12", ""),
    ("name: ubi9/python-311", ""),
    ("name: python-39", ""),
    ("# name: python:3.5", ""),
    ("name: python:latest", ""),
    ("name: my-python:3.5", ""),
    ("run: pip install python-3to2", ""),
]


@pytest.mark.parametrize("origin", ["powershift", "v2", "warpdrive"])
@pytest.mark.parametrize(("line", "python"), LINES)
def test_images(tmp_path: Path, line: str, python: str, origin: str) -> None:
    """The line is named, with the cure."""
    path = "Dockerfile" if line.startswith("FROM") else "build.yaml"
    directory = {"powershift": ".s2i", "v2": ".openshift", "warpdrive": ".warpdrive"}[origin]
    conversions.write(tmp_path, {f"{directory}/x": "", path: f"kind: x\n{line}\n", ".github/x.yml": f"{line}\n"})
    made = conversions.converted(tmp_path, origin)
    named = [(entry.line, entry.why) for entry in made.entries if entry.path in (path, ".github/x.yml")]
    assert len(named) == bool(python)
    for number, why in named:
        assert number == 2
        assert f"has Python {python}, and s2itasks runs on 3.9 or later: build from an image" in why

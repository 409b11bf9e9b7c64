"""init --from v2: what hooks do with the data directory, which a build has not."""

from __future__ import annotations

from pathlib import Path

import conversions
import pytest
from conversions import S2I, V2

from s2itasks.convert.conversion import Conversion


def built(root: Path, body: str) -> Conversion:
    """Convert a repository with a ``build`` hook."""
    return conversions.converted(conversions.write(root, {f"{V2}build": f"#!/bin/bash\n{body}\n"}), "v2")


def test_a_loop(tmp_path: Path) -> None:
    """It moves to deploy; not where its variable is read behind it."""
    loop = "for d in media cache; do\n    mkdir -p $OPENSHIFT_DATA_DIR/$d\n    ln -sfn $OPENSHIFT_DATA_DIR/$d $d\ndone"
    made = built(tmp_path, f"true\n{loop}")
    assert loop in conversions.text(made, f"{S2I}deploy")
    assert conversions.left(made, f"{V2}build") == []
    made = built(tmp_path, f"{loop}\necho $d")
    assert loop not in conversions.text(made, f"{S2I}deploy")
    assert conversions.left(made, f"{V2}build")


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("python x.py > $OPENSHIFT_DATA_DIR/index.json", 1),
        ("python x.py ${OPENSHIFT_DATA_DIR}x", 1),
        ("if [ -f $OPENSHIFT_DATA_DIR/x ]; then\n    make\nfi", 1),
        ("for x in $MEDIA; do\n    ln -s $OPENSHIFT_DATA_DIR/$x $x\ndone", 1),
        ("MEDIA=$OPENSHIFT_DATA_DIR/media", 1),
        ("echo $OPENSHIFT_DATA_DIR", 0),
        ("make", 0),
    ],
)
def test_what_stays_in_a_build(tmp_path: Path, line: str, left: int) -> None:
    """It is named where it is more than a message."""
    made = built(tmp_path, f"true\n{line}")
    assert f"{line}\n" in conversions.text(made, f"{S2I}build") or left
    assert sum("a build has no volume" in why for why in conversions.left(made, f"{V2}build")) == left


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("cp -r seed/* $OPENSHIFT_DATA_DIR/", 1),
        ("rm -rf ${OPENSHIFT_DATA_DIR}x", 1),
        ("echo 1 >${OPENSHIFT_DATA_DIR}version", 1),
        ("cp -rn seed/* $OPENSHIFT_DATA_DIR/", 0),
        ("cp ${OPENSHIFT_DATA_DIR}x x", 0),
        ("if [ ! -f ${OPENSHIFT_DATA_DIR}x ]; then\n    cp x ${OPENSHIFT_DATA_DIR}x\nfi", 0),
        ("mkdir -p ${OPENSHIFT_DATA_DIR}x", 0),
    ],
)
def test_what_would_replace_data(tmp_path: Path, line: str, left: int) -> None:
    """It is in deploy, and runs more often there: that is said."""
    made = built(tmp_path, line)
    text = conversions.text(made, f"{S2I}deploy")
    assert line in text
    assert text.count("cp -n") == left
    assert sum("whenever a container starts" in why for why in conversions.left(made, f"{V2}build")) == left

"""The software bill of materials of the one file, in CycloneDX's JSON: what is in it, from where, under which licence.

Nothing in it is random or says when it was written, so that the same commit has the same one.
"""

from __future__ import annotations

import json
import uuid
import zipfile
from collections.abc import Sequence
from datetime import datetime, timezone
from email import message_from_string
from pathlib import Path

from cyclonedx.factory.license import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from .dist import sha256


def written(one_file: Path, wheels: Sequence[Path], version: str, epoch: int) -> str:
    """Return the document for a file that is made of wheels, the first of which needs the others.

    :param epoch: the time of the release, in seconds since 1970.
    """
    first, *others = [_of_wheel(wheel) for wheel in wheels]
    file = Component(
        name=one_file.name,
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref=one_file.name,
        description="s2itasks and the packages it needs, in one file",
        licenses=first.licenses,
        hashes=[_hash(one_file)],
    )
    named = f"{one_file.name}@{version} {_hash(one_file).content}"
    bom = Bom(components=[first, *others], serial_number=uuid.uuid5(uuid.NAMESPACE_URL, named))
    bom.metadata.component = file
    bom.metadata.timestamp = datetime.fromtimestamp(epoch, timezone.utc)
    bom.register_dependency(file, [first, *others])
    bom.register_dependency(first, others)
    return f"{json.dumps(json.loads(JsonV1Dot6(bom).output_as_string()), indent=2, sort_keys=True)}\n"


def problems(path: Path) -> list[str]:
    """Return what the schema of CycloneDX 1.6 says against a document."""
    invalid = JsonStrictValidator(SchemaVersion.V1_6).validate_str(path.read_text(encoding="utf-8"))
    return [f"{path.name}: {invalid}; see releasing/sbom.py"] if invalid else []


def _of_wheel(wheel: Path) -> Component:
    with zipfile.ZipFile(wheel) as opened:
        (name,) = [each for each in opened.namelist() if each.endswith(".dist-info/METADATA")]
        metadata = message_from_string(opened.read(name).decode("utf-8"))
    purl = PackageURL("pypi", name=metadata["Name"].lower().replace("_", "-"), version=metadata["Version"])
    return Component(
        name=metadata["Name"],
        version=metadata["Version"],
        type=ComponentType.LIBRARY,
        bom_ref=purl.to_string(),
        purl=purl,
        description=metadata["Summary"],
        licenses=[LicenseFactory().make_from_string(metadata["License-Expression"])],
        hashes=[_hash(wheel)],
    )


def _hash(path: Path) -> HashType:
    return HashType(alg=HashAlgorithm.SHA_256, content=sha256(path))

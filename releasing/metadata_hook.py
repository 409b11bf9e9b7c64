"""What the metadata of the package says of addresses, all of it from the one ``address`` in pyproject.toml.

hatchling loads this file by its path, in every build; only what stands beside it can be used.
"""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hatchling.metadata.plugin.interface import MetadataHookInterface

BESIDE = "releasing/long_description.py"


class Addresses(MetadataHookInterface):
    """Fills in who to write to, where everything is, and the README with links that lead there."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the fields that pyproject.toml calls dynamic."""
        root, address = Path(self.root), self.config["address"].rstrip("/")
        version = re.search(r'^__version__ = "(.+)"$', (root / "s2itasks/__init__.py").read_text("utf-8"), re.MULTILINE)
        if not version:
            message = "s2itasks/__init__.py has no line with __version__"
            raise ValueError(message)
        ref = f"v{version[1]}"
        people = [{"name": "The s2itasks authors", "email": f"s2itasks@{urlsplit(address).hostname}"}]
        metadata["authors"] = metadata["maintainers"] = people
        metadata["urls"] = {
            "Homepage": address,
            "Documentation": f"{address}/tree/{ref}/docs",
            "Source": address,
            "Issues": f"{address}/issues",
            "Changelog": f"{address}/blob/{ref}/CHANGELOG.md",
        }
        absolute = runpy.run_path(str(root / BESIDE))["absolute"]
        text = absolute((root / "README.md").read_text("utf-8"), address, ref)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}

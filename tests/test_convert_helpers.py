"""init --from v2: what hooks call that is in ``.openshift``, too, and when that can be deleted."""

from __future__ import annotations

from pathlib import Path

import conversions
import pytest
from conversions import S2I, V2


def test_helpers_elsewhere(tmp_path: Path) -> None:
    """They are copied to the same place in .s2i, where calls lead to it; what nobody calls is named."""
    deploy = '. "$OPENSHIFT_REPO_DIR".openshift/lib/functions.sh\n'
    deploy += ". .openshift/action_hooks/lib/x.sh\n. .openshift/all.sh\n"
    conversions.write(tmp_path, {
        f"{V2}deploy": f"#!/bin/bash\n{deploy}",
        ".openshift/lib/functions.sh": "python .openshift/lib/tool.py\n",
        ".openshift/lib/tool.py": "import os\n",
        f"{V2}lib/x.sh": "true\n",
        ".openshift/all.sh": "true\n",
        ".openshift/other/x": "true\n",
    })  # fmt: skip
    made = conversions.converted(tmp_path, "v2")
    assert conversions.text(made, f"{S2I}deploy") == f"#!/bin/bash\n{deploy.replace('.openshift', '.s2i')}"
    assert conversions.text(made, ".s2i/lib/functions.sh") == "python .s2i/lib/tool.py\n"
    assert conversions.text(made, ".s2i/lib/tool.py") == "import os\n"
    assert {f"{S2I}lib/x.sh", ".s2i/all.sh"} <= {*made.files}
    assert ["has no place" in why for why in conversions.left(made, ".openshift/other/x")] == [True]
    assert made.deletable == [".openshift"]


@pytest.mark.parametrize(
    ("files", "users"),
    [
        ({"site/settings.py": "x = '.openshift/data.csv'\n"}, "site/settings.py"),
        ({f"{V2}deploy": "#!/bin/bash\nls .openshift/markers\n"}, f"{S2I}deploy"),
        ({"site/settings.py": "# as in .openshift\n"}, ""),
    ],
)
def test_what_cannot_be_deleted(tmp_path: Path, files: dict[str, str], users: str) -> None:
    """Something still names it."""
    made = conversions.converted(conversions.write(tmp_path, {f"{V2}build": "#!/bin/bash\nmake\n", **files}), "v2")
    assert made.deletable == ([] if users else [".openshift"])
    assert [users in why for why in conversions.left(made, ".openshift")] == ([True] if users else [])

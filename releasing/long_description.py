"""The README as a package index shows it, where no file lies beside it: its links and pictures get addresses."""

from __future__ import annotations

import re

FENCED = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)  # code; what is indented may be of a list
PICTURE = re.compile(r"(?P<before>(?P<picture>!)\[[^\[\]]*\]\()(?P<target>[^()\s]+)(?P<after>\))")
LINK = re.compile(r"(?P<before>(?<!!)(?P<picture>)\[(?:[^\[\]]|\[[^\[\]]*\])*\]\()(?P<target>[^()\s]+)(?P<after>\))")
DEFINITION = re.compile(r"(?P<before>^\[[^\[\]]+\]: +)(?P<picture>)(?P<target>\S+)(?P<after>)", re.MULTILINE)
ATTRIBUTE = re.compile(r"""(?P<before>\b(?:href|(?P<picture>src|srcset))=["'])(?P<target>[^"'\s]+)(?P<after>["'])""")
ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


def absolute(text: str, address: str, ref: str) -> str:
    """Return a text in Markdown whose relative links lead to the source at a release; fenced code stays as it is.

    :param address: of the repository, on a server that has files at ``/blob/REF`` and ``/raw/REF``, as GitHub and
        GitLab do.
    :param ref: the tag of the release.
    """

    def addressed(found: re.Match[str]) -> str:
        target = found["target"]
        if ABSOLUTE.match(target):
            return found[0]
        if target.startswith("#"):
            return f"{found['before']}{address}/blob/{ref}/README.md{target}{found['after']}"
        kind = "raw" if found["picture"] else "blob"
        return f"{found['before']}{address}/{kind}/{ref}/{target.removeprefix('./')}{found['after']}"

    def rewritten(prose: str) -> str:
        for pattern in (PICTURE, LINK, DEFINITION, ATTRIBUTE):  # a picture can be what a link shows
            prose = pattern.sub(addressed, prose)
        return prose

    done, end = [], 0
    for code in FENCED.finditer(text):
        done += [rewritten(text[end : code.start()]), code[0]]
        end = code.end()
    return "".join([*done, rewritten(text[end:])])

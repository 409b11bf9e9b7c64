"""The YAML that manifests writes: a reader gets what was given, whatever that is, and the bytes are always the same."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from s2itasks.manifests.yaml_text import Note, bare, document

NASTY = (
    *("yes", "No", "on", "OFF", "null", "~", "", "true", "y", "N", "012", "0x1f", "1e3", "1_000", "12:30:45", "1.5"),
    *(".inf", "-.NaN", "2026-01-01", "a: b", "a:", ":a", "a #b", "#a", " a", "a ", "- a", "-", "--", "---", "...", "?"),
    *(
        "a\nb",
        "a\n",
        "\ta",
        "a\rb",
        "\0",
        "\x7f",
        "\x85",
        "\u2028",
        "\ufeff",
        "é",
        "😀",
        '"',
        "'",
        "\\",
        "%a",
        "@a",
        "`a",
    ),
    *("&a", "*a", "!a", "|", ">", "[a]", "{a: b}", "a, b", "a]", "=", "<<", "0o17", "+1", "1.", "a:b", "http://x/y#z"),
    *("{{ .Values.x }}", "{{{{", "{{{"),
    *("k" * 1022, "k" * 1030, "\x1f" * 256, "\u1e70" * 2000),
)
COMMENTS = (
    *(
        "\x1b]0;x\x07",
        "a\u202eb",
        "a\r\x85\u2028b",
        "a\n\nb",
        "\n",
        "  \n a",
        "{{{ x }}}",
        "{{",
        "\ttab",
        "#",
        "\ud800",
    ),
)
TEXT = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(NASTY)
SCALARS = st.none() | st.booleans() | st.integers() | TEXT
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=20
)


@given(st.dictionaries(TEXT, VALUES, max_size=5))
def test_what_is_written_is_read(value: dict[str, Any]) -> None:
    """And written alike, in whichever order it was made."""
    text = document(value)
    assert yaml.safe_load(text) == value
    assert document(dict(reversed(value.items()))) == text
    assert text.isascii()


@given(st.dictionaries(TEXT, VALUES, max_size=3), st.text() | st.sampled_from(COMMENTS))
def test_comments_change_nothing(value: dict[str, Any], why: str) -> None:
    """Above anything, whatever is in them; and nothing is in the text that a terminal or Helm would take for more."""
    noted = {key: Note(_noted(each, why), why) for key, each in value.items()}
    assert bare(noted) == value
    text = document(noted)
    assert yaml.safe_load(text) == value
    assert all(line.isprintable() for line in text.split("\n"))
    assert "{{" not in text


def _noted(value: Any, why: str) -> Any:
    if isinstance(value, dict):
        return {key: Note(_noted(each, why), why) for key, each in value.items()}
    return [Note(_noted(each, why), why) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("text", NASTY)
def test_a_nasty_string(text: str) -> None:
    """As a value, as a key, in a list in one line, in a list of lines."""
    value = {"value": text, text: [text, text], "list": [{text: text}, [text]]}
    assert yaml.safe_load(document(value)) == value


def test_how_it_looks() -> None:
    """Sorted, commands in one line, comments where they belong."""
    value = {
        "kind": "Thing",
        "apiVersion": "v1",
        "spec": {
            "list": [{"name": Note("b", "About the name.\n  an: example"), "value": "yes"}, Note({"a": 1}, "One.")],
            "command": ["s2itasks", "ready", "--timeout", "4"],
            "empty": {},
            "none": [],
        },
    }
    assert document(value) == (
        "apiVersion: v1\n"
        "kind: Thing\n"
        "spec:\n"
        '  command: [s2itasks, ready, --timeout, "4"]\n'
        "  empty: {}\n"
        "  list:\n"
        "    # About the name.\n"
        "    #   an: example\n"
        "    - name: b\n"
        '      value: "yes"\n'
        "    # One.\n"
        "    - a: 1\n"
        "  none: []\n"
    )


def test_what_is_no_yaml() -> None:
    """A mistake in a generator."""
    with pytest.raises(TypeError, match="float is nothing"):
        document({"a": 1.5})

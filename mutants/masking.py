"""Faults in what messages show of secrets."""

from __future__ import annotations

from .mutant import Mutant

NAMES = "s2itasks/masking/names.py"
URLS = "s2itasks/masking/urls.py"

MUTANTS = (
    Mutant(
        "a word of a name tells a secret",
        NAMES,
        "PAT|SALT|CRED",
        "SALT|CRED",
        ("test_masking.py::test_names_of_secrets",),
    ),
    Mutant(
        "the last @ ends a password",
        URLS,
        "text[start : colon.start()], ats[-1].start() if ats else end",
        "text[start : colon.start()], ats[0].start() if ats else end",
        ("test_masking.py::test_secrets_inside_of_a_value",),
    ),
    Mutant(
        "every line of ours is masked",
        "s2itasks/console.py",
        "plain(text if secrets else _masked(text))",
        "plain(text)",
        ("test_masking.py::test_no_message_holds_a_secret",),
    ),
    Mutant(
        "what check finds is masked",
        "s2itasks/check/checking.py",
        "masked_text(spot.message)",
        "spot.message",
        ("test_masking.py::test_no_message_holds_a_secret",),
    ),
)

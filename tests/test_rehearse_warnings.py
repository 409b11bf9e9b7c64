"""The warnings of an application that a rehearsal repeats."""

from __future__ import annotations

from s2itasks.rehearse import logged_warnings

DJANGO = """\
System check identified some issues:

WARNINGS:
?: (security.W004) You have not set a value for the SECURE_HSTS_SECONDS setting.
?: (security.W008) Your SECURE_SSL_REDIRECT setting is not set to True.
\tHINT: see the documentation

System check identified 2 issues (0 silenced).
app.py:3: DeprecationWarning: the imp module is deprecated
app.py:3: DeprecationWarning: the imp module is deprecated
"""


def test_the_lines_below_a_heading() -> None:
    """They are the warnings, and the heading is none."""
    assert logged_warnings.of(DJANGO) == [
        "?: (security.W004) You have not set a value for the SECURE_HSTS_SECONDS setting.",
        "?: (security.W008) Your SECURE_SSL_REDIRECT setting is not set to True.",
        "app.py:3: DeprecationWarning: the imp module is deprecated",
    ]
    assert logged_warnings.of("serving\n") == []

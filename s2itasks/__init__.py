"""Action hooks for Python Source-to-Image images, as a task runner on top of invoke."""

from __future__ import annotations

TYPE_CHECKING = False  # the constant that type checkers know; importing typing takes time, and it may be another
if TYPE_CHECKING:
    from invoke.collection import Collection

    namespace: Collection

__all__ = ["__version__", "namespace"]
__version__ = "1.0.0"


def __getattr__(name: str) -> object:
    """Return ``namespace``, the invoke collection of every phase, importing invoke only when it is asked for."""
    if name == "namespace":
        from s2itasks.phases import namespace  # noqa: PLC0415 - invoke takes 120 ms to import

        return namespace
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)

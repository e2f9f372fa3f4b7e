"""For people's tests: `assert_backends_agree`; for people who write a backend: the conformance kit."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multigrad.testing.agreement import assert_backends_agree


def __getattr__(name: str) -> Any:
    if name == "assert_backends_agree":  # it brings the referee along, which the kit does without
        from multigrad.testing.agreement import assert_backends_agree

        return assert_backends_agree
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["assert_backends_agree"]

"""Where the runtime keeps the classes of the events that the engine itself sends."""

from collections.abc import Mapping
from typing import Final

__all__ = ["SYSTEM_CLASSES", "SYSTEM_MODULE"]

SYSTEM_MODULE: Final = "surestep.authoring.system"

SYSTEM_CLASSES: Final[Mapping[str, str]] = {
    "inngest/function.cancelled": "FunctionCancelled",
    "inngest/function.failed": "FunctionFailed",
    "inngest/function.finished": "FunctionFinished",
}
"""Those that can trigger and be waited for, by name."""

"""Why a catalogue cannot be imported at all."""

__all__ = ["ImportProblemError"]


class ImportProblemError(Exception):
    """The input is not what it should be.

    Args:
        message: one sentence without a full stop.
        pointer: JSON pointer to the place, where there is one.
        hint: what to do about it.
    """

    def __init__(self, message: str, pointer: str = "", hint: str = "") -> None:
        super().__init__(f"{pointer}: {message}" if pointer else message)
        self.hint = hint

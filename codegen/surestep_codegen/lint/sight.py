"""What a run has seen of the disk: contents of files, and which names folders hold."""

import os
from collections.abc import Mapping

from surestep_codegen.lint.cache_file import short_hash

__all__ = ["Sight"]


class Sight:
    """Looks at each folder once, and remembers what it read.

    Attributes:
        files: hashes of contents by path; empty for a file that could not be read.
    """

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self._folders: dict[str, frozenset[str]] = {}

    def names_in(self, folder: str) -> frozenset[str]:
        """What a folder holds that can be a module or package; nothing where there is no such folder."""
        if folder not in self._folders:
            try:
                names = [entry.name for entry in os.scandir(folder)]
            except OSError:
                names = []
            self._folders[folder] = frozenset(name for name in names if name.endswith(".py") or "." not in name)
        return self._folders[folder]

    def read(self, path: str) -> bytes:
        """The content of a file.

        Raises:
            OSError: it cannot be read.
        """
        self.files[path] = ""
        with open(path, "rb") as file:  # noqa: PTH123 -- a path is made of it in the time that reading takes
            content = file.read()
        self.files[path] = short_hash(content)
        return content

    def folder_hashes(self) -> Mapping[str, str]:
        """A hash of each folder's names."""
        return {folder: short_hash("/".join(sorted(names)).encode()) for folder, names in self._folders.items()}

    def equals(self, folders: Mapping[str, str], files: Mapping[str, str]) -> bool:
        """Whether the disk looks as it did for another run."""
        for folder in folders:
            self.names_in(folder)
        return self.folder_hashes() == folders and all(self._is_same(path, known) for path, known in files.items())

    def _is_same(self, path: str, known: str) -> bool:
        try:
            return short_hash(self.read(path)) == known
        except OSError:
            return not known

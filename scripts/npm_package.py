"""Fetch a pinned npm package: for data that tests compare with and that is not kept in this repository."""

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

__all__ = ["CACHE", "NpmPackage", "stop", "write_once"]

CACHE: Final = Path(__file__).resolve().parents[1] / ".cache"
UNAVAILABLE: Final = 3
"""The status of a script whose data cannot be had here: `npm` is missing or reaches no registry."""


@dataclass(frozen=True, slots=True)
class NpmPackage:
    """A package with the checksum that it had when its version was pinned."""

    name: str
    version: str
    sha512: str

    def read(self, member: str) -> bytes:
        """A file of the package; ends the program where it cannot be had, or has another checksum."""
        if not shutil.which("npm"):
            stop("npm is needed to fetch it", UNAVAILABLE)
        with tempfile.TemporaryDirectory() as folder, tarfile.open(self._fetch(folder)) as archive:
            found = archive.extractfile(f"package/{member}")
            return found.read() if found else b""

    def _fetch(self, folder: str) -> Path:
        command = ["npm", "pack", f"{self.name}@{self.version}", "--pack-destination", folder, "--fetch-retries=0"]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=60)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            stop(f"npm cannot fetch {self.name} {self.version}", UNAVAILABLE)
        archive = next(Path(folder).glob("*.tgz"))
        if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != self.sha512:
            stop(f"{self.name} {self.version} has another checksum than when it was pinned", 1)
        return archive


def stop(reason: str, status: int = UNAVAILABLE) -> NoReturn:
    """End the program with a reason."""
    print(f"{Path(sys.argv[0]).name}: {reason}", file=sys.stderr)
    sys.exit(status)


def write_once(target: Path, content: bytes) -> None:
    """Write a file at once, since several test runs may share the cache."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        file.write(content)
    Path(file.name).replace(target)

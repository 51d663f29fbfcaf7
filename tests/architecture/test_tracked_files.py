"""What must not be in the repository: places of somebody's machine and addresses of package indexes."""

import re
import subprocess
from pathlib import Path

# Written in pieces, so that this file does not find itself.
MACHINE_PATHS = re.compile(
    r"(?<![\w.~-])/(" + "|".join(["ho" + "me", "ro" + "ot", "wo" + "rk", "Us" + "ers"]) + r")/\w"
)
INDEX_ADDRESSES = re.compile("index" + r"[-_]url\s*=|https?://[^\s\"')]+/simp" + "le/?")


def test_no_file_names_a_place_of_somebodys_machine(root: Path) -> None:
    assert _matches(root, MACHINE_PATHS) == []


def test_no_file_names_a_package_index(root: Path) -> None:
    assert _matches(root, INDEX_ADDRESSES) == []


def _matches(root: Path, pattern: re.Pattern[str]) -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True).stdout
    paths = [root / name for name in listed.split("\0") if name]
    texts = [(path, path.read_text(errors="replace")) for path in paths if path.is_file()]
    return [f"{path.relative_to(root)}: {match[0]}" for path, text in texts for match in pattern.finditer(text)]

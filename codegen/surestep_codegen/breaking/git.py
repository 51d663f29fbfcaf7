"""Reads files of an older commit from the repository that a project lies in, without checking anything out."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

__all__ = ["GitError", "UnknownRefError", "find_prefix", "load_blobs", "resolve_ref"]

_HOOK_VARIABLES: Final = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE")
"""What git sets for hooks; it would point at the hook's repository instead of the project's."""


class GitError(Exception):
    """Git cannot do what was asked; the message is one sentence for the user."""


class UnknownRefError(GitError):
    """No commit has this name."""


def find_prefix(root: Path) -> str:
    """Where a project lies in its repository: empty at the top, else with a slash at the end.

    Raises:
        GitError: git is missing, or there is no repository.
    """
    return _run(root, "rev-parse", "--show-prefix").decode(errors="replace").rstrip("\n")


def resolve_ref(root: Path, ref: str) -> str:
    """The id of the commit that a branch, a tag or any other name of git stands for.

    Raises:
        UnknownRefError: there is no such commit here.
    """
    try:
        commit = _run(root, "rev-parse", "--quiet", "--verify", "--end-of-options", f"{ref}^{{commit}}")
    except GitError as error:
        raise UnknownRefError(f"git knows no commit `{ref}` here") from error
    return commit.decode().strip()


def load_blobs(root: Path, commit: str, paths: Iterable[str], is_wanted: Callable[[str], bool]) -> Mapping[str, bytes]:
    """Files of a commit below some paths, by their paths from the repository's top; links are left out.

    Args:
        root: anywhere in the repository.
        commit: an id.
        paths: from the top; `.` means everything.
        is_wanted: whether a file is to be read, by its path.
    """
    below = list(paths)
    limits = () if "." in below else below
    listed = _run(root, "--literal-pathspecs", "ls-tree", "-r", "-z", "--full-tree", commit, "--", *limits)
    blobs: dict[str, bytes] = {}
    for entry in listed.split(b"\0"):
        head, _, path = entry.partition(b"\t")
        if head.startswith(b"100") and is_wanted(os.fsdecode(path)):
            blobs[os.fsdecode(path)] = head.split()[-1]
    contents = _contents(root, list(blobs.values()))
    return dict(zip(blobs, contents, strict=True))


def _contents(root: Path, blobs: list[bytes]) -> list[bytes]:
    """The contents of objects, read by one process."""
    answer = _run(root, "cat-file", "--batch", text=b"".join(blob + b"\n" for blob in blobs))
    contents, at = list[bytes](), 0
    for _ in blobs:
        end = answer.index(b"\n", at)
        head = answer[at:end].split()
        if head[-1] == b"missing":
            raise GitError(f"the object {head[0].decode()} is not here; fetch it first")
        size = int(head[-1])
        contents.append(answer[end + 1 : end + 1 + size])
        at = end + size + 2
    return contents


def _run(root: Path, *arguments: str, text: bytes = b"") -> bytes:
    program = shutil.which("git")
    if program is None:
        raise GitError("git is not installed, or not on the PATH")
    environment = {name: value for name, value in os.environ.items() if name not in _HOOK_VARIABLES}
    done = subprocess.run(
        [program, *arguments],
        cwd=root,
        env=environment | {"LC_ALL": "C"},
        input=text,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        first = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise GitError(first.removeprefix("fatal: ") or f"git {arguments[0]} failed")
    return done.stdout

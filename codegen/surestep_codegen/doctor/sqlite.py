"""Whether SQLite keeps what it has been given."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Final

from surestep_codegen.doctor.subject import Subject
from surestep_codegen.project_codes import report
from surestep_dsl.diagnostics import Diagnostic

__all__ = ["check_sqlite"]

_SAFE: Final = (3, 51, 3)
"""Before it, two connections that write or checkpoint at once can corrupt a file with a write-ahead log."""
_SCRIPT: Final = "import apsw; print(apsw.sqlite_lib_version())"


def check_sqlite(subject: Subject) -> Iterator[Diagnostic]:
    """The SQLite inside of apsw, which can be another one where apsw was built on the machine."""
    asked = subprocess.run([sys.executable, "-P", "-c", _SCRIPT], capture_output=True, text=True, check=False)
    version = asked.stdout.strip()
    if asked.returncode or tuple(int(part) for part in version.split(".")) < _SAFE:
        message = f"apsw contains SQLite {version}" if version else "apsw cannot be imported"
        hint = "install apsw from its wheels: pip install --force-reinstall --only-binary=apsw apsw"
        wanted = ".".join(map(str, _SAFE))
        yield report("K306", f"{message}; before {wanted} it can corrupt files", subject.span("pyproject.toml"), hint)

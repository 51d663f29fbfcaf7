"""Log lines as JSON objects, one per line, for programs that collect them."""

import json
import logging
from datetime import UTC, datetime

from typing_extensions import override

__all__ = ["JsonFormatter"]


class JsonFormatter(logging.Formatter):
    """Instant in UTC, level, logger and message, and a traceback where there is one.

    What a handler logs begins with the run's id, as in logs for people.
    """

    @override
    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)

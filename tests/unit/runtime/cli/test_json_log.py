import json
import logging

from surestep.cli.json_log import JsonFormatter


def test_a_line_is_one_object_whatever_the_message() -> None:
    record = logging.LogRecord("shop", logging.WARNING, __file__, 1, "two\nlines for %s", ("é",), None)
    record.created = 1_767_225_600.0625
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert json.loads(line) == {
        "time": "2026-01-01T00:00:00.062+00:00",
        "level": "WARNING",
        "logger": "shop",
        "message": "two\nlines for é",
    }


def test_a_traceback_comes_along() -> None:
    try:
        raise ValueError("why")  # noqa: TRY301
    except ValueError as error:
        info = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("shop", logging.ERROR, __file__, 1, "failed", (), info)
    assert json.loads(JsonFormatter().format(record))["exception"].endswith("ValueError: why")

"""`surestep send`: one event to a server."""

import json
from urllib.parse import quote

import click

from surestep.cli.client import request, url_option

__all__ = ["send"]


@click.command
@click.argument("name")
@click.argument("data", default="{}", metavar="[DATA_JSON]")
@click.option("--id", "event_id", help="Deduplication id: a second event with it starts no second run.")
@click.option("--ts", type=int, help="Unix time in milliseconds; in the future it delays the runs.")
@click.option("--key", default="dev", show_default=True, envvar="SURESTEP_EVENT_KEY", help="Event key.")
@url_option
def send(name: str, data: str, event_id: str | None, ts: int | None, key: str, url: str) -> None:
    """Send the event NAME with DATA_JSON and print its id.

    For example: surestep send demo/user.greeted '{"name": "Ada"}'
    """
    try:
        content = json.loads(data)
    except ValueError as error:
        hint = """put it in single quotes: '{"name": "Ada"}'"""
        raise click.BadParameter(f"not JSON: {error}; {hint}", param_hint="DATA_JSON") from None
    event = {"name": name, "data": content, "id": event_id, "ts": ts}
    body = request("POST", url, f"/e/{quote(key, safe='')}", content=json.dumps(event).encode())
    for sent_id in json.loads(body)["ids"]:
        click.echo(sent_id)

"""`surestep dev`: check, generate, and serve; with reload, again on every change."""

from pathlib import Path

import click

from surestep.cli.listening import listen

__all__ = ["dev"]


@click.command
@click.option("--port", type=click.IntRange(0, 65535), default=8288, show_default=True, help="0 takes any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--store",
    type=click.Path(path_type=Path, dir_okay=False),
    default=".surestep/dev.db",
    show_default=True,
    help="The SQLite file; made where it does not exist.",
)
@click.option("--reload/--no-reload", default=True, help="Watch specs and code; restart on a change.")
def dev(port: int, host: str, store: Path, *, reload: bool) -> None:
    """Check the specs, generate, and serve engine and HTTP API until Ctrl-C.

    With --no-reload everything runs in this one process, which is what a debugger wants.
    """
    from surestep.cli.preparation import prepare

    with listen(host, port, "dev") as listener:
        prepared = prepare(store.absolute(), listener)
        if reload:
            from surestep.cli.supervise import supervise

            supervise(prepared, lambda: prepare(store.absolute(), listener, again=True), listener)
        else:
            from surestep.cli.serving import serve

            serve(prepared.service, listener)

import httpx
import pytest
from starlette.responses import PlainTextResponse

from surestep.http.guard import LOOPBACK_HOSTS, HostGuard


async def status(headers: dict[str, str]) -> int:
    transport = httpx.ASGITransport(HostGuard(PlainTextResponse("through"), LOOPBACK_HOSTS))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8288") as client:
        return (await client.get("/", headers=headers)).status_code


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8288", "LOCALHOST", "127.0.0.1:8288", "127.0.0.1", "[::1]:8288", "[::1]"]
)
async def test_names_of_this_machine_are_let_through(host: str) -> None:
    assert await status({"host": host}) == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8288", "", "["])
async def test_a_name_that_was_made_to_point_here_is_refused(host: str) -> None:
    assert await status({"host": host}) == 403


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("http://localhost:8288", 200),
        ("http://127.0.0.1:3000", 200),
        ("https://evil.example", 403),
        ("null", 403),
        ("http://localhost.evil.example", 403),
    ],
)
async def test_pages_of_other_sites_are_refused(origin: str, expected: int) -> None:
    assert await status({"origin": origin}) == expected

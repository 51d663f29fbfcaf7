from surestep.engines.api import RawEvent
from surestep.testing import Bench


async def test_an_event_of_an_older_version_arrives_as_a_current_one(bench: Bench) -> None:
    old = RawEvent("user/profile.updated", {"userId": "ada", "email": "ada@example.org"}, v="2023-06-01.1")
    await bench.engine.send([old])

    [event] = await bench.engine.list_events(name="user/profile.updated")
    assert event.data == {
        "userId": "ada",
        "changes": {"email": "ada@example.org"},
        "auditInfo": {"changedBy": "ada", "reason": "not stated"},
    }

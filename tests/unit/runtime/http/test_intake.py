import pytest

from surestep.engines.api import RawEvent
from surestep.errors import EventRejectedError, Fault
from surestep.http.intake import parse_events
from surestep.http.refusals import RefusedError


def test_one_object_is_one_event() -> None:
    body = b'{"name": "shop/order.paid", "data": {"n": 1}, "id": "a", "ts": 1700000000000, "v": "2"}'
    assert parse_events(body) == [RawEvent("shop/order.paid", {"n": 1}, "a", 1_700_000_000_000, "2")]


def test_a_list_keeps_its_order() -> None:
    assert [event.name for event in parse_events(b'[{"name": "b"}, {"name": "a"}]')] == ["b", "a"]


def test_an_empty_list_sends_nothing() -> None:
    assert parse_events(b"[]") == []


@pytest.mark.parametrize("body", [b'{"name": "a"}', b'{"name": "a", "data": null, "id": null, "ts": null, "v": null}'])
def test_what_is_null_counts_as_left_out(body: bytes) -> None:
    assert parse_events(body) == [RawEvent("a", {}, "", None, None)]


def test_ts_zero_means_now() -> None:
    assert parse_events(b'{"name": "a", "ts": 0}') == [RawEvent("a")]


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"name": "a"} x', b"\xff", b'{"name": NaN}', b'"\\ud800"', b"{'name': 1}"]
)
def test_what_is_not_json_is_refused_with_a_place(body: bytes) -> None:
    with pytest.raises(RefusedError, match=r"not JSON: .* at line 1 column \d+") as caught:
        parse_events(body)
    assert (caught.value.refusal.code, caught.value.refusal.status) == ("H003", 400)


@pytest.mark.parametrize(("body", "kind"), [(b"1", "a number"), (b'"a"', "a text"), (b"null", "null")])
def test_a_body_that_is_no_event_at_all_is_refused(body: bytes, kind: str) -> None:
    with pytest.raises(RefusedError, match=f"must be an event or a list of events, not {kind}"):
        parse_events(body)


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        (b"{}", Fault("name", "is missing")),
        (b'{"name": ""}', Fault("name", "must be a text, not an empty text")),
        (b'{"name": 5}', Fault("name", "must be a text, not a number")),
        (b'{"name": "a", "data": []}', Fault("data", "must be an object, not a list")),
        (b'{"name": "a", "id": 5}', Fault("id", "must be a text, not a number")),
        (b'{"name": "a", "v": {}}', Fault("v", "must be a text, not an object")),
        (b'{"name": "a", "ts": true}', Fault("ts", "must be a whole number of milliseconds, not true or false")),
        (b'{"name": "a", "ts": 1.5}', Fault("ts", "must be a whole number of milliseconds, not one with a point")),
        (
            b'{"name": "a", "ts": 315532799999}',
            Fault("ts", "315532799999 is not between 1980 and 2100 in Unix milliseconds"),
        ),
        (
            b'{"name": "a", "ts": 4102444800001}',
            Fault("ts", "4102444800001 is not between 1980 and 2100 in Unix milliseconds"),
        ),
        (b'{"name": "a", "colour": 1}', Fault("colour", "is not a key of an event")),
        (b"7", Fault("", "must be an object, not a number")),
    ],
)
def test_a_wrong_shape_is_refused_at_its_position(event: bytes, fault: Fault) -> None:
    with pytest.raises(EventRejectedError) as caught:
        parse_events(b'[{"name": "fine"}, ' + event + b"]")
    assert (caught.value.position, caught.value.faults) == (1, (fault,))


def test_all_faults_of_an_event_are_told_at_once() -> None:
    with pytest.raises(EventRejectedError) as caught:
        parse_events(b'{"data": 1, "ts": "soon"}')
    assert [fault.path for fault in caught.value.faults] == ["name", "data", "ts"]


@pytest.mark.parametrize(
    ("event", "hint"),
    [
        (b'{"name": "a", "ts": 1700000000}', "ts looks like seconds; in milliseconds it is 1700000000000"),
        (b'{"nmae": "a"}', "did you mean 'name'?"),
        (b'{"name": "a", "user": {}}', "an event has name, data, id, ts and v; put the rest into data"),
        (b'{"name": "a", "data": 1}', None),
    ],
)
def test_a_hint_is_given_where_the_mend_is_known(event: bytes, hint: str | None) -> None:
    with pytest.raises(EventRejectedError) as caught:
        parse_events(event)
    assert caught.value.hint == hint


def test_what_is_nested_too_deeply_is_told() -> None:
    with pytest.raises(RefusedError, match="nested too deeply: at most 200 lists or objects in one another") as caught:
        parse_events(b"[" * 10_000)
    assert caught.value.refusal.code == "H003"


def test_more_events_than_a_transaction_holds_are_refused() -> None:
    with pytest.raises(RefusedError, match="5001 events in one request; at most 5000") as caught:
        parse_events(b"[" + b",".join([b'{"name":"a"}'] * 5001) + b"]")
    assert caught.value.refusal.status == 413

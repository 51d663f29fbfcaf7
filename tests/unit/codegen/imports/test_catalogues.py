"""AsyncAPI documents and tracking plans: which messages and rules become events, and what is told about the rest."""

from collections.abc import Callable
from typing import Any

import pytest

from surestep_codegen.imports.asyncapi import read_asyncapi
from surestep_codegen.imports.catalogue import Catalogue
from surestep_codegen.imports.problem import ImportProblemError
from surestep_codegen.imports.tracking_plan import read_tracking_plan
from surestep_codegen.remarks import Remarks

JSON_SCHEMA = "application/schema+json;version=draft-07"
OBJECT = {"type": "object", "properties": {"id": {"type": "string"}}}


def lost(read: Callable[..., Catalogue], document: Any) -> tuple[list[str], list[tuple[str, str]]]:
    """Names of events, and what was lost where."""
    remarks = Remarks()
    catalogue = read(document, "shop", remarks)
    return list(catalogue.events), [(remark.pointer, remark.what) for remark in remarks.made if remark.loses]


def test_messages_of_version_2_stand_in_operations_and_components() -> None:
    document = {
        "asyncapi": "2.6.0",
        "channels": {
            "orders": {
                "publish": {"message": {"oneOf": [{"name": "order/created", "payload": OBJECT}, {"payload": OBJECT}]}},
                "subscribe": {"message": {"$ref": "#/components/messages/paid"}},
            },
            "payload free": {"publish": {"message": {}}},
        },
        "components": {
            "messages": {"paid": {"messageId": "order/paid", "payload": OBJECT}, "left": {"payload": OBJECT}}
        },
    }
    assert lost(read_asyncapi, document) == (["left", "order/created", "order/paid", "orders 2", "payload free"], [])


def test_messages_of_version_3_stand_in_channels() -> None:
    document = {
        "asyncapi": "3.0.0",
        "channels": {"c": {"messages": {"created": {"payload": OBJECT}, "paid": {"$ref": "#/components/messages/p"}}}},
        "components": {
            "messages": {"p": {"name": "order/paid", "payload": {"schemaFormat": JSON_SCHEMA, "schema": OBJECT}}}
        },
    }
    assert lost(read_asyncapi, document) == (["created", "order/paid"], [])


@pytest.mark.parametrize(
    ("message", "where", "what"),
    [
        ({"payload": OBJECT, "headers": {}}, "/headers", "headers"),
        ({"payload": OBJECT, "traits": []}, "/traits", "traits"),
        ({"payload": {"type": "string"}}, "/payload", "A"),
        ({"payload": {}, "schemaFormat": "application/vnd.apache.avro;version=1.9.0"}, "", "a"),
        ({"payload": {"schemaFormat": "application/vnd.google.protobuf;version=3", "schema": "x"}}, "", "a"),
    ],
)
def test_what_messages_have_besides_a_payload_is_lost(message: Any, where: str, what: str) -> None:
    document = {"asyncapi": "3.0.0", "components": {"messages": {"a": message}}}
    assert lost(read_asyncapi, document)[1] == [(f"#/components/messages/a{where}", what)]


def test_two_messages_of_one_name_are_not_joined() -> None:
    messages = {"a": {"name": "x", "payload": OBJECT}, "b": {"name": "x", "payload": OBJECT}}
    document = {"asyncapi": "3.0.0", "components": {"messages": messages}}
    assert lost(read_asyncapi, document) == (["x"], [("#/components/messages/b/payload", "x")])


@pytest.mark.parametrize("version", ["1.2.0", "3.1.0", 3, None])
def test_other_versions_are_refused(version: Any) -> None:
    with pytest.raises(ImportProblemError, match=r"2\.0\.0 to 2\.6\.0 or 3\.0\.0"):
        read_asyncapi({"asyncapi": version}, "shop", Remarks())


def test_what_is_no_asyncapi_document_is_told_so() -> None:
    with pytest.raises(ImportProblemError, match=r"`asyncapi` must be .* 3\.0\.0, and is missing"):
        read_asyncapi({"title": "Order"}, "shop", Remarks())


def test_references_between_messages_may_not_lead_in_a_circle() -> None:
    messages = {"a": {"$ref": "#/components/messages/b"}, "b": {"$ref": "#/components/messages/a"}}
    with pytest.raises(ImportProblemError, match="references lead in a circle"):
        lost(read_asyncapi, {"asyncapi": "3.0.0", "components": {"messages": messages}})


def track(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "rules": {"properties": {"properties": OBJECT}}, **more}


def test_rules_for_track_calls_are_events_in_both_shapes() -> None:
    assert lost(read_tracking_plan, {"rules": {"events": [track("Order Completed")]}}) == (["Order Completed"], [])
    rules = [
        {"type": "TRACK", "key": "Order Completed", "jsonSchema": {"properties": {"properties": OBJECT}}},
        {"type": "IDENTIFY", "jsonSchema": {}},
    ]
    assert lost(read_tracking_plan, {"data": {"rules": rules}}) == (
        ["Order Completed"],
        [("#/data/rules/1", "IDENTIFY")],
    )


def test_the_newest_version_of_a_rule_counts() -> None:
    plan = {"rules": {"events": [track("A", version=1), track("A", version=3), track("A", version=2)]}}
    assert lost(read_tracking_plan, plan) == (
        ["A"],
        [("#/rules/events/0/rules", "A 1"), ("#/rules/events/2/rules", "A 2")],
    )


def test_rules_about_the_envelope_are_lost() -> None:
    rule = track("A")
    rule["rules"]["properties"]["context"] = {"type": "object", "properties": {"ip": {"type": "string"}}}
    plan = {"rules": {"events": [rule], "identify": {"properties": {}}, "group": {}}}
    assert lost(read_tracking_plan, plan)[1] == [
        ("#/rules/identify", "identify"),
        ("#/rules/events/0/rules/properties/context", "context"),
    ]


@pytest.mark.parametrize("plan", [{}, {"rules": 1}, {"rules": {"events": [1]}}, {"rules": {"events": [{}]}}])
def test_what_is_no_plan_is_refused(plan: Any) -> None:
    with pytest.raises(ImportProblemError):
        read_tracking_plan(plan, "shop", Remarks())

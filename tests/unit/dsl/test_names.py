import pytest
from pydantic import BaseModel

from surestep_dsl.names import (
    BASE_CLASS_NAMES,
    class_name,
    enum_member_name,
    field_name,
    is_python_name,
    module_name,
    nested_class_name,
    versioned_class_name,
)


@pytest.mark.parametrize(
    ("wire", "python"),
    [
        ("billing/invoice.paid", "BillingInvoicePaid"),
        ("invoiceWasPaid", "InvoiceWasPaid"),
        ("order_created", "OrderCreated"),
        ("process-order", "ProcessOrder"),
        ("3ds/check.done", "F3dsCheckDone"),
        ("größe/neu", "GrößeNeu"),
        ("///", ""),
    ],
)
def test_class_names_join_the_words(wire: str, python: str) -> None:
    assert class_name(wire) == python


@pytest.mark.parametrize(
    ("wire", "python"),
    [
        ("paidAt", "paid_at"),
        ("HTTPServer", "http_server"),
        ("user-id", "user_id"),
        ("last4", "last4"),
        ("class", "class_"),
        ("match", "match_"),
        ("type", "type_"),
        ("model_dump", "model_dump_"),
        ("_id", "f_id"),
        ("3d", "f_3d"),
        ("$ref", "ref"),
        ("+", ""),
    ],
)
def test_field_names_are_snake_case_and_never_reserved(wire: str, python: str) -> None:
    assert field_name(wire) == python


@pytest.mark.parametrize(
    ("value", "member"),
    [("usd", "USD"), ("in-transit", "IN_TRANSIT"), ("3d", "VALUE_3D"), (404, "VALUE_404"), (-1.5, "VALUE_MINUS_1_5")],
)
def test_enum_members_are_upper_case(value: str | float, member: str) -> None:
    assert enum_member_name(value) == member


def test_a_nested_class_adds_its_field_path_and_an_old_version_its_version() -> None:
    assert nested_class_name("BillingInvoicePaid", "paymentMethod") == "BillingInvoicePaidPaymentMethod"
    assert versioned_class_name("BillingInvoicePaid", "2023-06-01.1") == "BillingInvoicePaidV2023_06_01_1"


def test_a_long_module_name_is_cut_to_a_hundred_characters_and_stays_unique() -> None:
    one, other = module_name(f"order/{'x' * 120}.a"), module_name(f"order/{'x' * 120}.b")

    assert module_name("billing/invoice.paid") == "billing_invoice_paid"
    assert len(one) == len(other) == 100
    assert one != other


def test_names_of_the_base_class_are_those_of_pydantic() -> None:
    assert {name for name in dir(BaseModel) if not name.startswith("_")} <= BASE_CLASS_NAMES


def test_a_chosen_name_is_an_identifier_without_leading_underscore() -> None:
    assert is_python_name("Invoice2")
    assert not any(is_python_name(text) for text in ("", "class", "_x", "a b", "2x"))

import socket

import pytest

from surestep.cli.listening import listen
from surestep.cli.problem import ProblemError


def test_answers_are_not_held_back_by_the_kernel() -> None:
    with listen("127.0.0.1", 0, "dev") as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_a_port_in_use_is_named_with_the_next_one() -> None:
    with listen("127.0.0.1", 0, "dev") as listener:
        port = listener.getsockname()[1]
        with pytest.raises(ProblemError) as caught:
            listen("127.0.0.1", port, "dev")
    assert caught.value.message == f"port {port} on 127.0.0.1 is in use"
    assert caught.value.hint == f"stop what uses it, or take another: surestep dev --port {port + 1}"


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(ProblemError) as caught:
        listen("192.0.2.1", 8288, "dev")
    assert caught.value.message == "cannot listen on 192.0.2.1 port 8288: Cannot assign requested address"


def test_an_empty_address_does_not_mean_all_addresses() -> None:
    with pytest.raises(ProblemError, match="the address to listen on is empty"):
        listen("", 0, "dev")

"""The sandbox as a process: what it survives, and what it refuses."""

import http.client
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from payments import stripe_port
from tests import processes
from tests.fakes import payment_sandbox
from tests.fakes.payment_sandbox import KEY, PaymentSandbox, Receiver

pytestmark = pytest.mark.processes

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_BEARER = {"Authorization": f"Bearer {KEY}"}


@pytest.fixture
def its_receiver() -> Iterator[Receiver]:
    """A site of this test's own: what tests before have caused still arrives at that of all."""
    with payment_sandbox.receiving() as receiver:
        yield receiver


@pytest.fixture
def fragile(tmp_path: Path, its_receiver: Receiver, settings: Settings) -> Iterator[PaymentSandbox]:
    """A sandbox of this test's own, that may be killed."""
    with payment_sandbox.running(tmp_path, webhook=its_receiver.url) as sandbox:
        settings.STRIPE_SECRET_KEY = KEY
        settings.STRIPE_WEBHOOK_SECRET = payment_sandbox.WEBHOOK_SECRET
        settings.STRIPE_API_URL = sandbox.url
        yield sandbox


def test_a_kill_loses_nothing(fragile: PaymentSandbox, its_receiver: Receiver) -> None:
    fragile.control("webhooks", mode="hold")
    customer = stripe_port.create_customer(email="", name="bob", metadata={}, key="cus:1")
    charge = stripe_port.Charge(amount_cents=1200, currency="USD", customer_id=customer.id)
    intent = stripe_port.create_intent(charge, key="ord:1")
    fragile.control(f"intents/{intent.id}/pay")
    fragile.kill()
    fragile.start()
    assert stripe_port.retrieve_intent(intent.id).status == "succeeded"
    assert stripe_port.create_intent(charge, key="ord:1").id == intent.id
    assert fragile.totals["charges"] == 1200
    assert its_receiver.taken == []
    fragile.control("webhooks", mode="deliver")
    assert processes.becomes_true(lambda: len(its_receiver.taken) == 4)


def test_it_ends_when_it_is_asked_to(fragile: PaymentSandbox) -> None:
    fragile.stop()
    assert fragile.process is not None
    assert fragile.process.returncode == 0
    fragile.start()


def test_it_ends_in_order_from_the_first_moment_it_can_be_reached(tmp_path: Path) -> None:
    port = payment_sandbox.free_port()
    command = [sys.executable, "-m", "payments.sandbox", "--port", str(port), "--secret", "whsec_x"]
    command += ["--state", str(tmp_path / "state"), "--webhook", "http://localhost/webhooks"]
    with subprocess.Popen(command) as starting:
        try:
            while starting.poll() is None and not payment_sandbox.is_reachable(port):
                pass
            starting.terminate()
            assert starting.wait(30) == 0
        finally:
            starting.kill()


def test_it_does_not_start_for_a_site_it_could_not_tell(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "payments.sandbox", "--port", "9000", "--secret", "whsec_x"]
    command += ["--state", str(tmp_path / "state"), "--webhook", "https://mog.example/webhooks"]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (refused.returncode, "speaks no TLS" in refused.stderr) == (2, True)


def test_it_listens_on_loopback_only(sandbox: PaymentSandbox) -> None:
    listening = Path("/proc/net/tcp").read_text(encoding="ascii")
    assert f"0100007F:{sandbox.port:04X} 00000000:0000 0A" in listening
    assert f"00000000:{sandbox.port:04X} 00000000:0000 0A" not in listening


def test_it_records_requests_for_a_replay(sandbox: PaymentSandbox) -> None:
    stripe_port.create_customer(email="", name="bob", metadata={"user": "usr_1"}, key="cus:1")
    (request,) = sandbox.requests
    assert (request["method"], request["path"], request["key"]) == (
        "POST",
        "/v1/customers",
        "cus:1",
    )
    assert request["form"] == {"name": "bob", "metadata": {"user": "usr_1"}}
    assert (request["status"], request["answer"]["object"]) == (200, "customer")


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer sk_test_other",
        f"Bearer {KEY}x",
        "Basic !!!",
        "Basic c2tfdGVzdA==",
        KEY,
    ],
)
@pytest.mark.parametrize("path", ["/v1/payment_intents", "/_sandbox/totals"])
def test_nobody_gets_in_without_the_key(
    sandbox: PaymentSandbox, path: str, authorization: str
) -> None:
    answer = sandbox.client.get(f"{sandbox.url}{path}", headers={"Authorization": authorization})
    assert (answer.status_code, answer.json()["error"]["type"]) == (401, "invalid_request_error")


def test_the_key_may_be_a_user_name(sandbox: PaymentSandbox) -> None:
    assert (
        sandbox.client.get(f"{sandbox.url}/v1/payment_intents", auth=(KEY, "")).status_code == 200
    )


@pytest.mark.parametrize(
    "body",
    [
        "amount",
        "amount=1200&amount[x]=1",
        "amount[x]=1&amount=1200",
        "amount[",
        "[amount]=1",
        "metadata=x",
        "metadata[a][b]=1",
        "metadata[a]=" + "x" * 501,
        "a[b][c][d][e][f][g][h]=1",
        "&".join(f"metadata[k{number}]=1" for number in range(60)),
        "&".join(f"f{number}=1" for number in range(600)),
        "amount=12.5&currency=usd",
        "amount=-5&currency=usd",
        "amount=0&currency=usd",
        "amount=1e3&currency=usd",
        "amount=٣٠٠&currency=usd",
        "amount=100000000&currency=usd",
        "amount=" + "9" * 5000 + "&currency=usd",
        "amount=1200",
        "amount=1200&currency=USD",
        "amount=1200&currency=u%24d",
        "amount=1200&currency=usd&colour=red",
        "amount=1200&currency=usd&off_session=true",
        "amount=1200&currency=usd&confirm=true",
        "amount=1200&currency=usd&statement_descriptor_suffix=%3Cb%3E",
    ],
    ids=range(25),
)
def test_a_bad_form_changes_nothing(sandbox: PaymentSandbox, body: str) -> None:
    answer = sandbox.client.post(
        f"{sandbox.url}/v1/payment_intents", content=body.encode(), headers=_BEARER | _FORM
    )
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")
    assert sandbox.look("events")["data"] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/payment_intents/../customers"),
        ("GET", "/v1/payment_intents/%2e%2e"),
        ("GET", "/v1/payment_intents/pi_1/"),
        ("GET", "/v1/payment_intents/" + "x" * 5000),
        ("GET", "/v1/"),
        ("GET", "/v1/balance"),
        ("DELETE", "/v1/customers/cus_1"),
        ("POST", "/v1/charges"),
        ("GET", "/_sandbox/../v1/payment_intents"),
        ("POST", "/_sandbox/charges/pi_none/dispute"),
        ("GET", "/etc/passwd"),
        ("GET", "/confirm/"),
        ("GET", "/confirm/../../etc/passwd"),
        ("GET", "/onboarding/%00"),
        ("GET", "/"),
    ],
)
def test_a_strange_path_leads_nowhere(sandbox: PaymentSandbox, method: str, path: str) -> None:
    assert _raw(sandbox, method, path, headers=_BEARER)[0] == 404


def test_one_kind_cannot_be_read_as_another(sandbox: PaymentSandbox) -> None:
    customer = stripe_port.create_customer(email="", name="bob", metadata={}, key="cus:1")
    with pytest.raises(stripe_port.ProviderRefused):
        stripe_port.retrieve_intent(customer.id)


def test_a_huge_body_is_not_read(sandbox: PaymentSandbox) -> None:
    headers = _BEARER | _FORM | {"Content-Length": str(10**9)}
    assert _raw(sandbox, "POST", "/v1/customers", headers=headers)[0] == 413


@pytest.mark.parametrize("length", ["-1", "x", "1 1", "٣"])
def test_a_strange_length_is_refused(sandbox: PaymentSandbox, length: str) -> None:
    request = f"POST /v1/customers HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", sandbox.port)) as connection:
        connection.sendall(request.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


def test_a_body_in_pieces_is_refused(sandbox: PaymentSandbox) -> None:
    headers = _BEARER | {"Transfer-Encoding": "chunked"}
    assert _raw(sandbox, "POST", "/v1/customers", headers=headers)[0] == 411


def test_bytes_that_are_no_text_are_refused(sandbox: PaymentSandbox) -> None:
    answer = sandbox.client.post(
        f"{sandbox.url}/v1/customers", content=b"\xff\xfe", headers=_BEARER
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example", ""])
def test_a_name_of_somebody_elses_is_refused(sandbox: PaymentSandbox, host: str) -> None:
    assert _raw(sandbox, "GET", "/v1/payment_intents", headers=_BEARER | {"Host": host})[0] == 421


def test_a_key_that_is_too_long_is_refused(sandbox: PaymentSandbox) -> None:
    headers = _BEARER | {"Idempotency-Key": "k" * 256}
    assert sandbox.client.post(f"{sandbox.url}/v1/customers", headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("webhooks", {"mode": "explode"}),
        ("faults", {"path": "/v1/", "fault": "unheard_of"}),
        ("faults", {"fault": "rate_limited"}),
        ("funds", {"amount": "-1"}),
    ],
)
def test_a_control_that_makes_no_sense_is_refused(
    sandbox: PaymentSandbox, path: str, form: dict[str, str]
) -> None:
    answer = sandbox.client.post(f"{sandbox.url}/_sandbox/{path}", data=form, headers=_BEARER)
    assert answer.status_code == 400


def test_funds_can_be_added_for_transfers(sandbox: PaymentSandbox) -> None:
    assert sandbox.control("funds", amount="5000")["balance"] == 5000


def _raw(
    sandbox: PaymentSandbox, method: str, path: str, *, headers: dict[str, str]
) -> tuple[int, bytes]:
    """Send a request as it is: a client library would tidy it up."""
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=10)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.headers["Content-Type"] == "application/json":
        assert "error" in json.loads(body)
    return answer.status, body

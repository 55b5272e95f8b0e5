"""AWS on this machine: the only module that knows the emulator (ministack)."""

import errno
import importlib.util
import ipaddress
import os
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Self

from generator.aws import Target
from generator.deploy.endpoint import emulated_url
from generator.errors import GeneratorError
from generator.files import temporary

REGION = "us-west-2"
START_SECONDS, DEPLOY_SECONDS, STOP_SECONDS, POLL_SECONDS = 30, 120, 1, 0.05
# Nothing else gets in: no AWS settings or credentials, no proxies, none of the emulator's own switches.
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "PYTHONUSERBASE", "LD_LIBRARY_PATH")
PROGRAM = Path(__file__).with_name("emulator_process.py")


class KeyPair(NamedTuple):
    """The key pair of an emulator's administrator."""

    access_key_id: str
    secret_access_key: str

    @classmethod
    def random(cls) -> Self:
        """Return a pair that nobody else knows."""
        return cls(f"AKIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30))


@dataclass(frozen=True)
class Emulator:
    """A running emulator; it and all it holds are gone when its context ends."""

    endpoint: str
    region: str
    ca_bundle: Path | None
    log: Path
    keys: KeyPair = field(repr=False)

    def client(self, service: str) -> Any:
        """Return a boto3 client that is the emulator's administrator, whatever the user's own AWS settings."""
        from botocore.config import Config

        return _session().client(
            service,
            region_name=self.region,
            endpoint_url=self.endpoint,
            aws_access_key_id=self.keys.access_key_id,
            aws_secret_access_key=self.keys.secret_access_key,
            verify=str(self.ca_bundle) if self.ca_bundle else None,
            config=Config(proxies={}),
        )

    @property
    def aws_environment(self) -> dict[str, str]:
        """Return the environment in which whatever uses AWS's libraries acts here, as the administrator."""
        trusted = {"AWS_CA_BUNDLE": str(self.ca_bundle)} if self.ca_bundle else {}
        return {"AWS_ENDPOINT_URL": self.endpoint, **trusted, "AWS_REGION": self.region, **_variables(self.keys)}

    def deploy(self, stack: str, template: str, parameters: Mapping[str, str]) -> dict[str, str]:
        """Create or update the stack, wait for it, and return its outputs."""
        from botocore.exceptions import ClientError, WaiterError

        cloudformation = self.client("cloudformation")
        try:
            cloudformation.describe_stacks(StackName=stack)
            verb, change = "update", cloudformation.update_stack
        except ClientError:
            verb, change = "create", cloudformation.create_stack
        try:
            change(
                StackName=stack,
                TemplateBody=template,
                Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
                Capabilities=["CAPABILITY_IAM"],
            )
            cloudformation.get_waiter(f"stack_{verb}_complete").wait(
                StackName=stack, WaiterConfig={"Delay": POLL_SECONDS, "MaxAttempts": int(DEPLOY_SECONDS / POLL_SECONDS)}
            )
        except ClientError as error:
            reason = error.response["Error"]["Message"][-500:]  # a template that is too long is in it
            if not reason.startswith("No updates"):
                raise GeneratorError(f"stack {stack}: {verb} refused: {reason}") from error
        except WaiterError as error:
            reason = "; ".join(_failures(cloudformation, stack)) or str(error)
            raise GeneratorError(f"stack {stack}: {verb} failed: {reason}") from error
        return self.outputs(stack)

    def outputs(self, stack: str) -> dict[str, str]:
        """Return a stack's outputs."""
        described = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}

    def resources(self, stack: str) -> dict[str, str]:
        """Return the physical names of a stack's resources by their logical ids."""
        listed = self.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
        return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in listed}

    def invoke_url(self, outputs: Mapping[str, str]) -> str:
        """Return where the emulator serves the stack's HTTP API, since its EndpointUrl points at AWS."""
        return emulated_url(self.endpoint, outputs)

    def log_tail(self) -> str:
        """Return the end of its log, for when it is gone."""
        return " | ".join(self.log.read_text(errors="replace").splitlines()[-5:]) or "it wrote nothing to its log"


@dataclass(frozen=True)
class EmulatorTarget(Target):
    """The emulator as a target, whatever the user's own AWS settings."""

    emulator: Emulator | None = None

    def client(self, service: str, seconds: int | None = None) -> Any:  # noqa: ARG002 - it answers soon
        assert self.emulator  # noqa: S101 - it is what this is for
        return self.emulator.client(service)

    @property
    def region(self) -> str:
        """Return the emulator's region."""
        assert self.emulator  # noqa: S101 - it is what this is for
        return self.emulator.region


def _variables(keys: KeyPair) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": keys.access_key_id, "AWS_SECRET_ACCESS_KEY": keys.secret_access_key}


@cache
def _session() -> Any:
    import boto3
    import botocore.session

    # Else the profile that AWS_PROFILE names would be looked up, and fail where it is missing.
    neither = {"profile": (None, None, None, None), "config_file": (None, None, os.devnull, None)}
    return boto3.Session(botocore_session=botocore.session.Session(session_vars=neither))


@contextmanager
def run_emulator(port: int = 4566, *, iam: bool = False, more: Mapping[str, str] | None = None) -> Iterator[Emulator]:
    """Run an emulator on 127.0.0.1; with iam it enforces IAM, over TLS because policies demand SecureTransport.

    Only who has its keys, which are new each time, can ask it for anything: see request_guard.py.
    `more` is further environment of it, and so of its Lambdas.
    """
    if not all(importlib.util.find_spec(name) for name in ("ministack", "cryptography")):
        raise GeneratorError("the local emulator is not installed; install it with: pip install -e '.[local]'")
    with temporary.temporary_folder("emulator") as folder:
        ca_bundle = _certificate(folder.path) if iam else None
        endpoint = f"{'https' if iam else 'http'}://127.0.0.1:{port}"
        running = Emulator(endpoint, REGION, ca_bundle, folder.path / "emulator.log", KeyPair.random())
        with _process(running, port, more or {}, folder.lock) as process:
            _wait_until_ready(running, process)
            yield running


def _failures(cloudformation: Any, stack: str) -> list[str]:
    """Return why resources failed in the stack's latest change, first cause first."""
    reasons = []
    for event in cloudformation.describe_stack_events(StackName=stack)["StackEvents"]:  # newest first
        status, reason = event["ResourceStatus"], event.get("ResourceStatusReason")
        if event["PhysicalResourceId"] == event["StackId"]:
            if status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"):
                break
        elif status.endswith("_FAILED") and reason:
            reasons.append(f"{event['LogicalResourceId']}: {reason}")
    return reasons[::-1]


@contextmanager
def _process(running: Emulator, port: int, more: Mapping[str, str], lock: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run the emulator and, whatever happens, end it and its Lambda workers, which share its process group."""
    command = [sys.executable, "-P", str(PROGRAM), "ministack.app:app", "--workers", "0", "--keep-alive", "75"]
    command += ["--graceful-timeout", "0"]
    if running.ca_bundle:
        command += ["--certfile", str(running.ca_bundle), "--keyfile", str(running.ca_bundle.with_suffix(".key"))]
    # We take the port and hand it over: what else might answer there can then not be taken for our emulator.
    with socket.socket() as listener, running.log.open("wb") as log:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            said = f"port {port} is in use" if error.errno == errno.EADDRINUSE else f"port {port}: {error.strerror}"
            raise GeneratorError(f"{said}: end what listens there, or choose another with --port") from error
        process = subprocess.Popen(  # noqa: S603
            [*command, "--bind", f"fd://{listener.fileno()}"],
            cwd=running.log.parent,
            env={**_environment(running, port), **more},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=[listener.fileno(), lock],
            start_new_session=True,  # Ctrl-C reaches us alone, and the group is ours to end
        )
    try:
        yield process
    finally:
        try:
            with suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(STOP_SECONDS)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            assert process.stdin  # noqa: S101 - a pipe
            process.stdin.close()
            _wait_until_gone(process.pid)


def _wait_until_gone(group: int) -> None:
    """Return once none of its workers is left, which write to the folder that is about to go."""
    deadline = time.monotonic() + STOP_SECONDS
    with suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(group, 0)
            time.sleep(POLL_SECONDS / 5)


def _environment(running: Emulator, port: int) -> dict[str, str]:
    """Return the environment of the emulator, which its Lambdas inherit."""
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ} | {
        "TMPDIR": str(running.log.parent),
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": running.region,
        "AWS_DEFAULT_REGION": running.region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        **_variables(running.keys),  # of it alone: ministack hands each function a session of its role instead
        "NO_PROXY": "*",
        "DOCKER_HOST": f"unix://{running.log.parent}/none",  # else it removes its like's containers, and pulls images
        "IOT_MTLS_ENABLED": "0",  # else it listens on 0.0.0.0:8883
        "SFTP_ENABLED": "0",
    }
    if running.ca_bundle:
        environment |= {
            "AUTH": "true",
            "USE_SSL": "1",
            "MINISTACK_SSL_CERT": str(running.ca_bundle),
            "MINISTACK_SSL_KEY": str(running.ca_bundle.with_suffix(".key")),
            "AWS_CA_BUNDLE": str(running.ca_bundle),
        }
    return environment


def _wait_until_ready(running: Emulator, process: subprocess.Popen[bytes]) -> None:
    """Return once the emulator refuses what is not signed; raise when it ends first, takes too long, or answers."""
    tls = ssl.create_default_context(cafile=running.ca_bundle)
    handlers = urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls)
    opener = urllib.request.build_opener(*handlers)
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            opener.open(running.endpoint, timeout=1).close()
        except urllib.error.HTTPError as refused:
            return refused.close()
        except OSError:
            time.sleep(POLL_SECONDS)
        else:
            raise GeneratorError("the local emulator answers a request that is not signed: nothing guards it")
    raise GeneratorError(f"the local emulator did not start: {running.log_tail()}")


def _certificate(folder: Path) -> Path:
    """Write a certificate for this machine, signed by itself and valid for a day, and its key beside it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    hosts = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now, day = datetime.now(UTC), timedelta(days=1)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "certificate.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    path.with_suffix(".key").touch(mode=0o600)
    path.with_suffix(".key").write_bytes(private)
    return path

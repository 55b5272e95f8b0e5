"""An event source on the emulator: deploy it from `build/`, follow it, and advertise it so that `send` finds it."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from generator import names
from generator.definition.parameter_values import examples
from generator.deploy import helper_bucket
from generator.deploy.reader_queue import reader_queue
from generator.errors import GeneratorError, command_line
from generator.files import regular_file
from generator.local.emulator import REGION, Emulator, EmulatorTarget, KeyPair
from generator.local.notified_objects import messages_of
from generator.packaging import bundle
from generator.packaging.product import shared_files
from generator.samples.vendor import store_random_secrets
from generator.templates.resources.network import example_network
from lambdas.model import Source


@dataclass(frozen=True)
class RunningSource:
    """Where a source runs. `port`, `ca_bundle` and `keys` are the emulator's; `vendor_url` is what the handler sees.

    `parameters` are the values of its definition's parameters.
    """

    name: str
    port: int
    ca_bundle: str | None
    url: str
    vendor_url: str
    process: int
    keys: KeyPair = field(repr=False)
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def emulator(self) -> Emulator:
        """Return the emulator, without its log."""
        bundle = Path(self.ca_bundle) if self.ca_bundle else None
        url = f"{'https' if bundle else 'http'}://127.0.0.1:{self.port}"
        return Emulator(url, REGION, bundle, Path(), self.keys)


def read_build(build: Path, sources: Path, name: str, file_names: Iterable[str]) -> dict[str, bytes]:
    """Return files of a built source by their names; GeneratorError where one is missing."""
    try:
        return {
            file_name: regular_file.read(build / ("" if file_name in shared_files() else name) / file_name)
            for file_name in file_names
        }
    except OSError as error:
        raise GeneratorError(
            f"{error.filename}: is not built yet; build it: {command_line(name, build, sources)}"
        ) from error


def deploy_source(
    emulator: Emulator, source: Source, template: str, code: bytes, values: Mapping[str, str] = MappingProxyType({})
) -> dict[str, str]:
    """Deploy the files of a build, with a random secret; return the stack's outputs.

    `values` are those of the source's parameters; one that is not given has its example, as has the network of a
    self-hosted API.
    """
    target = EmulatorTarget(emulator=emulator)
    upload_prerequisites(target, source, [code])
    return emulator.deploy(names.stack_name(source.name), template, stack_parameters(target, source, values))


def stack_parameters(target: EmulatorTarget, source: Source, values: Mapping[str, str]) -> dict[str, str]:
    """Return the values of the stack's parameters, with these of the source's own."""
    return {**example_network(source), **examples(source), **values, "HelperBucket": target.bucket}


def upload_prerequisites(target: EmulatorTarget, source: Source, zips: Iterable[bytes], *, secret: bool = True) -> None:
    """Upload what a stack needs: its zips, and a random secret."""
    helper_bucket.ensure_bucket(target)
    list(helper_bucket.put_objects(target, {bundle.zip_key(content): content for content in zips}))
    if secret:
        store_random_secrets(source, target.client("ssm"), target.project, target.environment)


class SourceFollower:
    """Follows a deployed source: its log, the messages on its queue, and the keys of kept objects."""

    def __init__(self, emulator: Emulator, outputs: Mapping[str, str], stack: str) -> None:
        self._outputs = outputs
        self._sqs, self._s3, self._logs = (emulator.client(service) for service in ("sqs", "s3", "logs"))
        described = emulator.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
        groups = [each["PhysicalResourceId"] for each in described if each["ResourceType"] == "AWS::Logs::LogGroup"]
        self._groups = [group for group in groups if not group.startswith("/aws/vendedlogs/")]
        self._shown: set[str] = set()

    def messages(self) -> Iterator[dict[str, Any]]:
        """Yield the messages on the queue, or in the objects that it tells of; each is deleted once it is read."""
        url = reader_queue(self._outputs)
        received = self._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        for message in received.get("Messages", ()):
            body = json.loads(message["Body"])
            yield from messages_of(self._s3, body) if "ObjectsBucket" in self._outputs else (body,)
            self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def kept(self) -> Iterator[str]:
        """Yield the keys of objects in the Kept bucket that are new since the last call."""
        objects = self._s3.list_objects_v2(Bucket=self._outputs["KeptBucket"]).get("Contents", ())
        for key in (listed["Key"] for listed in objects):
            if key not in self._shown:
                self._shown.add(key)
                yield key

    def log(self) -> Iterator[dict[str, Any]]:
        """Yield the functions' own log lines that are new since the last call, oldest first."""
        events = [event for group in self._groups for event in self._new_events(group)]
        for event in sorted(events, key=lambda each: each["timestamp"]):
            try:
                line = json.loads(event["message"])
            except ValueError:
                continue
            if isinstance(line, dict) and "source" in line:
                yield line

    def skip(self) -> None:
        """Take the log lines and kept objects that have come as known."""
        for _ in (*self.log(), *self.kept()):
            pass

    def _new_events(self, group: str) -> Iterator[dict[str, Any]]:
        since = int((time.time() - 60) * 1000)
        for event in self._logs.filter_log_events(logGroupName=group, startTime=since)["events"]:
            identity = f"{event['timestamp']} {event['message']}"
            if identity not in self._shown:
                self._shown.add(identity)
                yield event


@contextmanager
def advertise(running: RunningSource, build: Path) -> Iterator[None]:
    """Store where the source runs, for `send`, as long as the context lasts."""
    file = _file(build, running.name)
    store(running, build)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
        with suppress(OSError):  # another source may run
            file.parent.rmdir()


def store(running: RunningSource, build: Path) -> None:
    """Store where the source runs."""
    file = _file(build, running.name)
    try:
        regular_file.make_folder(file.parent)
        regular_file.write(file, json.dumps(asdict(running)).encode(), mode=0o600)  # it has the keys
    except OSError as error:
        raise GeneratorError(f"{file}: can't be written ({error.strerror}), so `send` would not find it") from error


def refuse_if_running(build: Path, sources: Path, name: str) -> None:
    """Raise GeneratorError where the source runs already: `send` could find only one of the two."""
    try:
        running = find_running(build, sources, name)
    except GeneratorError:
        return
    raise GeneratorError(f"{name} runs already, on port {running.port}: end it first, with Ctrl-C in its terminal")


def find_running(build: Path, sources: Path, name: str) -> RunningSource:
    """Return where a source runs; GeneratorError where it does not."""
    try:
        stored = json.loads(regular_file.read(_file(build, name)))
        running = RunningSource(**{**stored, "keys": KeyPair(*stored["keys"])})
        os.kill(running.process, 0)
        socket.create_connection(("127.0.0.1", running.port), timeout=1).close()
    except (OSError, ValueError, TypeError, KeyError) as error:
        start = command_line(f"run {name}", build, sources)
        problem = f"{name} does not run here: start it with: {start} (or name a deployed endpoint with --url)"
        raise GeneratorError(problem) from error
    return running


def _file(build: Path, name: str) -> Path:
    return build / ".run" / f"{name}.json"

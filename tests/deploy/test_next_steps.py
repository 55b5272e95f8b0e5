"""What `deploy` says to do next."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from generator.deploy.next_steps import next_steps
from tests.definitions import make_definition

ACME = "description: Acme\nwebhook: {auth: {token: {header: x}}}\n"
QUEUE = "https://sqs.us-west-2.amazonaws.com/123456789012/acme"
OF_MESSAGES = {"EventsQueueUrl": QUEUE}
OF_OBJECTS = {"ObjectsQueueUrl": QUEUE, "ObjectsBucket": "acme-objects"}


@pytest.mark.parametrize(
    ("more", "outputs", "who", "reads"),
    [
        ("", OF_MESSAGES, "MozDef", "reads queue acme"),
        ("output: ecs\n", OF_MESSAGES, "SIEM", "reads queue acme"),
        (
            "delivery: {s3: {}}\n",
            OF_OBJECTS,
            "SIEM",
            "reads notifications from queue acme, and the objects of bucket acme-objects",
        ),
    ],
)
def test_who_reads_what_is_a_short_label_and_a_sentence(
    tmp_path: Path, more: str, outputs: dict[str, str], who: str, reads: str
) -> None:
    def command(words: str) -> str:
        return f"python -m generator {words}"

    target = SimpleNamespace(region="us-west-2")
    context = SimpleNamespace(pipeline=False, target=target, command=command, rebuild_command=command)
    product = SimpleNamespace(name="acme", definition=make_definition(tmp_path, ACME + more, "acme"))
    deployment: Any = SimpleNamespace(context=context, product=product, reminders=())
    consumer = {"ConsumerPrincipalArn": "arn:aws:iam::123456789012:role/siem"}
    stack: Any = SimpleNamespace(
        account="123456789012", parameters=consumer, outputs={"EndpointUrl": "https://x/events", **outputs}
    )
    steps = list(next_steps(deployment, stack))
    assert steps[1:3] == [
        (who, f"{reads}, region us-west-2, account 123456789012"),
        ("", "as arn:aws:iam::123456789012:role/siem"),
    ]

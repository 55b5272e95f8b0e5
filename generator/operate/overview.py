"""Read how all deployed sources of a project are, in few calls: most of what is asked is asked for all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from botocore.exceptions import ClientError

from generator.aws import Target
from generator.aws_failures import explain_failure
from generator.deploy import retained_resources, stacks
from generator.deploy.reader_queue import reader_queue
from generator.deploy.stack_lists import SourceStack, source_stacks
from generator.errors import GeneratorError
from generator.operate.kept_events import find_resources
from generator.operate.pull_status import ends_soon, read_pull_status
from generator.operate.shared_state import SharedState, read_shared_state, secret_parameters
from generator.operate.status import message_count
from lambdas.model import Source

_KEPT = {
    "rejected/": "rejected events",
    "unsent/": "events that wait to be sent",
    "unsendable/": "messages that SQS refuses",
}


@dataclass(frozen=True)
class SourceRow:
    """A deployed source: what there is to do about it, and what else to know."""

    source: str
    environment: str
    stack: str
    status: str
    requests: float | None
    """In the last day; None where they are not counted."""
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def well(self) -> bool:
        """Whether there is nothing to do."""
        return not self.problems


def read_overview(
    target: Target, environment: str | None, definition_of: Callable[[str], Source | None]
) -> list[SourceRow]:
    """Return a row for each deployed source of the target's project, those with problems first.

    `environment` is one, or None for all. `definition_of` returns the definition of a source that is pulled.
    """
    deployed = [
        each
        for each in source_stacks(target.client("cloudformation"), target.project)
        if environment in (None, each.environment)
    ]
    if not deployed:
        return []
    shared = read_shared_state(target, deployed)
    rows = [row for each in deployed if (row := _row(target, each, shared, definition_of))]
    return sorted(rows, key=lambda row: (row.well, row.source, row.environment))


def _row(
    target: Target, each: SourceStack, shared: SharedState, definition_of: Callable[[str], Source | None]
) -> SourceRow | None:
    """Return a source's row; None where the stack is not the framework's."""
    scope, stack = target.in_environment(each.environment), each.stack
    row = SourceRow(each.source, each.environment, stack.name, stack.status, shared.requests.get(stack.name))
    try:
        stacks.refuse_foreign(target.client("cloudformation"), stack, scope.tags(each.source))
    except stacks.NotDeployedError:
        return None
    problems: list[str] = []
    try:
        stacks.refuse_undeployed(scope, stack, each.source)
        problems += _problems(scope, each, shared)
        asking, notes = _asking(scope, each, definition_of)
        return replace(row, problems=(*problems, *asking), notes=(*_stack_notes(each), *notes))
    except (GeneratorError, ClientError) as error:
        text = str(error) if isinstance(error, GeneratorError) else explain_failure(error)
        return replace(row, problems=(*problems, text.removeprefix(f"stack {stack.name} ")))


def _problems(target: Target, each: SourceStack, shared: SharedState) -> Iterator[str]:
    """Yield what there is to do about a source, in the order of how bad it is."""
    stack, outputs = each.stack, each.stack.outputs
    if state := stacks.state_problem(stack, target, each.source):
        yield state.removeprefix(f"stack {stack.name} ")
    if alarms := _alarms(target, stack, shared):
        yield f"{'alarm' if len(alarms) == 1 else 'alarms'} {', '.join(alarms)}"
    missing = [name.rpartition("/")[2] for name in secret_parameters(each) if name not in shared.secrets]
    if missing:
        yield f"{', '.join(missing)} is not stored" if len(missing) == 1 else f"{', '.join(missing)} are not stored"
    if "KeptBucket" not in outputs:
        yield "the stack is of an older version, which can't redrive; deploy it again"
        return
    if letters := message_count(target, outputs["DeadLettersQueueUrl"]):
        yield f"{letters} dead letter{'' if letters == 1 else 's'}"
    answer = target.client("s3").list_objects_v2(Bucket=outputs["KeptBucket"], Delimiter="/")
    prefixes = {entry["Prefix"] for entry in answer.get("CommonPrefixes", ())}
    yield from (text for prefix, text in _KEPT.items() if prefix in prefixes)
    if shared.listing:
        queues = reader_queue(outputs), outputs["DeadLettersQueueUrl"]
        earlier = retained_resources.find_retained(target, each.source, outputs["KeptBucket"], queues, shared.listing)
        if earlier.with_events.buckets or earlier.with_events.queues:
            yield "events that an earlier stack left behind"


def _alarms(target: Target, stack: stacks.Stack, shared: SharedState) -> list[str]:
    """Return what the stack's own alarms that are on are called in the template."""
    before = f"{stack.name}-"
    names = [name for name in shared.alarms if name.startswith(before)]
    if names:  # those of another stack may begin so too
        own_names = stacks.alarm_names(stacks.list_resources(target.client("cloudformation"), stack))
        names = [name for name in names if name in own_names]
    return sorted(name.removeprefix(before).partition("-")[0] for name in names)


def _stack_notes(each: SourceStack) -> Sequence[str]:
    return ("its last change was taken back",) if each.stack.status.endswith("ROLLBACK_COMPLETE") else ()


def _asking(
    target: Target, each: SourceStack, definition_of: Callable[[str], Source | None]
) -> tuple[Sequence[str], Sequence[str]]:
    """Return the problems and notes of whether a pulled source asks its vendor."""
    if "PullerFunction" not in each.stack.outputs:
        return (), ()
    definition = definition_of(each.source)
    if definition is None or definition.pull is None:
        return (), ("without its definition, whether it asks is not looked at",)
    pull = read_pull_status(target, definition, find_resources(target, each.source, each.stack))
    problems = [f"{name} ends on {day}" for name, day in pull.expires.items() if ends_soon(day)]
    if pull.paused:
        problems.insert(0, "paused")
    elif pull.silence in ("could not ask", "was refused", "did not ask"):
        problems.insert(0, pull.silence)
    return problems, ()

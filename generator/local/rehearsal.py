"""The generated pipeline, carried out on this machine: its template is deployed, and its stages run in their order.

A rehearsal does the work of CodePipeline itself, with the roles, functions and projects that the template makes. IAM is
enforced, over TLS, so a permission that a stage lacks shows before AWS is touched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from generator import names
from generator.definition.parameter_values import examples
from generator.definition.read import Definition
from generator.deploy.pull_canary import run_puller
from generator.deploy.reader_queue import reader_queue
from generator.errors import GeneratorError
from generator.files import temporary
from generator.local import container, pipeline_jobs, vendor_server
from generator.local.container import BuildError
from generator.local.emulator import Emulator, EmulatorTarget
from generator.local.notified_objects import messages_of
from generator.local.pipeline_actions import Folders, PipelineActions
from generator.local.pipeline_template import action_output, read_stages, stage_output, without_pipeline
from generator.local.running import upload_prerequisites
from generator.local.start import run_emulator
from generator.packaging.product import CODE, CONFIG, MERGE, PIPELINE
from generator.templates.resources.network import example_network
from lambdas.model import Source

# Parameters that a person fills in on AWS. The emulator has no CodeCommit, so no repository is made.
_FORM = {
    "GitHubRepository": "example/framework",
    "GitHubBranch": "main",
    "ConnectionArn": "arn:aws:codeconnections:us-west-2:000000000000:connection/00000000-0000-0000-0000-000000000000",
    "ConfigRepository": "rehearsal",
    "CreateConfigRepository": "false",
}


class Step(NamedTuple):
    """An action of a stage that begins, or that has ended with a result."""

    stage: str
    action: str
    result: str | None = None


class StageError(GeneratorError):
    """The stage at which the pipeline stops, and the cause; a failed build has the command's output, and a log."""

    def __init__(self, stage: str, cause: GeneratorError) -> None:
        super().__init__(f"{stage}: {cause}")
        self.stage, self.cause = stage, cause
        self.failed_command_output: Sequence[str] = cause.failed_command_output if isinstance(cause, BuildError) else ()
        self.log = cause.log if isinstance(cause, BuildError) else None


@dataclass
class Rehearsal:
    """A deployed pipeline; each `push` runs it once, on top of what the pushes before have deployed."""

    emulator: Emulator
    source: Source
    target: EmulatorTarget
    template: dict[str, Any]
    outputs: dict[str, str]
    actions: PipelineActions
    pushes: int = 0

    @property
    def folders(self) -> Folders:
        """Return the repositories, and the folder for logs."""
        return self.actions.folders

    @property
    def required_parameters(self) -> list[str]:
        """Return the parameters that only a person can fill in."""
        parameters = self.template["Parameters"].items()
        return [name for name, parameter in parameters if "Default" not in parameter and name != "HelperBucket"]

    def push(self) -> Iterator[Step]:
        """Run every stage; StageError at the first that fails."""
        self.pushes += 1
        for number, stage in enumerate(read_stages(self.template)):
            if stage.condition and stage_output(number) not in self.outputs:
                continue
            for index, action in enumerate(stage.actions):
                keys = action.get("Configuration", {})
                configuration = {key: self.outputs[action_output(number, index, key)] for key in keys}
                yield Step(stage.name, action["Name"])
                try:
                    provider = action["ActionTypeId"]["Provider"]
                    result = self.actions.carry_out(provider, configuration, action, self.pushes)
                except GeneratorError as error:
                    raise StageError(stage.name, error) from error
                yield Step(stage.name, action["Name"], result)

    def newest_message(self) -> dict[str, Any] | None:
        """Return the newest of the first ten messages on the event source's queue; they stay on it.

        A puller is called first, as by its schedule: that the pipeline verifies it sends nothing.
        """
        if self.source.pull:
            list(run_puller(self.target, self.source.name))
        url = reader_queue(self.emulator.outputs(self.target.stack(self.source.name)))
        received = self.emulator.client("sqs").receive_message(
            QueueUrl=url, VisibilityTimeout=0, MaxNumberOfMessages=10, MessageSystemAttributeNames=["SentTimestamp"]
        )
        messages: list[dict[str, Any]] = []
        for each in sorted(received.get("Messages", ()), key=lambda each: int(each["Attributes"]["SentTimestamp"])):
            body = json.loads(each["Body"])
            messages += messages_of(self.emulator.client("s3"), body) if self.source.delivery.s3 else [body]
        return messages[-1] if messages else None


@contextmanager
def start_rehearsal(
    definition: Definition,
    built: Mapping[str, bytes],
    folders: Folders,
    port: int,
    form: Mapping[str, str],
    *,
    secret: bool = True,
    python: Path | None = None,
) -> Iterator[Rehearsal]:
    """Deploy a pipeline into an emulator of its own; `built` has the files of a build, `form` more parameters.

    A puller asks a stand-in of its vendor, which plays the samples: nothing leaves this machine.
    `python` is the installation for the builds; without one, they get a new one that is deleted afterwards.
    """
    with (
        pipeline_jobs.serve_jobs() as jobs,
        temporary.temporary_folder("rehearsal") as folder,
        vendor_server.serve_samples(definition) as vendor,
        run_emulator(
            port, iam=True, extra_environment={"AWS_ENDPOINT_URL_CODEPIPELINE": jobs.url, **vendor}
        ) as running,
        ThreadPoolExecutor(1) as pool,
    ):
        source = definition.source
        installed = pool.submit(lambda: python or container.create_python(folder.path / "python"))
        target = EmulatorTarget(environment=form.get("Environment", names.DEFAULT_ENVIRONMENT), emulator=running)
        upload_prerequisites(target, source, [built[name] for name in (CODE, CONFIG, MERGE)], secret=secret)
        template = json.loads(built[PIPELINE])
        values = {**_FORM, **example_network(source), **examples(source), "HelperBucket": target.bucket, **form}
        parameters = {name: value for name, value in values.items() if name in template["Parameters"]}
        stack = target.pipeline_stack(source.name)
        outputs = running.deploy(stack, json.dumps(without_pipeline(template)), parameters)
        config_directory = str(template["Parameters"]["ConfigDirectory"]["Default"])
        resource_names = running.resources(stack)
        actions = PipelineActions(source, target, folders, jobs, config_directory, resource_names, installed.result())
        yield Rehearsal(running, source, target, template, outputs, actions)

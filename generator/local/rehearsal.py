"""The generated pipeline, carried out on this machine: its template deployed, its stages run in their order.

What CodePipeline itself would do is done here, with the roles, functions and projects that the template makes. IAM is
enforced, over TLS, so a permission that a stage lacks is seen before AWS is touched.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from generator import names
from generator.errors import GeneratorError
from generator.files import temporary
from generator.local import artifacts, container, pipeline_jobs
from generator.local.container import BuildError
from generator.local.emulator import Emulator, EmulatorTarget, run_emulator
from generator.local.pipeline_jobs import PipelineJobs
from generator.local.running import upload_prerequisites
from generator.packaging.product import CODE, CONFIG, MERGE, PIPELINE
from lambdas.model import Source

PIPELINE_RESOURCE = "Pipeline"
# What stands in for the person who fills in the form. The emulator has no CodeCommit, so no repository is made.
_FORM = {
    "GitHubRepository": "example/framework",
    "GitHubBranch": "main",
    "ConnectionArn": "arn:aws:codeconnections:us-west-2:000000000000:connection/00000000-0000-0000-0000-000000000000",
    "ConfigRepository": "rehearsal",
    "CreateConfigRepository": "false",
}


class Step(NamedTuple):
    """An action of a stage that has begun, or with `came_to` what it came to."""

    stage: str
    action: str
    result: str | None = None


class StageError(GeneratorError):
    """The stage at which the pipeline stops, and why; `said` and `log` are of a build that failed."""

    def __init__(self, stage: str, why: GeneratorError) -> None:
        super().__init__(f"{stage}: {why}")
        self.stage, self.cause = stage, why
        self.failed_command_output: Sequence[str] = why.failed_command_output if isinstance(why, BuildError) else ()
        self.log = why.log if isinstance(why, BuildError) else None


@dataclass(frozen=True)
class Folders:
    """The two repositories, and where the logs are kept."""

    application: Path
    configuration: Path
    logs: Path


@dataclass
class Rehearsal:
    """A deployed pipeline; each `push` runs it once, and what the one before deployed is still there."""

    emulator: Emulator
    source: Source
    target: EmulatorTarget
    folders: Folders
    jobs: PipelineJobs
    template: dict[str, Any]
    outputs: dict[str, str]
    names: dict[str, str]
    python: Path
    pushes: int = 0
    _artifacts: dict[str, str] = field(default_factory=dict)

    def push(self) -> Iterator[Step]:
        """Run every stage; StageError at the first that fails."""
        self.pushes += 1
        for stage, actions in self._stages():
            for action, kind, configuration, made in actions:
                yield Step(stage, action)
                try:
                    came_to = self._carry_out(kind, configuration, made)
                except GeneratorError as error:
                    raise StageError(stage, error) from error
                yield Step(stage, action, came_to)

    def newest_message(self) -> dict[str, Any] | None:
        """The newest of the first ten messages of the event source's queue, where they are left."""
        url = self.emulator.outputs(self.target.stack(self.source.name))["EventsQueueUrl"]
        received = self.emulator.client("sqs").receive_message(
            QueueUrl=url, VisibilityTimeout=0, MaxNumberOfMessages=10, MessageSystemAttributeNames=["SentTimestamp"]
        )
        found = sorted(received.get("Messages", ()), key=lambda one: int(one["Attributes"]["SentTimestamp"]))
        newest: dict[str, Any] | None = json.loads(found[-1]["Body"]) if found else None
        return newest

    @property
    def required_parameters(self) -> list[str]:
        """The parameters that only a person can fill in."""
        listed = self.template["Parameters"].items()
        return [name for name, one in listed if "Default" not in one and name != "HelperBucket"]

    def _stages(self) -> Iterator[tuple[str, list[tuple[str, str, dict[str, str], dict[str, Any]]]]]:
        """The stages whose condition holds, their configuration as CloudFormation has resolved it."""
        for number, stage in enumerate(read_stages(self.template)):
            if stage.condition and f"Stage{number}" not in self.outputs:
                continue
            actions = []
            for place, action in enumerate(stage.actions):
                resolved = {
                    key: self.outputs[f"Stage{number}Action{place}{key}"] for key in action.get("Configuration", {})
                }
                actions.append((action["Name"], action["ActionTypeId"]["Provider"], resolved, action))
            yield stage.name, actions

    def _carry_out(self, provider: str, configuration: Mapping[str, str], action: Mapping[str, Any]) -> str:
        inputs = [one["Name"] for one in action.get("InputArtifacts", [])]
        outputs = [one["Name"] for one in action.get("OutputArtifacts", [])]
        if provider in ("CodeStarSourceConnection", "CodeCommit"):
            github = provider != "CodeCommit"
            alone = len(self.source.pipeline.source) == 1
            folder = self.folders.application if github or alone else self.folders.configuration
            return self._fetch(folder, outputs[0], alone=alone)
        if provider == "Lambda":
            return self._invoke(configuration, inputs, outputs)
        if provider == "Manual":
            return "in AWS, a person says yes here: nothing of this change has run yet"
        if provider == "CodeBuild":
            return self._build(configuration["ProjectName"], inputs[0])
        raise GeneratorError(f"{provider}: a rehearsal does not know this kind of action")

    def _fetch(self, folder: Path, artifact: str, *, alone: bool) -> str:
        content = artifacts.zip_folder(folder)
        if alone:
            content = artifacts.join_repositories(
                content, artifacts.zip_folder(self.folders.configuration), _folder(self.template)
            )
        self._store(artifact, content)
        return f"{folder}, {len(content) / 1024:,.0f} KB"

    def _store(self, artifact: str, content: bytes) -> None:
        key = f"{PIPELINE_RESOURCE}/{artifact}/{uuid.uuid4().hex[:7]}"
        self._s3().put_object(Bucket=self.names["Artifacts"], Key=key, Body=content)
        self._artifacts[artifact] = key

    def _s3(self) -> Any:
        """As the pipeline's role, which is all that CodePipeline has."""
        import boto3

        given = self._role()
        session = boto3.Session(
            *(given[f"AWS_{key}"] for key in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"))
        )
        bundle_file = str(self.emulator.ca_bundle) if self.emulator.ca_bundle else None
        return session.client("s3", self.emulator.region, endpoint_url=self.emulator.endpoint, verify=bundle_file)

    def _role(self) -> dict[str, str]:
        arn = self.emulator.client("iam").get_role(RoleName=self.names["PipelineRole"])["Role"]["Arn"]
        here = f"arn:aws:codepipeline:{self.target.region}:{self.target.account}"
        return container.assume_role(self.emulator, arn, f"{here}:{self.target.pipeline_stack(self.source.name)}")

    def _invoke(self, configuration: Mapping[str, str], inputs: list[str], outputs: list[str]) -> str:
        """The job as CodePipeline hands it to a function.

        https://docs.aws.amazon.com/lambda/latest/dg/services-codepipeline.html
        """
        role, job = self._role(), str(uuid.uuid4())
        self._artifacts[outputs[0]] = f"{PIPELINE_RESOURCE}/{outputs[0]}/{uuid.uuid4().hex[:7]}"
        data = {
            "actionConfiguration": {"configuration": dict(configuration)},
            "inputArtifacts": [self._location(one) for one in inputs],
            "outputArtifacts": [self._location(one) for one in outputs],
            "artifactCredentials": {
                "accessKeyId": role["AWS_ACCESS_KEY_ID"],
                "secretAccessKey": role["AWS_SECRET_ACCESS_KEY"],
                "sessionToken": role["AWS_SESSION_TOKEN"],
            },
        }
        event = {"CodePipeline.job": {"id": job, "accountId": self.target.account, "data": data}}
        answered = self.emulator.client("lambda").invoke(
            FunctionName=configuration["FunctionName"], Payload=json.dumps(event)
        )
        if job not in self.jobs.answers:
            said = answered["Payload"].read().decode(errors="replace")[:500]
            raise GeneratorError(f"{configuration['FunctionName']} did not answer CodePipeline: {said}")
        if (why := self.jobs.answers[job]) is not None:
            raise GeneratorError(why)
        return f"{inputs[1].lower()} into {configuration['UserParameters']}/ of the {inputs[0].lower()}"

    def _location(self, artifact: str) -> dict[str, Any]:
        there = {"bucketName": self.names["Artifacts"], "objectKey": self._artifacts[artifact]}
        return {"name": artifact, "revision": None, "location": {"type": "S3", "s3Location": there}}

    def _build(self, name: str, artifact: str) -> str:
        project = container.Project.find(self.emulator, name)
        s3 = self._s3()
        content = s3.get_object(Bucket=self.names["Artifacts"], Key=self._artifacts[artifact])["Body"].read()
        log = self.folders.logs / f"{self.pushes}-{name.rpartition('-')[2]}.log"
        return container.run_build(self.emulator, project, content, self.python, log)


class Stage(NamedTuple):
    """A stage of a template, and the condition under which it is there."""

    name: str
    condition: str | None
    actions: list[dict[str, Any]]


def read_stages(template: Mapping[str, Any]) -> list[Stage]:
    """The stages that a template lists."""
    found = []
    for listed in template["Resources"][PIPELINE_RESOURCE]["Properties"]["Stages"]:
        condition, stage = (listed["Fn::If"][0], listed["Fn::If"][1]) if "Fn::If" in listed else (None, listed)
        found.append(Stage(stage["Name"], condition, stage["Actions"]))
    return found


def without_pipeline(template: Mapping[str, Any]) -> dict[str, Any]:
    """The template without its pipeline, which the emulator does not know.

    The pipeline's name becomes a parameter, so that what refers to it does so still, and the configuration of each
    action an output: CloudFormation itself says what it comes to.
    """
    resources = {name: one for name, one in template["Resources"].items() if name != PIPELINE_RESOURCE}
    outputs = dict(template["Outputs"])
    for number, stage in enumerate(read_stages(template)):
        when = {"Condition": stage.condition} if stage.condition else {}
        outputs[f"Stage{number}"] = {"Value": stage.name, **when}
        for place, action in enumerate(stage.actions):
            for key, value in action.get("Configuration", {}).items():
                outputs[f"Stage{number}Action{place}{key}"] = {"Value": value, **when}
    name = {"Type": "String", "Default": "rehearsal"}
    parameters = {**template["Parameters"], PIPELINE_RESOURCE: name}
    return {**template, "Resources": resources, "Outputs": outputs, "Parameters": parameters}


@contextmanager
def start_rehearsal(
    source: Source,
    built: Mapping[str, bytes],
    folders: Folders,
    port: int,
    form: Mapping[str, str],
    *,
    secret: bool = True,
    python: Path | None = None,
) -> Iterator[Rehearsal]:
    """Deploy a pipeline into an emulator of its own; `built` has the files of a build, `form` more parameters.

    `python` is what the builds install into; without it, an image that is gone afterwards.
    """
    with (
        pipeline_jobs.serve_jobs() as jobs,
        temporary.temporary_folder("rehearsal") as folder,
        run_emulator(port, iam=True, more={"AWS_ENDPOINT_URL_CODEPIPELINE": jobs.url}) as running,
        ThreadPoolExecutor(1) as beside,
    ):
        image = beside.submit(lambda: python or container.create_python(folder.path / "python"))
        target = EmulatorTarget(environment=form.get("Environment", names.DEFAULT_ENVIRONMENT), emulator=running)
        upload_prerequisites(target, source, [built[name] for name in (CODE, CONFIG, MERGE)], secret=secret)
        template = json.loads(built[PIPELINE])
        known = {**_FORM, "HelperBucket": target.bucket, **form}
        parameters = {name: value for name, value in known.items() if name in template["Parameters"]}
        stack = target.pipeline_stack(source.name)
        outputs = running.deploy(stack, json.dumps(without_pipeline(template)), parameters)
        yield Rehearsal(
            emulator=running,
            source=source,
            target=target,
            folders=folders,
            jobs=jobs,
            template=template,
            outputs=outputs,
            names=running.resources(stack),
            python=image.result(),
        )


def _folder(template: Mapping[str, Any]) -> str:
    return str(template["Parameters"]["ConfigDirectory"]["Default"])

"""The actions of a pipeline, carried out on this machine as CodePipeline does: fetch, merge, approve, build."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.errors import GeneratorError
from generator.local import artifacts, container
from generator.local.emulator import EmulatorTarget
from generator.local.pipeline_jobs import PipelineJobs
from generator.local.pipeline_template import PIPELINE_RESOURCE
from lambdas.model import Source


@dataclass(frozen=True)
class Folders:
    """The two repositories, and the folder for logs."""

    application: Path
    configuration: Path
    logs: Path


@dataclass(frozen=True)
class PipelineActions:
    """A pipeline's actions, with the roles, functions and projects of its stack.

    `config_directory` is where the configuration is merged to; `resource_names` are the stack's, by logical id.
    """

    source: Source
    target: EmulatorTarget
    folders: Folders
    jobs: PipelineJobs
    config_directory: str
    resource_names: Mapping[str, str]
    python: Path
    _artifact_keys: dict[str, str] = field(default_factory=dict)

    def carry_out(self, provider: str, configuration: Mapping[str, str], action: Mapping[str, Any], push: int) -> str:
        """Carry out an action of the push of this number; return its result, or raise GeneratorError."""
        inputs = [artifact["Name"] for artifact in action.get("InputArtifacts", [])]
        outputs = [artifact["Name"] for artifact in action.get("OutputArtifacts", [])]
        if provider in ("CodeStarSourceConnection", "CodeCommit"):
            return self._fetch(outputs[0], github=provider != "CodeCommit")
        if provider == "Lambda":
            return self._invoke(configuration, inputs, outputs)
        if provider == "Manual":
            return "in AWS, a person says yes here: nothing of this change has run yet"
        if provider == "CodeBuild":
            return self._build(configuration["ProjectName"], inputs[0], push)
        raise GeneratorError(f"{provider}: a rehearsal does not know this kind of action")

    def _fetch(self, artifact: str, *, github: bool) -> str:
        """Zip the folder of a repository; a pipeline with a single repository has the configuration in it."""
        only_repository = len(self.source.pipeline.source) == 1
        folder = self.folders.application if github or only_repository else self.folders.configuration
        content = artifacts.zip_folder(folder)
        if only_repository:
            configuration = artifacts.zip_folder(self.folders.configuration)
            content = artifacts.join_repositories(content, configuration, self.config_directory)
        key = self._new_key(artifact)
        self._s3().put_object(Bucket=self.resource_names["Artifacts"], Key=key, Body=content)
        return f"{folder}, {len(content) / 1024:,.0f} KB"

    def _new_key(self, artifact: str) -> str:
        key = f"{PIPELINE_RESOURCE}/{artifact}/{uuid.uuid4().hex[:7]}"
        self._artifact_keys[artifact] = key
        return key

    def _s3(self) -> Any:
        """Return a client with the pipeline's role, which is all that CodePipeline has."""
        import boto3

        role, emulator = self._role(), self.target.running
        session = boto3.Session(
            *(role[f"AWS_{key}"] for key in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"))
        )
        bundle_file = str(emulator.ca_bundle) if emulator.ca_bundle else None
        return session.client("s3", emulator.region, endpoint_url=emulator.endpoint, verify=bundle_file)

    def _role(self) -> dict[str, str]:
        """Return the credentials of the pipeline's role."""
        arn = self.target.client("iam").get_role(RoleName=self.resource_names["PipelineRole"])["Role"]["Arn"]
        pipelines = f"arn:aws:codepipeline:{self.target.region}:{self.target.account}"
        pipeline = f"{pipelines}:{self.target.pipeline_stack(self.source.name)}"
        return container.assume_role(self.target.running, arn, pipeline)

    def _invoke(self, configuration: Mapping[str, str], inputs: list[str], outputs: list[str]) -> str:
        """Invoke a function with a job as CodePipeline does, and return the result that the function reports.

        https://docs.aws.amazon.com/lambda/latest/dg/services-codepipeline.html
        """
        role, job, function = self._role(), str(uuid.uuid4()), configuration["FunctionName"]
        self._new_key(outputs[0])
        data = {
            "actionConfiguration": {"configuration": dict(configuration)},
            "inputArtifacts": [self._location(artifact) for artifact in inputs],
            "outputArtifacts": [self._location(artifact) for artifact in outputs],
            "artifactCredentials": {
                "accessKeyId": role["AWS_ACCESS_KEY_ID"],
                "secretAccessKey": role["AWS_SECRET_ACCESS_KEY"],
                "sessionToken": role["AWS_SESSION_TOKEN"],
            },
        }
        event = {"CodePipeline.job": {"id": job, "accountId": self.target.account, "data": data}}
        response = self.target.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
        if job not in self.jobs.answers:
            payload = response["Payload"].read().decode(errors="replace")[:500]
            raise GeneratorError(f"{function} did not answer CodePipeline: {payload}")
        if (failure := self.jobs.answers[job]) is not None:
            raise GeneratorError(failure)
        return f"{inputs[1].lower()} into {configuration['UserParameters']}/ of the {inputs[0].lower()}"

    def _location(self, artifact: str) -> dict[str, Any]:
        location = {"bucketName": self.resource_names["Artifacts"], "objectKey": self._artifact_keys[artifact]}
        return {"name": artifact, "revision": None, "location": {"type": "S3", "s3Location": location}}

    def _build(self, name: str, artifact: str, push: int) -> str:
        """Run a CodeBuild project on an artifact."""
        project = container.Project.find(self.target.running, name)
        bucket, key = self.resource_names["Artifacts"], self._artifact_keys[artifact]
        content = self._s3().get_object(Bucket=bucket, Key=key)["Body"].read()
        log = self.folders.logs / f"{push}-{name.rpartition('-')[2]}.log"
        return container.run_build(self.target.running, project, content, self.python, log)

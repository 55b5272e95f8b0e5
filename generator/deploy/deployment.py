"""A deployment of a source, or of its pipeline: what is asked of CloudFormation, and what to tell whom then."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from shlex import quote
from typing import Any
from urllib.parse import urlsplit

from generator import names
from generator.aws import Target
from generator.definition.secret_names import ssm_names as parameters_of
from generator.deploy import stack_parameters as parameters
from generator.deploy.changes import template_key
from generator.deploy.stacks import Stack
from generator.errors import GeneratorError, command_line
from generator.packaging import bundle
from generator.packaging.lint import MAX_BODY
from generator.packaging.product import CODE, CONFIG, MERGE, PIPELINE, TEMPLATE, Product, shared_files
from generator.templates.resources.key import ADMINISTRATOR_INPUT as KEY_ADMINISTRATOR
from lambdas.auth import any_of, secret_names


@dataclass(frozen=True)
class DeployContext:
    """Where a command acts, and how to say that in another."""

    target: Target
    sources: Path
    build: Path
    pipeline: bool = False

    def stack(self, name: str) -> str:
        """The name of a source's stack, or of its pipeline's."""
        return self.target.pipeline_stack(name) if self.pipeline else self.target.stack(name)

    def rebuild_command(self, words: str, *, pipeline: bool = False) -> str:
        """A command to copy that acts at the same place."""
        words = f"{words}{' --pipeline' if pipeline else ''}{self.target.options_and_bucket}"
        return command_line(words, self.build, self.sources)

    def command(self, words: str) -> str:
        """The same for a command that builds nothing."""
        return command_line(f"{words}{self.target.options}", sources=self.sources)

    def aws_command(self, words: str) -> str:
        """The same of the AWS CLI."""
        profile = f" --profile {quote(self.target.profile)}" if self.target.profile else ""
        return f"aws {words} --region {self.target.region}{profile}"

    def refuse_path(self, product: Product, path: str) -> None:
        """GeneratorError where the definition has another path than the pipeline was made with."""
        there = product.definition.source.webhook.path
        if there != path:
            update = self.rebuild_command(f"deploy {product.name}", pipeline=True)
            raise GeneratorError(
                f"{product.name}: webhook.path is {there}, and --path is {path}, which the vendor calls: "
                f"update the pipeline's stack: {update}"
            )


@dataclass(frozen=True)
class Deployment:
    """One source, or its pipeline, at a place; `given` are parameters, `role` is CloudFormation's.

    `without_secret`: the vendor makes it only once it knows the URL.
    """

    context: DeployContext
    product: Product
    given_parameters: Mapping[str, str] = field(default_factory=dict)
    role: str | None = None
    without_secret: bool = False
    reminders: list[str] = field(default_factory=list)

    @property
    def stack(self) -> str:
        """The stack's name."""
        return self.context.stack(self.product.name)

    @cached_property
    def template_body(self) -> bytes:
        """The template."""
        return self.product.files[PIPELINE if self.context.pipeline else TEMPLATE]

    @cached_property
    def _template(self) -> dict[str, Any]:
        template: dict[str, Any] = json.loads(self.template_body)
        return template

    def parameter_problems(self) -> list[str]:
        """What is wrong with the parameters that were given."""
        return parameters.parameter_problems(self._template, self.given_parameters)

    def change_set_parameters(self, stack: Stack | None) -> list[dict[str, Any]]:
        """What a change set gets."""
        target = self.context.target
        options = {"ProjectName": target.project, "Environment": target.environment, "HelperBucket": target.bucket}
        # What a pipeline has built lies where it alone may put something.
        own = {"LambdaKey": self._own(bundle.zip_key(self.product.files[CODE]))} if self.role else {}
        manages = KEY_ADMINISTRATOR.name
        if self.role and manages in self._template["Parameters"] and manages not in self.given_parameters:
            own[manages] = self.role
        return parameters.change_set_parameters(self._template, self.given_parameters, {**options, **own}, stack)

    def _own(self, key: str) -> str:
        """A key of the helper bucket; with a role, the one in its place that this pipeline alone may write."""
        if not self.role:
            return key
        target = self.context.target
        return key.replace("code/", names.code_prefix(self.product.name, target.project, target.environment))

    def refuse_without_secret(self, ssm: Any) -> None:
        """GeneratorError where nothing could be verified. It is not read: that would need its key."""
        target, source = self.context.target, self.product.definition.source
        wanted = parameters_of(source, target.project, target.environment)
        if not wanted or any(challenge.store_secret for challenge in source.webhook.challenges):
            return  # public keys are fetched; or the vendor hands the secret over, and it is learned
        found = {one["Name"] for one in ssm.get_parameters(Names=list(wanted.values()))["Parameters"]}
        missing = [name for name in wanted if wanted[name] not in found]
        alternatives = set(secret_names(source.webhook.auth)) if source.webhook.auth.type is any_of else set()
        if missing and (set(missing) - alternatives or alternatives <= set(missing)):
            first = missing[0]
            option = f" --name {first}" if first != next(iter(wanted)) else ""
            put = self.context.command(f"secret {self.product.name}{option}")
            if self.without_secret:
                self.reminders.append(f"{put}  until then, every request is answered 503")
                return
            raise GeneratorError(
                f"there is no secret {wanted[first]} in Parameter Store to verify events with: {put} "
                "(or --without-secret, where the vendor makes it only once it has the URL)"
            )

    def refuse_takeover(self, stack: Stack | None) -> None:
        """GeneratorError where a pipeline would take over what its role can't change, or what MozDef reads from.

        Before there is a change set: with one, the stack would go on with the pipeline's role, and could not go back.
        """
        if not self.role or stack is None or self.context.pipeline:
            return
        before, name = stack.parameters, self.product.name
        given = {key: self.given_parameters.get(key, "") for key in ("PermissionsBoundaryArn", "EventsQueueName")}
        if before.get("PermissionsBoundaryArn", "") != given["PermissionsBoundaryArn"]:
            bound = f"deploy {name} --parameter PermissionsBoundaryArn={given['PermissionsBoundaryArn']}"
            raise GeneratorError(
                f"stack {stack.name} was deployed without this pipeline's boundary: bind it by hand once, and release "
                f"the change again: {self.context.rebuild_command(bound)}"
            )
        if (fixed := before.get("EventsQueueName", "")) not in ("", given["EventsQueueName"]):
            raise GeneratorError(
                f"stack {stack.name} has EventsQueueName={fixed}, and this pipeline's form has "
                f"{given['EventsQueueName'] or 'none'}: MozDef's queue would be another; put it into the form"
            )

    def refuse_taken_names(self, stack: Stack | None) -> None:
        """GeneratorError where something has a name already that was given for what is to be made."""
        from generator.deploy import taken_names

        before, target = stack.parameters if stack else {}, self.context.target
        known: dict[str, Any] = self._template["Parameters"]
        defaults = {name: parameter["Default"] for name, parameter in known.items() if "Default" in parameter}
        values = {**defaults, **{name: before[name] for name in known if name in before}, **self.given_parameters}
        if self.context.pipeline:
            taken_names.refuse_taken_repository(
                target.client("codecommit"), values, before, target.stack(self.product.name)
            )
        else:
            taken_names.refuse_taken_queue(target.client("sqs"), values, before)

    def zips(self) -> dict[str, bytes]:
        """What the template's parameters name, by the key in the helper bucket."""
        contents = {"LambdaKey": CODE, "MergeKey": MERGE, "ConfigKey": CONFIG}
        files = {**self.product.files, **shared_files()}
        wanted = [name for key, name in contents.items() if key in self._template["Parameters"]]
        return {self._own(bundle.zip_key(files[name])): files[name] for name in wanted}

    @property
    def oversize_template(self) -> dict[str, bytes]:
        """The template, by its key in the helper bucket, where it is too long to be sent along; else nothing."""
        return (
            {self._own(template_key(self.template_body)): self.template_body}
            if len(self.template_body) > MAX_BODY
            else {}
        )

    def change_set_request(
        self, parameters: Sequence[Mapping[str, Any]], stack: Stack | None, s3: Any
    ) -> dict[str, Any]:
        """What CreateChangeSet is asked. Tags that somebody added to the stack stay."""
        tags = {**(stack.tags if stack else {}), **self.context.target.tags(self.product.name)}
        where = f"{s3.meta.endpoint_url}/{self.context.target.bucket}"
        urls = [f"{where}/{key}" for key in self.oversize_template]
        return {
            "ChangeSetType": "UPDATE" if stack else "CREATE",
            "Parameters": parameters,
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items() if not key.startswith("aws:")],
            **({"TemplateURL": urls[0]} if urls else {"TemplateBody": self.template_body.decode()}),
            # With a role alone: its pipeline's permission demands it, and a person's may not.
            **({"ResourceTypes": self._types} if self.role else {}),
            **self.role_argument,
        }

    @property
    def _types(self) -> list[str]:
        """The types that the template has: CloudFormation refuses a change set of any other."""
        return sorted({resource["Type"] for resource in self._template["Resources"].values()})

    @property
    def role_argument(self) -> dict[str, str]:
        """The role with which CloudFormation acts; else it is that of the last time, or the user's own permissions."""
        return {"RoleARN": self.role} if self.role else {}

    def path_change_warning(self, stack: Stack | None) -> str | None:
        """What to say where the endpoint's path is another than before."""
        before = urlsplit(stack.outputs.get("EndpointUrl", "")).path if stack else ""
        now = self.product.definition.source.webhook.path
        if self.context.pipeline or before in ("", now):
            return None
        return f"the endpoint's path is {now} and no longer {before}: the vendor must be told the new URL"

    def next_steps(self, stack: Stack) -> Iterator[tuple[str, str]]:
        """Who is to be told what, once it is deployed."""
        name, place = self.product.name, self.context
        if place.pipeline:
            yield (
                "pipeline",
                "it starts by itself, now and with every push; its source stage shows whether it may fetch",
            )
            secret = place.command(f"secret {name}")
            yield "secret", f"before it deploys for the first time: {secret}"
            yield "source", f"what it deploys is the stack {place.target.stack(name)}"
            if stack.parameters.get("ProtectEvents") != "true":
                protect = place.rebuild_command(f"deploy {name} --parameter ProtectEvents=true", pipeline=True)
                yield "protect", f"once it has deployed, so that no push can delete events: {protect}"
            return
        for words in self.reminders:
            yield "secret", words
        guide = self.product.definition.find("README.md")
        from generator.deploy.endpoint import endpoint_for

        yield "vendor", f"calls {endpoint_for(stack.outputs).url}{f'; what to click: {guide}' if guide else ''}"
        queue = stack.outputs["EventsQueueUrl"].rpartition("/")[2]
        yield "MozDef", f"reads queue {queue}, region {place.target.region}, account {stack.account}"
        if consumer := stack.parameters.get("ConsumerPrincipalArn"):
            yield "", f"as {consumer}"
        else:
            role = f"arn:aws:iam::{stack.account}:role/NAME"
            grant = place.rebuild_command(f"deploy {name} --parameter ConsumerPrincipalArn={role}")
            yield "", f"its role may not read yet, unless its own policies let it: {grant}"
        yield "try", f"{place.command(f'canary {name}')}  shows that it refuses a forged event, and takes a signed one"

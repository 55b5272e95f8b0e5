"""The account, the folders and the kind of stack that a command works on; renders follow-up commands for the same."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generator.aws import Target
from generator.errors import GeneratorError, command_line
from generator.packaging.product import Product


@dataclass(frozen=True)
class DeployContext:
    """Account, folders and kind of stack a command works on; renders follow-up commands for the same."""

    target: Target
    sources: Path
    build: Path
    pipeline: bool = False

    def stack(self, source: str) -> str:
        """Return the name of a source's stack, or of its pipeline's."""
        return self.target.pipeline_stack(source) if self.pipeline else self.target.stack(source)

    def rebuild_command(self, arguments: str, *, pipeline: bool = False) -> str:
        """Return a command to copy that builds, with the options and folders of this one."""
        arguments = f"{arguments}{' --pipeline' if pipeline else ''}{self.target.options_and_bucket}"
        return command_line(arguments, self.build, self.sources)

    def command(self, arguments: str) -> str:
        """Return a command to copy that builds nothing, with the options of this one."""
        return command_line(f"{arguments}{self.target.options}", sources=self.sources)

    def aws_command(self, arguments: str) -> str:
        """Return a command of the AWS CLI to copy, for the same region and profile."""
        return self.target.aws_command(arguments)

    def refuse_path(self, product: Product, path: str) -> None:
        """Raise GeneratorError where the definition has another path than the pipeline was made with."""
        webhook = product.definition.source.webhook
        if webhook is None:
            raise GeneratorError(f"{product.name}: is pulled, so it has no path that --path could compare")
        defined_path = webhook.path
        if defined_path != path:
            update = self.rebuild_command(f"deploy {product.name}", pipeline=True)
            raise GeneratorError(
                f"{product.name}: webhook.path is {defined_path}, and --path is {path}, which the vendor calls: "
                f"update the pipeline's stack: {update}"
            )

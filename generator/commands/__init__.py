"""The command line: one module per command; only these modules print.

Modules with an underscore are shared by commands.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Sequence
from typing import Any

import click
from click.shell_completion import CompletionItem

from generator.errors import GeneratorError, program

DEFAULT = "build"


class Commands(click.Group):
    """Imports a command when it is called; a first word that is no command is a source to build."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return names()

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in names():
            return None
        command: click.Command = importlib.import_module(f"generator.commands.{name}").command
        # They say where files are, so a user gives them to each command; one that reads no such file takes them too.
        for option in sorted({"sources", "build"} - {parameter.name for parameter in command.params}):
            command.params.append(click.Option([f"--{option}"], expose_value=False, hidden=True))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from generator.commands._help import write_groups

        write_groups(self, ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the first word: a command, or a source to build."""
        from generator.commands._options import complete_source

        sources = [CompletionItem(name) for name in complete_source(ctx, None, incomplete)]
        return [*super().shell_complete(ctx, incomplete), *(sources if not incomplete.startswith("-") else [])]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = args[0] if args else ""
        if args and first not in names() and first not in ("-h", "--help", "--version"):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)


def names() -> list[str]:
    """Return the names of the commands, which no source may have."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))


@click.group(
    cls=Commands,
    invoke_without_command=True,
    subcommand_metavar="SOURCE... | COMMAND [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(importlib.import_module("lambdas").VERSION, prog_name="MozDef Event Framework")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Turn one short definition per event source into CloudFormation that brings its events to your SIEM."""
    if ctx.invoked_subcommand is None:
        from generator.commands.list import overview

        overview()


def main(args: Sequence[str] | None = None) -> int:
    """Run a command; return 0 for success, 1 for an error that the user can fix, 2 for wrong usage.

    A bug keeps its traceback.
    """
    try:
        result: Any = cli.main(args, prog_name=program(), standalone_mode=False)
    except click.UsageError as error:
        from generator.commands._console import usage_failure

        usage_failure(error)
        return 2
    except click.Abort as error:
        # A question comes before anything is done; click makes an Abort of Ctrl-C elsewhere, too, and ends the line.
        at_work = isinstance(error.__cause__, KeyboardInterrupt)
        message = "stopped before the end; what is done is above" if at_work else "\nstopped; nothing was changed"
        click.echo(message, err=True)
        return 1
    except click.exceptions.Exit as error:
        return error.exit_code
    except GeneratorError as error:
        from generator.commands._console import failure

        failure(error)
        return 1
    except BrokenPipeError:
        # The reader of the output has read enough, as `| head` does.
        sys.stderr.close()
        return 0
    except Exception as error:
        if not type(error).__module__.startswith("botocore."):  # botocore is not imported by commands that call no AWS
            raise
        from generator.aws_failures import explain_failure
        from generator.commands._console import failure

        failure(GeneratorError(explain_failure(error)))
        return 1
    return result if isinstance(result, int) else 0

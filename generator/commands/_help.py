"""What `--help` shows: commands in groups by what the user wants, and options in sections."""

from __future__ import annotations

import click

GROUPS = {
    "Begin": ("init", "new", "list", "schema"),
    "Build a source": ("build", "page", "cost"),
    "Try it on this machine": ("run", "send", "verify", "try", "rehearse"),
    "Deploy to AWS": ("secret", "deploy", "canary", "upload", "delete"),
    "Look at what is deployed": ("status", "logs", "open", "rejected"),
    "Send or read events again": ("redrive", "pull"),
}
"""All commands, in the order in which a user needs them."""


class TargetOption(click.Option):
    """An option that says where in AWS a source is deployed."""

    section, shared = "Where in AWS", True


class FolderOption(click.Option):
    """An option that says where files are."""

    section, shared = "Folders", True


class PulledOption(click.Option):
    """An option of `new` for a source that is pulled."""

    section = "A pulled source"


class SectionedCommand(click.Command):
    """A command whose own options come first in its help, and those of several commands below."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        sections: dict[str, list[tuple[str, str]]] = {"Options": []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                sections.setdefault(getattr(parameter, "section", "Options"), []).append(record)
        for title, rows in sections.items():
            with formatter.section(title):
                formatter.write_dl(rows)


def write_groups(group: click.Group, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write all commands of a group, with a line for each."""
    for title, names in GROUPS.items():
        commands = [(name, group.get_command(ctx, name)) for name in names]
        with formatter.section(title):
            formatter.write_dl([(name, command.get_short_help_str(100)) for name, command in commands if command])

"""docs/reference/commands.md is made from the command line, and from what commands print."""

from __future__ import annotations

import re

import click
import pytest

from generator.commands import cli, names
from generator.commands._help import GROUPS
from generator.reference.commands_page import commands_page
from tests.definitions import ROOT
from tests.examples import stored_examples
from tests.pages import assert_generated

PAGE = ROOT / "docs" / "reference" / "commands.md"


def commands() -> dict[str, click.Command]:
    by_name = {name: cli.get_command(click.Context(cli), name) for name in names()}
    return {name: command for name, command in by_name.items() if command is not None}


def test_the_page_is_made_from_the_commands(update: bool) -> None:
    page = commands_page(GROUPS, commands(), stored_examples())
    assert_generated(PAGE, "commands_page.py", page, update=update)


@pytest.mark.parametrize("name", names())
def test_each_command_has_an_example_of_itself(name: str) -> None:
    command, _, shown = stored_examples()[name].partition("\n")
    assert command.startswith("$ python -m generator zoom" if name == "build" else f"$ python -m generator {name}")
    assert shown


def test_each_variable_that_is_read_is_on_the_page() -> None:
    """AWS's own variables have a row together, but for those that the commands read themselves."""
    code = "".join(
        file.read_text(encoding="utf-8")
        for folder in ("commands", "deploy", "packaging", "operate")
        for file in (ROOT / "generator" / folder).glob("*.py")
    )
    code += (ROOT / "generator" / "aws.py").read_text(encoding="utf-8")
    read = set(re.findall(r"environ(?:\.get\(|\[)\"([A-Z_]+)\"", code)) | {"NO_COLOR", "COLUMNS"}
    page = PAGE.read_text(encoding="utf-8")
    assert {"AWS_REGION", "AWS_ENDPOINT_URL", "XDG_CACHE_HOME"} <= read
    assert [name for name in sorted(read) if f"`{name}`" not in page] == []


def test_an_option_in_a_section_of_several_commands_is_the_same_in_each() -> None:
    shared = re.split(r"^## Options of several commands$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1]
    options = re.findall(r"^\| `(--\w+)", shared.partition("<!-- end -->")[0], re.MULTILINE)
    assert sorted(options) == ["--bucket", "--build", "--env", "--profile", "--project", "--region", "--sources"]

"""A definition's samples tried out: what became of each, what is wrong with that, and what `--accept` would store."""

from __future__ import annotations

from dataclasses import dataclass

from generator.definition.read import Definition
from generator.errors import Problem
from generator.samples import files as sample_files
from generator.samples import run as sample_run
from generator.samples.run import Accepted
from generator.samples.sample_warnings import find_warnings


@dataclass(frozen=True)
class Trial:
    """The samples as shaped; what is suspicious in them, and what no build may have."""

    shaped: list[sample_run.Shaped]
    own: list[sample_run.Shaped]
    warnings: list[Problem]
    problems: list[Problem]

    @property
    def accepted(self) -> Accepted:
        """What is to be stored beside the samples, if what they become is right."""
        return {file: content for made in self.own for file, content in made.accepted().items()}

    @property
    def differences(self) -> list[Problem]:
        """Where what is stored beside the samples is not what they become."""
        return [problem for made in self.own if not made.problems for problem in sample_run.compare(made)]


def try_samples(definition: Definition) -> Trial:
    """Shape the samples of a definition."""
    there, problems = sample_files.load_samples(definition)
    shaped = [sample_run.shape(definition.source, sample) for sample in there]
    found = [problem for problem in problems if problem.warning]
    problems = [problem for problem in problems if not problem.warning]
    problems += [problem for made in shaped for problem in made.problems]
    if there or not problems:  # of what can't be read nothing is suspected
        found.extend(find_warnings(definition, shaped))
    return Trial(shaped, own_samples(definition, shaped), found, problems)


def own_samples(definition: Definition, shaped: list[sample_run.Shaped]) -> list[sample_run.Shaped]:
    """The samples beside a definition; those of a source that it extends are expected to become that one's."""
    return [made for made in shaped if made.sample.folder == definition.folders[0] / "samples"]

"""Try a definition's samples: what each becomes, the problems with that, and the files that `--accept` would store."""

from __future__ import annotations

from dataclasses import dataclass, replace

from generator.definition.read import Definition
from generator.errors import Problem
from generator.samples import files as sample_files
from generator.samples.comparison import Accepted, compare, files_to_accept
from generator.samples.run import Shaped, shape
from generator.samples.sample_warnings import find_warnings


@dataclass(frozen=True)
class Trial:
    """All samples as shaped, warnings, and problems that fail a build.

    `own` are those beside the definition itself, as it alone shapes them: so they are stored and compared. `altered`
    are those that `defaults.yml` makes other messages of.
    """

    shaped: list[Shaped]
    own: list[Shaped]
    altered: list[Shaped]
    warnings: list[Problem]
    problems: list[Problem]

    @property
    def accepted(self) -> Accepted:
        """Return the files to store beside the samples if what they become is right."""
        return {file: content for shaped in self.own for file, content in files_to_accept(shaped).items()}

    @property
    def differences(self) -> list[Problem]:
        """Return where the stored files differ from what the samples become."""
        return [problem for shaped in self.own if not shaped.problems for problem in compare(shaped)]


def try_samples(definition: Definition) -> Trial:
    """Shape the samples of a definition."""
    samples, problems = sample_files.load_samples(definition)
    shaped = [shape(definition.source, sample) for sample in samples]
    alone = definition.without_defaults
    shaped_alone = [shape(alone, sample) for sample in samples] if alone else shaped
    altered = [each for each, other in zip(shaped, shaped_alone, strict=True) if each.messages != other.messages]
    warnings = [problem for problem in problems if problem.warning]
    problems = [problem for problem in problems if not problem.warning]
    problems += [_with_place(definition, each, problem) for each in shaped for problem in each.problems]
    if samples or not problems:  # unreadable samples give no warnings
        warnings.extend(find_warnings(definition, shaped))
    return Trial(shaped, own_samples(definition, shaped_alone), altered, warnings, problems)


_KEYS_BY_REASON = {": time: ": "time", ": missing: ": "require", ": no-events: ": "split"}
"""The key of `events` that a reason is about, by what stands in a problem's message."""


def _with_place(definition: Definition, shaped: Shaped, problem: Problem) -> Problem:
    """Return a problem of a sample with the place of the key of `events` that it is about."""
    key = next((key for reason, key in _KEYS_BY_REASON.items() if reason in problem.message), None)
    if key is None:
        return problem
    stream = f"pull.streams.{shaped.sample.name.partition('.')[0]}.events.{key}"
    place = stream if stream in definition.locations else f"events.{key}"
    file, line = definition.location(place)
    return replace(problem, message=f"{problem.message} ({place}, {file}:{line})")


def own_samples(definition: Definition, shaped: list[Shaped]) -> list[Shaped]:
    """Return the samples beside a definition; what those of a source that it extends become is stored there."""
    return [each for each in shaped if each.sample.folder == definition.folders[0] / "samples"]

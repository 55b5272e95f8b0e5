"""Find sources that send events whole and give a path two types: their messages share MozDef's index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from generator.definition.read import Definition
from generator.errors import Problem
from generator.samples.run import Shaped
from lambdas.shaping.mozdef_limits import path_types


def whole_conflicts(sources: Iterable[tuple[Definition, Sequence[Shaped]]]) -> Iterator[tuple[str, Problem]]:
    """Yield a source's name and a warning for each path that has another type in an earlier source's samples."""
    known: dict[str, tuple[str, str]] = {}
    for definition, samples in sources:
        if not definition.source.mozdef.whole:
            continue
        name, types = definition.source.name, {}
        for fields in (fields for shaped in samples for fields in shaped.messages):
            types.update(path_types(fields["details"]))
        for path, kind in sorted(types.items()):
            other_kind, other = known.setdefault(path, (kind, name))
            if other_kind != kind and other != name:
                message = (
                    f"{path} is {_WITH_ARTICLE[kind]}, and {_WITH_ARTICLE[other_kind]} in {other}, which is sent whole "
                    "too; Elasticsearch refuses whichever comes later on a day"
                )
                yield name, Problem(*definition.location("mozdef.whole"), "mozdef.whole", message, warning=True)


_WITH_ARTICLE = {"object": "an object", "text": "a text", "boolean": "a boolean"}

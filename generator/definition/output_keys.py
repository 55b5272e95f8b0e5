"""Keep what a definition says for MozDef out of a source whose messages are another output's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from generator.definition.defaults import Defaults
from generator.definition.yaml_nodes import Location
from generator.errors import Problem
from lambdas.model import Source
from lambdas.model_facts import Mozdef


def unused_mozdef(source: Source, locations: Mapping[str, Location], defaults: Defaults) -> Iterator[Problem]:
    """Yield a problem where a file says `mozdef`, and an output that has nothing of it.

    Where the one lies beneath the other, as in a shipped source below a team's defaults, `mozdef` is ignored.
    """
    place = locations.get("mozdef")
    if source.output == "mozdef" or place is None or defaults.is_in(place) or place[0] != locations["output"][0]:
        return
    message = f"is for `output: mozdef`, and this file says {source.output}; leave one of them out"
    yield Problem(*place, "mozdef", message)


def without_unused_mozdef(source: Source) -> Source:
    """Return a source without what it says for MozDef, where its messages are another output's."""
    return source if source.output == "mozdef" else replace(source, mozdef=Mozdef())

"""From one definition per source to CloudFormation.

The stages of a build, in order; each is a function of what the ones before it made, and only the last one writes:

1. `definition` reads `source.yml` into the dataclasses of `lambdas.model`, or says every mistake at once.
2. `samples` sends every sample through the handler's own code and compares the messages with those stored beside.
3. `bundle` makes `lambdas.zip`: the code, and the definition as Python. Its hash names it in the template.
4. `event_source` and `pipeline` make the templates, `configuration` what the pipeline's own repository begins with.
5. `lint` checks it with two engines; this is what takes the time, so it runs beside 2 and remembers its verdicts.
   Beside both, `isolation` imports a source's own code as AWS does.
6. `output` writes to `build/`, all or nothing.
"""

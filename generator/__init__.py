"""From one definition per event source to CloudFormation.

A build has these stages. Each is a function of the results of the stages before it, and only the last one writes:

1. `definition/` reads `source.yml` into the dataclasses of `lambdas/model.py`, or reports every mistake at once.
2. `samples/` sends every sample through the handler's own code and compares the messages with the stored ones.
3. `packaging/bundle.py` zips the code with the definition as Python. The zip's hash names it in the template.
4. `templates/` makes the two templates, and `packaging/configuration.py` the first commit of the pipeline's repository.
5. `packaging/lint.py` checks the templates with two engines. That takes the most time, so it runs beside stage 2 and
   remembers its verdicts. Beside both, `packaging/isolation.py` imports a source's own code as AWS does.
6. `packaging/output.py` writes to `build/`, all or nothing.

`commands/` is the command line; docs/architecture.md has a map of all wings and their floors.
"""

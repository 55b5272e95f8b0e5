"""A Source as CloudFormation: the event source, the pipeline, their resources and their cost."""

"""The definition of archive-strict, as the generator validated it."""

from lambdas.auth import token
from lambdas.model import Archive, Auth, Source, Webhook

SOURCE = Source(
    name='archive-strict',
    description='A source with an archive, and a key of its own',
    webhook=Webhook(auth=Auth(type=token, settings=token.Settings(header='x-token'))),
    archive=Archive(),
    hardening='strict',
)

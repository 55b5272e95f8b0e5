"""The definition of objects-strict, as the generator validated it."""

from lambdas.auth import token
from lambdas.model import Archive, Auth, Dedupe, Destination, S3Objects, Source, Webhook
from lambdas.model_events import Events

SOURCE = Source(
    name='objects-strict',
    description='A source of objects, with an archive and a key of its own',
    webhook=Webhook(auth=Auth(type=token, settings=token.Settings(header='x-token'))),
    events=Events(id='id', expect_every=24),
    dedupe=Dedupe(),
    archive=Archive(),
    delivery=Destination(s3=S3Objects()),
    hardening='strict',
)

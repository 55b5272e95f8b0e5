"""The definition of gitlab, as the generator validated it."""

from lambdas.auth import token
from lambdas.model import Auth, Source, Webhook

SOURCE = Source(
    name='gitlab',
    description='A static token in a header, as GitLab sends it',
    webhook=Webhook(auth=Auth(type=token, settings=token.Settings(header='X-Gitlab-Token'))),
)

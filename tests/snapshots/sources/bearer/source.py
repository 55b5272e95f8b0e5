"""The definition of bearer, as the generator validated it."""

from lambdas.auth import token
from lambdas.model import Auth, Events, Facts, Source, Vendor, Webhook

SOURCE = Source(
    name='bearer',
    description='Any sender of JSON that can send an Authorization header with a bearer token',
    webhook=Webhook(
        auth=Auth(type=token, settings=token.Settings(header='Authorization', prefix='Bearer ')),
    ),
    events=Events(
        mask=('password', 'secret', 'token', '[].password', '[].secret', '[].token'),
        split='[] || [@]',
        id='id || event_id',
        type='type || event || event_type || action',
    ),
    facts=Facts(
        summary='bearer: {type || event || event_type || action} by {actor.email || user.email || email || actor || user}: {outcome || result || status || message}',
        severity="{severity || level || 'INFO'}",
        source_ip='{ip || source_ip || client.ip}',
    ),
    vendor=Vendor(docs='https://www.rfc-editor.org/rfc/rfc6750#section-2.1', retries='the sender decides'),
)

"""The definition of auth0, as the generator validated it."""

from lambdas.auth import token
from lambdas.model import Auth, Events, Facts, Source, Vendor, Webhook

SOURCE = Source(
    name='auth0',
    description='Auth0 tenant logs, through a custom webhook log stream',
    webhook=Webhook(auth=Auth(type=token, settings=token.Settings(header='Authorization'))),
    events=Events(
        format=('ndjson',),
        split='[].[logs || [@]][][]',
        require=('log_id', 'data.type', 'data.date'),
        id='log_id',
        type='data.type',
        time='data.date',
    ),
    facts=Facts(
        summary="auth0: {data.type} by {data.user_name || data.details.request.auth.user.email || data.user_id || data.client_name || data.client_id}: {data.description || data.type == 's' && 'login' || data.type == 'slo' && 'logout' || data.type == 'ss' && 'signup' || data.audience || data.client_name}",
        severity="{contains(['limit_wc', 'limit_mu', 'limit_sul', 'pwd_leak', 'signup_pwd_leak', 'reset_pwd_leak'], data.type) && 'ERROR' || (starts_with(data.type, 'f') || ends_with(data.type, '_failed') || ends_with(data.type, '_rejected') || data.type == 'gd_unenroll') && 'WARNING' || data.type == 'sapi' && 'NOTICE' || 'INFO'}",
        source_ip='{data.ip}',
    ),
    vendor=Vendor(
        docs='https://auth0.com/docs/customize/log-streams/custom-log-streams',
        retries='3 attempts, begun again until they succeed; after 7 days of failures the stream is paused',
    ),
)

"""The definition of gitlab, as the generator validated it."""

from lambdas.auth import any_of, hmac, token
from lambdas.model import Auth, Events, Facts, Source, Vendor, Webhook
from lambdas.signatures.keys import KeyEncoding
from lambdas.signatures.signature_settings import MessageId, Signature, Timestamp
from lambdas.transform import transform

SOURCE = Source(
    name='gitlab',
    description='GitLab project, group and system hooks',
    webhook=Webhook(
        auth=Auth(
            type=any_of,
            settings=any_of.Settings(
                of=(
                    Auth(
                        type=hmac,
                        settings=hmac.Settings(
                            signature=Signature(
                                header=('webhook-signature',),
                                prefix='v1,',
                                encoding='base64',
                                split=' ',
                            ),
                            timestamp=Timestamp(header='webhook-timestamp'),
                            id=MessageId(header='webhook-id'),
                            signed='{id}.{timestamp}.{body}',
                            key=KeyEncoding(encoding='base64', strip='whsec_'),
                        ),
                    ),
                    Auth(type=token, settings=token.Settings(header='X-Gitlab-Token')),
                ),
            ),
        ),
    ),
    events=Events(
        require=('event_name || object_kind',),
        id="header('idempotency-key')",
        type='event_name || object_kind',
    ),
    facts=Facts(
        summary="gitlab: {join('.', [event_name || object_kind, object_attributes.action || object_attributes.state][?type(@) == 'string'])} by {object_kind && (user_username || user.username)}: {join(' as ', [ref || object_attributes.title || object_attributes.name || user_username || username, group_access || access_level][?type(@) == 'string'])} in {project.path_with_namespace || group.full_path || group_path || project_path_with_namespace || header('x-gitlab-instance')}",
        severity="{object_attributes.severity == 'critical' && 'CRITICAL' || object_attributes.severity == 'high' && 'ERROR' || contains(['group_destroy', 'project_destroy', 'project_transfer', 'user_failed_login'], event_name) && 'WARNING' || contains(['Owner', 'Maintainer'], group_access || access_level) && 'WARNING' || 'INFO'}",
        extra={'gitlab_instance': "{header('x-gitlab-instance')}"},
    ),
    vendor=Vendor(
        docs='https://docs.gitlab.com/user/project/integrations/webhooks/',
        deadline=10,
        retries='none that we know of; after 4 failures in a row the hook pauses, after 40 it is disabled',
    ),
    transform=transform,
)

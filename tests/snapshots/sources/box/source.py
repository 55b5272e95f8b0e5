"""The definition of box, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='box',
    description='Box file, sharing and collaboration events, through v2 webhooks',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('Box-Signature-Primary', 'Box-Signature-Secondary',), encoding='base64'),
                timestamp=Timestamp(header='Box-Delivery-Timestamp', format='rfc3339', tolerance=600, future=60),
                signed='{body}{timestamp}',
                require={'Box-Signature-Version': '1', 'Box-Signature-Algorithm': 'HmacSHA256'},
            ),
        ),
    ),
    events=Events(
        mask=(
            'source.shared_link.url', 'source.shared_link.download_url', 'source.shared_link.vanity_url',
            'source.shared_link.vanity_name', 'source.item.shared_link.url', 'source.item.shared_link.download_url',
            'source.item.shared_link.vanity_url', 'source.item.shared_link.vanity_name', 'source.prepare_url',
            'source.signers[].embed_url', 'source.signers[].iframeable_embed_url',
        ),
        require=('id', 'trigger', 'created_at',),
        id='id',
        type='trigger',
        time='created_at',
    ),
    facts=Facts(
        summary="box: {join(': ', [\n  join(' ', [trigger, [created_by.login, created_by.name][?@] | [:1].join(' ', ['by', @]) | [0]][?@]),\n  join(' ', [\n    source.type,\n    source.name || source.item.name || source.id,\n    source.accessible_by.login || source.accessible_by.name || source.invite_email || source.assigned_to.login,\n    source.role,\n    source.status,\n    source.resolution_state,\n    source.shared_link.effective_access\n  ][?type(@) == 'string' && @ != ''])\n][?@])}",
        severity=Choice(
            of="{starts_with(trigger, 'SHARED_LINK') && source.shared_link.effective_access == 'open' && 'WARNING'\n  || starts_with(trigger, 'COLLABORATION') && contains(['co-owner', 'owner'], source.role) && 'WARNING'\n  || contains(['FILE.DELETED', 'FOLDER.DELETED', 'WEBHOOK.DELETED'], trigger) && 'WARNING'\n  || starts_with(trigger, 'COLLABORATION') && 'NOTICE'\n  || contains(['FILE.TRASHED', 'FOLDER.TRASHED', 'SIGN_REQUEST.DECLINED', 'SIGN_REQUEST.ERROR_FINALIZING',\n    'SIGN_REQUEST.EXPIRED', 'SIGN_REQUEST.SIGNER_EMAIL_BOUNCED'], trigger) && 'NOTICE'\n  || 'INFO'}",
            words={},
        ),
        kind=Choice(
            of='{trigger}',
            words={
                'permission.grant': ('COLLABORATION.CREATED', 'COLLABORATION.ACCEPTED', 'SHARED_LINK.CREATED',),
                'permission.revoke': ('COLLABORATION.REMOVED', 'COLLABORATION.REJECTED', 'SHARED_LINK.DELETED',),
                'permission.change': ('COLLABORATION.*', 'SHARED_LINK.*',),
                'configuration.delete': ('WEBHOOK.DELETED',),
                'data.read': ('*.DOWNLOADED', '*.PREVIEWED',),
                'data.create': ('*.UPLOADED', '*.CREATED', '*.COPIED', 'SIGN_REQUEST.SIGNATURE_REQUESTED',),
                'data.delete': ('*.TRASHED', '*.DELETED',),
                'data.change': ('*',),
            },
        ),
        user='{created_by.login || created_by.name}',
        user_id='{created_by.id}',
        target_user='{source.accessible_by.login || source.accessible_by.name || source.invite_email || source.assigned_to.login}',
        target='{source.name || source.item.name || source.id}',
        role='{source.role || source.shared_link.effective_permission}',
        extra={
            'item_type': '{source.type}',
            'item': '{source.id}',
            'folder': '{source.parent.name}',
            'access': '{source.shared_link.effective_access}',
            'state': '{source.status || source.item_status}',
            'owner': '{source.owned_by.login}',
        },
    ),
    vendor=Vendor(
        docs='https://developer.box.com/guides/webhooks/v2',
        deadline=30,
        retries='12 times within 2 hours, after anything but 2xx; Box says that this may change',
        secret='issued',
    ),
)

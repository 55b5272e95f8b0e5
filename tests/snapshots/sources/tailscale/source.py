"""The definition of tailscale, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='tailscale',
    description='Tailscale device, user and policy events',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('Tailscale-Webhook-Signature',), prefix='v1=', split=','),
                timestamp=Timestamp(header='Tailscale-Webhook-Signature', prefix='t=', split=','),
                signed='{timestamp}.{body}',
            ),
        ),
    ),
    events=Events(split='@', require=('timestamp', 'type', 'message',), type='type', time='timestamp'),
    facts=Facts(
        summary="tailscale: {join(' ', [\n  join(': ', [join(' ', [type, data.actor && join(' ', ['by', data.actor])][?@]), message]),\n  data.newRoles && join(' ', ['to', join(', ', data.newRoles)])\n][?@])}",
        severity=Choice(
            of='{type}',
            words={
                'WARNING': (
                    'policyUpdate', 'userRoleUpdated', 'nodeNeedsApproval', 'nodeNeedsAuthorization',
                    'nodeNeedsSignature', 'userNeedsApproval', 'webhookDeleted', 'webhookUpdated',
                ),
                'NOTICE': (
                    'exitNodeIPForwardingNotEnabled', 'nodeDeleted', 'nodeKeyExpired', 'nodeKeyExpiringInOneDay',
                    'subnetIPForwardingNotEnabled', 'userDeleted', 'userSuspended',
                ),
            },
        ),
        kind=Choice(
            of='{type}',
            words={
                'account.create': ('userCreated',),
                'account.enable': ('userApproved', 'userRestored',),
                'account.disable': ('userSuspended',),
                'account.delete': ('userDeleted',),
                'account.change': ('userNeedsApproval',),
                'permission.change': ('userRoleUpdated',),
                'permission.grant': ('nodeApproved', 'nodeAuthorized', 'nodeSigned',),
                'configuration.create': ('nodeCreated',),
                'configuration.delete': ('nodeDeleted', 'webhookDeleted',),
                'configuration.change': ('node*', 'policyUpdate', 'webhookUpdated',),
                'detection.create': ('*IPForwardingNotEnabled',),
                'other': ('*',),
            },
        ),
        user='{data.actor}',
        target_user='{data.user}',
        target="{data.deviceName || (type == 'policyUpdate' && 'policy file') || ''}",
        role="{join(', ', data.newRoles)}",
        organization='{tailnet}',
        url='{data.url}',
        extra={
            'node': '{data.nodeID}',
            'managed_by': '{data.managedBy}',
            'old_roles': "{join(', ', data.oldRoles)}",
            'expiration': '{data.expiration}',
        },
    ),
    vendor=Vendor(
        docs='https://tailscale.com/docs/features/webhooks',
        retries='hourly for 24 hours, after 3xx, 4xx, 5xx or no answer',
        secret='issued',
    ),
)

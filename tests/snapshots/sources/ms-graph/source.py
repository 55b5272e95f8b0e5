"""The definition of ms-graph, as the generator validated it."""

from lambdas.auth import body_token
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts

SOURCE = Source(
    name='ms-graph',
    description='Microsoft Graph change notifications (basic) and lifecycle notifications',
    webhook=Webhook(
        auth=Auth(type=body_token, settings=body_token.Settings(field='clientState', each='value')),
        challenges=(
            Challenge(
                when="query('validationToken')",
                reply=Reply(text="{query('validationToken')}"),
                unauthenticated=True,
            ),
        ),
        answer=Reply(status=202),
    ),
    events=Events(split='value', require=('subscriptionId', 'tenantId',), id='id', type='changeType || lifecycleEvent'),
    facts=Facts(
        summary="ms-graph: {changeType || lifecycleEvent}: {resource || join(' ', ['subscription', subscriptionId])} in tenant {tenantId}",
        severity=Choice(
            of="{contains(['missed', 'subscriptionRemoved'], lifecycleEvent) && 'WARNING'\n  || starts_with(resource || '-', 'security/alerts') && changeType != 'deleted' && 'WARNING'\n  || (lifecycleEvent || changeType == 'deleted') && 'NOTICE' || 'INFO'}",
            words={},
        ),
        kind=Choice(
            of='{changeType || \'lifecycle\'} {resourceData."@odata.type" || \'-\'} {resource || \'-\'}',
            words={
                'detection.create': ('created * security/alerts*',),
                'detection.change': ('updated * security/alerts*',),
                'detection.close': ('deleted * security/alerts*',),
                'account.create': ('created *.User *', 'created *.user *',),
                'account.change': ('updated *.User *', 'updated *.user *',),
                'account.delete': ('deleted *.User *', 'deleted *.user *',),
                'permission.grant': ('created *onversationMember *',),
                'permission.revoke': ('deleted *onversationMember *',),
                'permission.change': ('updated *onversationMember *', 'updated *.Group *', 'updated *.group *',),
                'configuration.create': ('created *.Group *', 'created *.group *', 'created *.channel *', 'created *.team *',),
                'configuration.change': ('updated *.channel *', 'updated *.team *',),
                'configuration.delete': ('deleted *.Group *', 'deleted *.group *', 'deleted *.channel *', 'deleted *.team *',),
                'other': ('lifecycle *',),
                'data.create': ('created *',),
                'data.change': ('updated *',),
                'data.delete': ('deleted *',),
            },
        ),
        target_user='{(ends_with(resourceData."@odata.type", \'.User\') || ends_with(resourceData."@odata.type", \'.user\')) && resourceData.id || \'\'}',
        target='{resource}',
        organization='{tenantId}',
        extra={
            'resource_type': '{resourceData."@odata.type"}',
            'subscription': '{subscriptionId}',
            'subscription_expires': '{subscriptionExpirationDateTime}',
        },
    ),
    vendor=Vendor(
        docs='https://learn.microsoft.com/graph/change-notifications-delivery-webhooks',
        deadline=3,
        retries='for up to 4 hours, with growing pauses, after anything but a 2xx',
        secret='chosen',
    ),
)

"""The definition of webex, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='webex',
    description='Webex memberships, messages, meetings, recordings, apps, and alerts of Control Hub',
    webhook=Webhook(
        auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('X-Spark-Signature',)), algorithm='sha1')),
    ),
    events=Events(
        require=('resource', 'event', 'data',),
        id='data.notificationId',
        type="join('.', [resource, event])",
        time="[data.created][?root('event') == 'created'] | [0]",
        time_optional=True,
    ),
    facts=Facts(
        summary="webex: {join(' ', [\n  join(': ', [join('.', [resource, event]), [data.summary, data.title, data.topic, data.name, data.personEmail,\n    data.ownerEmail, data.hostEmail, data.id][?@ && type(@) == 'string'] | [0]][?@]),\n  data.notificationAttributes.deviceName && join(' ', ['of', data.notificationAttributes.deviceName]),\n  data.isModerator && 'as moderator',\n  data.isLocked && 'locked',\n  data.roomId && join(' ', ['in', data.roomId]),\n  data.state && join(' ', ['now', data.state])\n][?@])}",
        severity=Choice(
            of="{resource == 'controlHubAlerts' && data.severity || contains(['serviceApp.authorized', 'recordings.deleted', 'convergedRecordings.deleted', 'dataSources.created'],\n  join('.', [resource, event])) && 'WARNING'\n|| (data.isModerator || event == 'deleted' || contains(['serviceApp', 'dataSources', 'recordings', 'convergedRecordings',\n  'meetingTranscripts', 'adminBatchJobs', 'videoMeshAlerts'], resource)) && 'NOTICE' || 'INFO'}",
            words={},
        ),
        kind=Choice(
            of='{resource}.{event}',
            words={
                'detection.create': ('controlHubAlerts.*', 'videoMeshAlerts.*',),
                'permission.grant': ('memberships.created', 'serviceApp.authorized',),
                'permission.revoke': ('memberships.deleted', 'serviceApp.deauthorized',),
                'permission.change': ('memberships.updated',),
                'configuration.create': ('dataSources.created',),
                'configuration.delete': ('dataSources.deleted',),
                'configuration.change': ('dataSources.*', 'rooms.*',),
                'data.create': ('*.created',),
                'data.delete': ('*.deleted',),
                'data.change': ('*.updated',),
                'other': ('*',),
            },
        ),
        user="{resource == 'messages' && event == 'created' && data.personEmail || ''}",
        user_id='{actorId}',
        target_user="{resource == 'memberships' && data.personEmail || data.hostEmail || data.ownerEmail || ''}",
        target='{[data.notificationAttributes.deviceName, data.title, data.topic, data.roomId, data.id][?@] | [0]}',
        organization='{orgId}',
        url='{data.actionUrl}',
        extra={
            'webhook': '{name}',
            'thing': '{data.id}',
            'rule': '{data.notificationAttributes.RULE_NAME}',
            'owned_by': '{ownedBy}',
        },
    ),
    vendor=Vendor(
        docs='https://developer.webex.com/docs/api/guides/webhooks',
        retries='not published; 100 notifications within 5 minutes without a 2xx turn the webhook off',
        secret='chosen',
    ),
)

"""The definition of mongodb-atlas, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='mongodb-atlas',
    description='MongoDB Atlas alerts',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(signature=Signature(header=('X-MMS-Signature',), encoding='base64'), algorithm='sha1'),
        ),
    ),
    events=Events(
        require=('id', 'eventTypeName', 'status',),
        id="join('/', [id, status, updated || created][?@ && type(@) == 'string'])",
        type='eventTypeName',
        time='updated || created',
        time_optional=True,
    ),
    facts=Facts(
        summary="mongodb-atlas: {join(' ', [\n  join(': ', [join(' ', [eventTypeName, status]), join(', ', [\n    [hostnameAndPort, clusterName, replicaSetName, instanceName][?@ && @ != ''] | [0],\n    metricName && join(' ', [metricName, currentValue && to_string(currentValue.number) || '-', currentValue.units || ''])\n  ][?@])][?@ && @ != '']),\n  groupId && join(' ', ['in project', groupId]) || orgId && join(' ', ['in organization', orgId]),\n  acknowledgingUsername && join('', ['(acknowledged by ', acknowledgingUsername, ')'])\n][?@])}",
        severity=Choice(
            of='{status} {eventTypeName}',
            words={
                'INFO': ('CLOSED *', 'CANCELLED *',),
                'ERROR': ('* *_ENCRYPTION_KEY_INVALID', '* NO_PRIMARY', '* MULTIPLE_PRIMARIES',),
                'WARNING': (
                    '* *ENCRYPTION_KEY*', '* *USERS_WITHOUT_*', '* *ROLES_CHANGED*', '* JOINED_*', '* REMOVED_FROM_*',
                    '* ORG_*', '* *API_KEY*', '* *SERVICE_ACCOUNT*', '* *NETWORK_PERMISSION*', '* *PEER*', '* *X509*',
                    '* *AUDIT*', '* *BACKUP*', '* CPS_*', '* CLUSTER_MONGOS_IS_MISSING', '* HOST_DOWN',
                ),
                'NOTICE': ('*',),
            },
        ),
        kind=Choice(
            of='{status}',
            words={
                'detection.create': ('OPEN', 'INFORMATIONAL',),
                'detection.change': ('TRACKING',),
                'detection.close': ('CLOSED', 'CANCELLED',),
                'other': ('*',),
            },
        ),
        reason='{acknowledgementComment}',
        user='{acknowledgingUsername}',
        target="{[hostnameAndPort, clusterName, replicaSetName, instanceName, groupId, orgId][?@ && @ != ''] | [0]}",
        organization='{orgId}',
        extra={
            'status': '{status}',
            'project': '{groupId}',
            'cluster': '{clusterName}',
            'replica_set': '{replicaSetName}',
            'metric': '{metricName}',
            'value': "{to_string(currentValue.number || '')}",
            'alert': '{id}',
            'alert_config': '{alertConfigId}',
        },
    ),
    vendor=Vendor(docs='https://www.mongodb.com/docs/atlas/tutorial/webhook-integration/', secret='chosen'),
)

"""The definition of sonatype-nexus, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='sonatype-nexus',
    description='Sonatype Nexus Repository, its audit log, and changes of components and assets',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(signature=Signature(header=('X-Nexus-Webhook-Signature',)), algorithm='sha1'),
        ),
    ),
    events=Events(
        require=("header('x-nexus-webhook-id')",),
        id="header('x-nexus-webhook-delivery')",
        type="join('.', [audit.domain || remove_prefix(header('x-nexus-webhook-id'), 'rm:repository:'), audit.type || action][?@])",
        time='timestamp',
        time_optional=True,
    ),
    facts=Facts(
        summary="sonatype-nexus: {join(' ', [audit.domain || remove_prefix(header('x-nexus-webhook-id'), 'rm:repository:'), audit.type || action, 'by', audit.attributes.userId || initiator][?@])}: {join(' in ', [\n  audit.attributes.failureReasons && join(' from ', [join(' ', audit.attributes.failureReasons), audit.attributes.remoteIp][?@])\n  || audit.context\n  || component && join(':', [component.group, component.name, component.version][?@])\n  || asset.name || (components || assets) && join(', ', components || assets),\n  repositoryName][?@])}",
        severity=Choice(
            of="{join('.', [audit.domain || remove_prefix(header('x-nexus-webhook-id'), 'rm:repository:'), audit.type || action][?@])}",
            words={
                'WARNING': (
                    'security.anonymous.*', 'security.role.*', 'security.privilege.*', 'security.user-role-mapping.*',
                    'security.user.created',
                ),
                'NOTICE': ('security.*', '*.deleted', '*.DELETED', '*.PURGED',),
            },
        ),
        kind=Choice(
            of="{join('.', [audit.domain || remove_prefix(header('x-nexus-webhook-id'), 'rm:repository:'), audit.type || action][?@])}",
            words={
                'account.create': ('security.user.created',),
                'account.delete': ('security.user.deleted',),
                'account.change': ('security.user.updated',),
                'authentication.start': ('security.user.authentication',),
                'permission.change': ('security.user-role-mapping.*', 'security.role.*', 'security.privilege.*',),
                'configuration.change': ('security.*',),
                'data.create': ('*.CREATED',),
                'data.delete': ('*.DELETED', '*.PURGED',),
                'data.change': ('*.UPDATED',),
                'configuration.create': ('*.created',),
                'configuration.delete': ('*.deleted',),
                'other': ('*',),
            },
        ),
        outcome=Choice(of='{audit.domain}.{audit.type}', words={'failure': ('security.user.authentication',)}),
        reason="{join(' ', audit.attributes.failureReasons)}",
        user='{audit.attributes.userId || initiator}',
        source_ip='{audit.attributes.remoteIp}',
        user_agent='{audit.attributes.userAgent}',
        target_user="{starts_with(audit.domain || '', 'security.user') && audit.context || ''}",
        target="{audit.context || component && join(':', [component.group, component.name, component.version][?@]) || asset.name}",
        extra={
            'webhook': "{header('x-nexus-webhook-id')}",
            'repository': '{repositoryName}',
            'format': '{component.format || asset.format}',
            'node': '{nodeId}',
            'roles': '{audit.attributes.roles}',
            'path': '{audit.attributes.path}',
        },
    ),
    vendor=Vendor(docs='https://help.sonatype.com/en/webhooks.html', retries='none', secret='chosen'),
)

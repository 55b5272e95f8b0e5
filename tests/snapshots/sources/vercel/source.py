"""The definition of vercel, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='vercel',
    description='Vercel deployments, projects, domains, integrations and the firewall',
    webhook=Webhook(
        auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('x-vercel-signature',)), algorithm='sha1')),
    ),
    events=Events(require=('type', 'payload',), type='type', time='createdAt', time_format='unix_ms'),
    facts=Facts(
        summary="vercel: {join(' by ', [type, payload.user.id][?@])}: {join(', ', [\n  payload.deployment.name || payload.project.name || payload.domain.name\n    || payload.configuration && join(' ', ['configuration', payload.configuration.id]) || payload.project.id,\n  payload.target,\n  payload.configuration.scopes && join(' ', payload.configuration.scopes),\n  payload.projects.added[0] && join(' ', ['added', join(' ', payload.projects.added)]),\n  payload.deployment.url][?@])}",
        severity=Choice(
            of='{type}',
            words={
                'ERROR': ('firewall.attack',),
                'WARNING': (
                    'project.removed', 'project.env-variable.*', 'integration-configuration.permission-upgraded',
                    'integration-configuration.scope-change-confirmed', 'integration-configuration.transferred',
                    'firewall.*', 'deployment.blocked', 'project.domain.moved', 'project.domain.deleted',
                ),
                'NOTICE': (
                    'deployment.error', 'deployment.rollback', 'deployment.promoted', 'domain.created',
                    'project.created', 'project.renamed', 'project.domain.*', 'edge-config.*',
                    'integration-configuration.removed', 'alerts.triggered',
                ),
            },
        ),
        kind=Choice(
            of='{type}',
            words={
                'detection.create': ('firewall.*', 'alerts.triggered',),
                'configuration.create': (
                    'project.created', 'domain.created', 'project.domain.created', 'project.env-variable.created',
                    'edge-config.created',
                ),
                'configuration.delete': ('project.removed', 'project.domain.deleted', 'project.env-variable.deleted', 'edge-config.deleted',),
                'configuration.change': ('project.*', 'edge-config.*',),
                'permission.grant': ('integration-configuration.permission-upgraded', 'integration-configuration.scope-change-confirmed',),
                'permission.revoke': ('integration-configuration.removed',),
                'permission.change': ('integration-configuration.transferred',),
                'data.create': ('deployment.created',),
                'data.change': ('deployment.*',),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of='{type}',
            words={
                'success': ('deployment.succeeded',),
                'failure': ('deployment.error', 'deployment.canceled', 'deployment.blocked',),
            },
        ),
        user_id='{payload.user.id}',
        target='{payload.deployment.name || payload.project.name || payload.domain.name || payload.configuration.id}',
        role="{payload.configuration.scopes && join(' ', payload.configuration.scopes) || ''}",
        organization='{payload.team.id}',
        url='{payload.links.deployment}',
        extra={
            'deployment': '{payload.deployment.id}',
            'target_environment': '{payload.target}',
            'project': '{payload.project.id}',
            'delivery': '{id}',
            'commit': '{payload.deployment.meta.githubCommitSha}',
            'author': '{payload.deployment.meta.githubCommitAuthorLogin}',
            'region': '{region}',
        },
    ),
    vendor=Vendor(docs='https://vercel.com/docs/webhooks', secret='issued'),
)

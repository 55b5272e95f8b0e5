"""The definition of buildkite, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='buildkite',
    description='Buildkite builds, unblocked jobs, agents, and agents that were blocked',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('X-Buildkite-Signature',), prefix='signature=', split=','),
                timestamp=Timestamp(header='X-Buildkite-Signature', prefix='timestamp=', split=','),
                signed='{timestamp}.{body}',
            ),
        ),
    ),
    events=Events(
        mask=('build.env',),
        require=('event',),
        type='event',
        time="[starts_with(event, 'job.')\n    && job.[finished_at, promised_exit_status_at, unblocked_at, started_at, scheduled_at, created_at],\n  starts_with(event, 'build.') && build.[finished_at, started_at, scheduled_at, created_at],\n  event != 'agent.blocked' && agent.[lost_at, stopped_at, disconnected_at, connected_at]][?@][] | [?@] | [0]",
        time_optional=True,
    ),
    facts=Facts(
        summary="buildkite: {join(': ', [join(' ', [\n  event,\n  [job.unblocked_by.[email, name][], job.retry_source.retried_by.[email, name][], build.creator.[email, name][]][]\n    | [?@] | [0] | @ && join(' ', ['by', @]),\n  [join('/', [pipeline.slug, build.number && to_string(build.number)][?@]), agent.name, cluster_token.description,\n    service.provider] | [?@] | [0] | @ && join('', ['on ', @]),\n  build.branch && join(' ', ['branch', build.branch]),\n  job && join(' ', ['job', job.name || job.label || job.type]),\n  (starts_with(event, 'job.') && job.state || build.blocked && 'blocked' || build.state)\n    | @ && join('', ['(', @, ')']),\n  (blocked_ip || agent.ip_address) | @ && join(' ', ['from', @])\n][?@]), promised_exit_status_reason || build.cancel_reason][?@])}",
        severity=Choice(
            of="{join(' ', [event, starts_with(event, 'job.') && job.state || build.state || '-', job.soft_failed && 'soft' || '-'])}",
            words={
                'WARNING': ('cluster_token.registration_blocked *', 'agent.blocked *',),
                'NOTICE': (
                    'job.activated *', 'ping *', 'agent.lost *', 'build.failing *', 'build.finished failed *',
                    'job.finished failed -',
                ),
            },
        ),
        kind=Choice(
            of='{event}',
            words={
                'detection.create': ('cluster_token.registration_blocked', 'agent.blocked',),
                'configuration.change': ('ping',),
                'permission.grant': ('job.activated',),
                'authentication.start': ('agent.connected',),
                'authentication.end': ('agent.disconnected', 'agent.stopped', 'agent.lost',),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of="{join(' ', [event, starts_with(event, 'job.') && job.state || build.state || '-'])}",
            words={
                'success': ('*.finished passed',),
                'failure': ('*.finished failed', 'build.failing *', 'cluster_token.registration_blocked *', 'agent.blocked *',),
            },
        ),
        reason='{build.cancel_reason || promised_exit_status_reason}',
        user='{[job.unblocked_by.[email, name][], job.retry_source.retried_by.[email, name][], build.creator.[email, name][]][]\n  | [?@] | [0]}',
        user_id='{job.unblocked_by.id || build.creator.id}',
        source_ip='{blocked_ip || agent.ip_address}',
        user_agent='{agent.user_agent}',
        target="{[join('/', [pipeline.slug, build.number && to_string(build.number)][?@]), agent.name, cluster_token.description]\n  | [?@] | [0]}",
        organization='{organization.slug}',
        session='{job.id || build.id || agent.id}',
        url='{job.web_url || build.web_url || agent.web_url}',
        extra={
            'branch': '{build.branch}',
            'commit': '{build.commit}',
            'repository': '{pipeline.repository}',
            'state': "{[starts_with(event, 'job.') && job.state, build.state, agent.connection_state] | [?@] | [0]}",
            'source': '{build.source}',
            'allowed': '{cluster_token.allowed_ip_addresses}',
            'webhook_creator': '{sender.name}',
            'host': '{agent.hostname}',
        },
    ),
    vendor=Vendor(docs='https://buildkite.com/docs/apis/webhooks/pipelines', secret='issued'),
)

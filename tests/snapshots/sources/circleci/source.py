"""The definition of circleci, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='circleci',
    description='CircleCI workflows and jobs that ended',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(signature=Signature(header=('circleci-signature',), prefix='v1=', split=',')),
        ),
    ),
    events=Events(require=('id', 'type',), id='id', type='type', time='happened_at', time_optional=True),
    facts=Facts(
        summary="circleci: {join(' ', [\n  join(': ', [\n    join(' ', [type, [job.status, workflow.status][?@] | [0]][?@]),\n    join(', ', [\n      join('/', [workflow.name, job.name][?@]),\n      [pipeline.vcs.commit.subject, pipeline.trigger_parameters.gitlab.commit_title][?@] | [0]\n    ][?@ && @ != ''])\n  ][?@ && @ != '']),\n  project.name && join(' ', ['in', project.name]),\n  [pipeline.vcs.branch, pipeline.vcs.tag, pipeline.trigger_parameters.git.branch, pipeline.trigger_parameters.git.tag\n    ][?@ && @ != ''] | [0] | @ && join(' ', ['on', @]),\n  [pipeline.vcs.commit.author.email, pipeline.trigger_parameters.gitlab.commit_author_email,\n    pipeline.trigger_parameters.gitlab.user_username][?@ && @ != ''] | [0] | @ && join(' ', ['by', @])\n][?@])}",
        severity=Choice(
            of="{[job.status, workflow.status][?@] | [0] || '-'}",
            words={'WARNING': ('unauthorized',), 'NOTICE': ('failed', 'error', 'canceled',), 'INFO': ('*',)},
        ),
        kind=Choice(of='other', words={'other': ('*',)}),
        outcome=Choice(
            of='{[job.status, workflow.status][?@] | [0]}',
            words={'success': ('success',), 'failure': ('failed', 'error', 'canceled', 'unauthorized',)},
        ),
        reason='{[job.status, workflow.status][?@] | [0]}',
        user="{[pipeline.vcs.commit.author.email, pipeline.trigger_parameters.gitlab.commit_author_email,\n  pipeline.trigger_parameters.gitlab.user_username][?@ && @ != ''] | [0]}",
        user_id='{pipeline.trigger_parameters.circleci.actor_id}',
        target='{project.slug || project.name}',
        organization='{organization.name}',
        session='{pipeline.id}',
        url='{workflow.url}',
        extra={
            'workflow': '{workflow.name}',
            'job': '{job.name}',
            'branch': "{[pipeline.vcs.branch, pipeline.vcs.tag, pipeline.trigger_parameters.git.branch,\n  pipeline.trigger_parameters.git.tag][?@ && @ != ''] | [0]}",
            'commit': '{pipeline.vcs.revision || pipeline.trigger_parameters.git.checkout_sha}',
            'repository': '{pipeline.vcs.origin_repository_url || pipeline.trigger_parameters.gitlab.web_url}',
            'trigger': '{pipeline.trigger.type}',
        },
    ),
    vendor=Vendor(
        docs='https://circleci.com/docs/guides/integration/outbound-webhooks/',
        deadline=10,
        retries='at a later time, after anything but a 2xx and after a timeout; how often is not published',
        secret='chosen',
    ),
)

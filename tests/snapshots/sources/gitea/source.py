"""The definition of gitea, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='gitea',
    description='Gitea pushes, branches, repositories, releases, packages, issues and pull requests',
    webhook=Webhook(auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('X-Gitea-Signature',))))),
    events=Events(
        require=("header('x-gitea-event-type')", 'sender.login',),
        id="header('x-gitea-delivery')",
        type="join('.', [header('x-gitea-event-type'), action][?type(@) == 'string'])",
    ),
    facts=Facts(
        summary="gitea: {join('.', [header('x-gitea-event-type'), action][?type(@) == 'string'])} by {sender.login}: {join(' in ', [\n  join(' ', [pull_request.title || issue.title || release.name || release.tag_name || package.name || page\n    || forkee.full_name\n    || ref && join(' ', [ref_type, remove_prefix(remove_prefix(ref, 'refs/heads/'), 'refs/tags/')][?@]),\n    package.version][?@]),\n  repository.full_name][?@])}",
        severity=Choice(
            of="{join('.', [header('x-gitea-event-type'), action][?type(@) == 'string'])}",
            words={
                'WARNING': ('repository.deleted',),
                'NOTICE': ('delete', 'package.deleted', 'release.deleted', 'repository.created', 'fork',),
            },
        ),
        kind=Choice(
            of="{join('.', [header('x-gitea-event-type'), action][?type(@) == 'string'])}",
            words={
                'data.create': ('create', 'fork', '*.created', '*.opened', 'release.published',),
                'data.delete': ('delete', '*.deleted',),
                'data.change': ('push', 'issue*', 'pull_request*', 'release.*', 'wiki.*',),
                'other': ('*',),
            },
        ),
        user='{sender.login}',
        user_id='{sender.id}',
        target_user='{requested_reviewer.login}',
        target="{pull_request.title || issue.title || release.name || release.tag_name || package.name || page || forkee.full_name || remove_prefix(remove_prefix(ref, 'refs/heads/'), 'refs/tags/') || repository.full_name}",
        organization='{organization.login || repository.owner.login}',
        url='{pull_request.html_url || issue.html_url || release.html_url || package.html_url || forkee.html_url || compare_url || repository.html_url}',
        extra={
            'repository': '{repository.full_name}',
            'private': '{repository.private}',
            'ref': '{ref}',
            'commit': '{after || sha}',
            'package_type': '{package.type}',
        },
    ),
    vendor=Vendor(
        docs='https://docs.gitea.com/usage/repository/webhooks',
        deadline=5,
        retries="none; a delivery can be sent again by hand, from the webhook's page",
        secret='chosen',
    ),
)

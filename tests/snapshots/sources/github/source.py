"""The definition of github, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Events, Facts, Reply, Source, Vendor, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='github',
    description='GitHub organization and repository events',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(signature=Signature(header=('X-Hub-Signature-256',), prefix='sha256=')),
        ),
        challenges=(Challenge(when="header('x-github-event') == 'ping'", reply=Reply(text='pong')),),
    ),
    events=Events(
        format=('json', 'form'),
        payload='payload',
        require=("header('x-github-event')",),
        id="header('x-github-delivery')",
        type="join('.', [header('x-github-event'), action][?type(@) == 'string'])",
    ),
    facts=Facts(
        summary="github: {join('.', [header('x-github-event'), action][?type(@) == 'string'])} by {sender.login}: {member.login || membership.user.login || alert.secret_type_display_name || alert.security_advisory.summary || rule.name || key.title || ref || hook.config.url || repository.visibility} in {repository.full_name || organization.login}",
        severity="{alert.security_advisory.severity == 'critical' && action == 'created' && 'CRITICAL' || contains([ 'branch_protection_configuration.disabled', 'branch_protection_rule.deleted', 'branch_protection_rule.edited', 'code_scanning_alert.created', 'dependabot_alert.created', 'deploy_key.created', 'meta.deleted', 'public', 'repository.deleted', 'repository.publicized', 'repository.transferred', 'repository_ruleset.deleted', 'repository_ruleset.edited', 'secret_scanning_alert.created', 'secret_scanning_alert.publicly_leaked'], join('.', [header('x-github-event'), action][?type(@) == 'string'])) && 'WARNING' || (changes.role_name.to || membership.role) == 'admin' && 'WARNING' || (forced || deleted) && ref == join('/', ['refs/heads', repository.default_branch][?type(@) == 'string']) && 'WARNING' || 'INFO'}",
        extra={'github_event': "{header('x-github-event')}"},
    ),
    vendor=Vendor(
        docs='https://docs.github.com/en/webhooks',
        deadline=10,
        retries='none; a failed delivery can be redelivered by hand or by the REST API for 3 days',
    ),
)

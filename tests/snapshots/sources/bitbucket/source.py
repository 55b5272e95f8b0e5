"""The definition of bitbucket, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='bitbucket',
    description='Bitbucket Cloud and Data Center repository and pull request events',
    webhook=Webhook(
        auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('X-Hub-Signature',), prefix='sha256='))),
        challenges=(Challenge(when="header('x-event-key') == 'diagnostics:ping'", reply=Reply(), unauthenticated=True),),
    ),
    events=Events(
        require=("eventKey || header('x-event-key')",),
        id="header('x-request-uuid') || header('x-request-id')",
        type="eventKey || header('x-event-key')",
    ),
    facts=Facts(
        summary="bitbucket: {join(' by ', [\n  eventKey || header('x-event-key'),\n  actor.nickname || actor.name || actor.username || actor.display_name || actor.displayName || mirrorServer.name\n][?@])}: {join(' in ', [\n  join(', ', push.changes[].join(' ', [(new || old).type, (new || old).name, closed && 'deleted'\n    || created && 'created' || forced && 'forced'][?@]) || `[]`)\n  || join(', ', changes[].join(' ', [ref.type == 'TAG' && 'tag' || 'branch', ref.displayId || refId,\n    type == 'DELETE' && 'deleted' || type == 'ADD' && 'created'][?@]) || `[]`)\n  || join(', ', secretLocations[].join(' in ', [ruleName, path][?@]) || `[]`)\n  || commit_status && join(' ', [commit_status.name || commit_status.key, commit_status.state][?@])\n  || (pullrequest || pullRequest || issue).title\n  || comment && join(' ', ['commit', commit.hash || commit][?type(@) == 'string'])\n  || fork.full_name && join(' ', ['fork', fork.full_name])\n  || repository.origin && join(' ', ['fork', join('/', repository.[project.key, slug][?@])])\n  || changes.name && join(' renamed to ', [changes.name.old, changes.name.new][?@])\n  || changes && join(', ', keys(changes))\n  || new && [new.name] != [old.name] && join(' renamed to ', [old.name, new.name][?@])\n  || new.project && [new.project.key] != [old.project.key] && join(' ', ['moved from', old.project.key][?@])\n  || new.public && !(old.public) && 'made public',\n  repository.full_name\n  || join('/', (repository.origin || repository || pullRequest.toRef.repository || secretLocations[0].repository\n       || new || `{}`).[project.key, slug][?@])\n  || join(' ', (new || project || `{}`).[key && 'project', name || key][?@])\n][?@])}",
        severity=Choice(
            of="{secretLocations && 'ERROR' || (contains(['repo:deleted', 'repo:fork', 'repo:forked', 'repo:transfer'], eventKey || header('x-event-key'))\n    || push.changes[?forced || closed] || !mirrorServer && changes[?type == 'DELETE']\n    || new.public && !(old.public) || changes.is_private && !(changes.is_private.new)\n    || new.project && [new.project.key] != [old.project.key]) && 'WARNING'\n|| (contains(['pr:deleted', 'repo:imported'], eventKey || header('x-event-key'))\n    || commit_status.state == 'FAILED') && 'NOTICE'\n|| 'INFO'}",
            words={},
        ),
        kind=Choice(
            of="{join(' ', [eventKey || header('x-event-key'),\n  (push.changes[?closed] || changes[?type == 'DELETE']) && 'deleted'][?@])}",
            words={
                'detection.create': ('repo:secret_detected',),
                'configuration.change': ('repo:updated', 'repo:modified', 'repo:transfer', 'proj*',),
                'other': ('repo:commit_status_*', 'pipeline:*', 'mirror:*',),
                'data.create': ('*created', '*added', '*:opened', 'repo:fork', 'repo:forked', 'repo:imported',),
                'data.delete': ('*deleted',),
                'data.change': ('*',),
            },
        ),
        outcome=Choice(of='{commit_status.state}', words={'success': ('SUCCESSFUL',), 'failure': ('FAILED', 'STOPPED',)}),
        user='{actor.emailAddress || actor.name || actor.nickname || actor.username || actor.display_name}',
        user_id='{actor.account_id || actor.uuid || actor.id}',
        target="{(pullrequest || pullRequest || issue).title || repository.full_name || join('/', (repository.origin || repository || secretLocations[0].repository || new || `{}`)\n   .[project.key, slug][?@])\n|| (new || project).name || ''}",
        organization='{repository.workspace.slug}',
        url='{pullrequest.links.html.href || issue.links.html.href || fork.links.html.href || repository.links.html.href || pullRequest.links.self[0].href || repository.links.self[0].href || new.links.self[0].href}',
        extra={
            'repository': "{repository.full_name || join('/', (repository || pullRequest.toRef.repository || secretLocations[0].repository || new || `{}`).[project.key, slug][?@])}",
            'ref': "{(push.changes[0].new || push.changes[0].old).name || changes[0].ref.displayId || ''}",
            'secret_rule': '{secretLocations[0].ruleName}',
            'secret_path': '{secretLocations[0].path}',
        },
    ),
    vendor=Vendor(
        docs='https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/',
        deadline=10,
        retries='Cloud: 2 times after a 5xx, at once; not after a 4xx',
        secret='chosen',
    ),
)

"""The definition of jira, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='jira',
    description='Jira Cloud user, project and issue events',
    webhook=Webhook(
        auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('X-Hub-Signature',), prefix='sha256='))),
    ),
    events=Events(
        require=('webhookEvent', 'timestamp',),
        id="header('x-atlassian-webhook-identifier')",
        type='webhookEvent',
        time='timestamp',
        time_format='unix_ms',
    ),
    facts=Facts(
        summary="jira: {join(': ', [join(' by ', [\n  webhookEvent,\n  ((issue || comment) && user\n    || !ends_with(webhookEvent, '_deleted') && ((comment || worklog || attachment).updateAuthor\n    || (comment || worklog || attachment).author) || `{}`).displayName\n][?@]), join(' on ', [\n  join(' by ', [attachment.filename || worklog.timeSpent || webhookEvent == 'comment_deleted' && 'comment',\n    ends_with(webhookEvent, '_deleted') && (comment || worklog || attachment).author.displayName][?@])\n  || changelog.items && join(', ', changelog.items[].field)\n  || issueLink && join(' ', ['link', issueLink.issueLinkType.name, 'from issue',\n       to_string(issueLink.sourceIssueId), 'to issue', to_string(issueLink.destinationIssueId)][?@])\n  || property.key,\n  issue && join(' ', [issue.key, issue.fields.summary][?@])\n  || project && join(' ', ['project', project.key, project.name][?@])\n  || version && join(' merged into ', [join(' ', ['version', version.name][?@]), mergedTo.name][?@])\n  || sprint && join(' ', ['sprint', sprint.name][?@])\n  || (board || configuration) && join(' ', ['board', (board || configuration).name][?@])\n  || filter && join(' ', ['filter', filter.name][?@])\n  || (issueType || issuetype) && join(' ', ['issue type', (issueType || issuetype).name][?@])\n  || !comment && user && join(' ', ['user', user.displayName || user.name || user.accountId, user.emailAddress][?@])\n  || worklog.issueId && join(' ', ['issue', to_string(worklog.issueId)])\n  || webhookEvent != 'comment_deleted' && comment.id && join(' ', ['comment', comment.id])\n][?@])][?@])}",
        severity=Choice(
            of="{(contains(['project_deleted', 'project_soft_deleted'], webhookEvent) || changelog.items[?field == 'security'])\n  && 'WARNING'\n|| (contains(['jira:issue_deleted', 'project_archived', 'user_deleted'], webhookEvent)\n    || starts_with(webhookEvent, 'option_') || webhookEvent == 'user_updated' && user.active == `false`) && 'NOTICE'\n|| 'INFO'}",
            words={},
        ),
        kind=Choice(
            of="{webhookEvent == 'user_updated' && user.active == `false` && 'user_deactivated' || webhookEvent}",
            words={
                'account.create': ('user_created',),
                'account.delete': ('user_deleted',),
                'account.disable': ('user_deactivated',),
                'account.change': ('user_updated',),
                'configuration.create': ('issuetype_created',),
                'configuration.delete': ('issuetype_deleted',),
                'configuration.change': (
                    'option_*', 'issuetype_updated', 'board_configuration_changed', 'project_updated',
                    'project_archived', 'project_restored_archived',
                ),
                'data.create': ('*_created', 'project_restored_deleted',),
                'data.delete': ('*_deleted',),
                'other': ('app_access_*', 'jira_expression_evaluation_failed',),
                'data.change': ('*',),
            },
        ),
        user="{(((issue || comment) && user\n  || !ends_with(webhookEvent, '_deleted') && ((comment || worklog || attachment).updateAuthor\n  || (comment || worklog || attachment).author) || `{}`).[emailAddress, name, displayName][?@]) | [0]}",
        user_id="{((issue || comment) && user\n  || !ends_with(webhookEvent, '_deleted') && ((comment || worklog || attachment).updateAuthor\n  || (comment || worklog || attachment).author) || `{}`).accountId}",
        target_user="{!(issue || comment) && (user.emailAddress || user.name || user.displayName || user.accountId) || ''}",
        target='{issue.key || project.key || version.name || sprint.name || (board || configuration).name || filter.name || (issueType || issuetype).name || attachment.filename || property.key || worklog.issueId}',
        extra={
            'changed': "{changelog.items && join(', ', changelog.items[].field)}",
            'security_level': "{changelog.items[?field == 'security'].toString | [0]}",
            'issue_event': '{issue_event_type_name}',
            'project': '{issue.fields.project.key || project.key}',
            'title': '{issue.fields.summary || project.name}',
            'author': '{(comment || worklog || attachment).author.displayName}',
        },
    ),
    vendor=Vendor(
        docs='https://developer.atlassian.com/cloud/jira/platform/webhooks/',
        retries='5 times, 5 to 15 minutes apart, after 408, 409, 425, 429, 5xx or a timeout; not after another 4xx',
        secret='chosen',
    ),
)

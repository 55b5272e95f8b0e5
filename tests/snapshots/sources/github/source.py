"""The definition of github, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='github',
    description='GitHub organization and repository events',
    webhook=Webhook(
        auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('X-Hub-Signature-256',), prefix='sha256='))),
        challenges=(Challenge(when="header('x-github-event') == 'ping'", reply=Reply(text='pong')),),
    ),
    events=Events(
        format=('json', 'form',),
        payload='payload',
        require=("header('x-github-event')",),
        id="header('x-github-delivery')",
        type="join('.', [header('x-github-event'), action][?type(@) == 'string'])",
    ),
    facts=Facts(
        summary='github: {join(\' by \', [join(\'.\', [header(\'x-github-event\'), action][?type(@) == \'string\']), sender.login][?@])}: { { what: [\n  [pull_request, issue, discussion, sub_issue, blocked_issue][].title,\n  [member, blocked_user, user, invitation][].[login, email][],\n  starts_with(action || \'\', \'member_\') && membership.user.login,\n  alert.[secret_type_display_name, secret_type, rule.description, rule.id, security_advisory.summary,\n    affected_package_name],\n  [repository_advisory, security_advisory][].summary,\n  personal_access_token_request.token_name,\n  exemption_request.[metadata.alert_title, metadata.label, exemption_request_data.data[0].ruleset_name,\n    request_type],\n  [key, milestone, projects_v2][].title,\n  [rule, repository_ruleset, team, label, project, project_column, package, registry_package, workflow_job][].name,\n  hook.config.url, definition.property_name, join(\', \', [new_property_values][][].property_name),\n  join(\', \', [repositories_added, repositories_removed][][].full_name), account.login, forkee.full_name,\n  environment, [deployment, workflow_job_run, [workflow_job_runs][][] | [0]][].environment,\n  release.[name, tag_name], [check_run, check_suite.app, workflow_run, workflow][].name, workflow,\n  context, remove_prefix(merge_group.base_ref, \'refs/heads/\'), join(\', \', [pages][][].title), projects_v2_item.content_type, project_card.note,\n  [marketplace_purchase.account, sponsorship.sponsorable][].login, content_reference.reference,\n  custom_pattern_name, source,\n  installation.[app_slug, app_id && join(\' \', [\'app\', to_string(app_id)])],\n  comment.[path, commit_id && join(\' \', [\'commit\', commit_id])],\n  ref && join(\' \', [ref_type, remove_prefix(remove_prefix(ref, \'refs/heads/\'), \'refs/tags/\')][?@]),\n  header(\'x-github-event\') == \'enterprise\' && \'all repositories\', !repository && !organization && sender.login\n][] | [?@ && type(@) == \'string\'] | [0], where: [repository.full_name, organization.login, installation.account.login, enterprise.slug] | [?@] | [0], how: [\n  changes.[role_name, permission][].to | [0],\n  changes.[role_name, permission, old_permission][].from | [0] | @ && join(\' \', [\'was\', @]),\n  [membership, invitation][].role,\n  member && team.name && join(\' \', [\'team\', team.name]),\n  team && [repository.permissions.[admin && \'admin\', maintain && \'maintain\', push && \'push\', triage && \'triage\'],\n    team.permission][] | [?@] | [0],\n  key && (key.read_only && \'read only\' || \'write access\'),\n  alert.[push_protection_bypassed && \'push protection bypassed\', publicly_leaked && \'publicly leaked\',\n    security_advisory.severity, rule.security_severity_level || rule.severity, severity,\n    validity != \'unknown\' && validity, resolution, dismissed_reason],\n  [repository_advisory, security_advisory][].severity,\n  location.details.path,\n  [personal_access_token_request.owner.login, exemption_request.requester_login] | [?@] | [0]\n    | @ && join(\' \', [\'of\', @]),\n  [exemption_response, exemption_request][].status | [0],\n  action == \'edited\' && !member && keys(changes || `{}`),\n  action != \'edited\' && repository_ruleset.enforcement,\n  [changes.[login, slug, repository.name][], changes.owner.from.[user, organization][]][][].[from, login][]\n    | [?@] | [0] | @ && join(\' \', [\'from\', @]),\n  changes.from.security_and_analysis && ([changes.from, repository][].security_and_analysis | [\n    [\'advanced_security\', [].advanced_security.status], [\'code_security\', [].code_security.status],\n    [\'dependabot_security_updates\', [].dependabot_security_updates.status],\n    [\'secret_scanning\', [].secret_scanning.status],\n    [\'secret_scanning_push_protection\', [].secret_scanning_push_protection.status]\n  ][?[1] == `["enabled", "disabled"]`].join(\' \', [[0], \'disabled\'])),\n  [review, deployment_status, check_run, check_suite, workflow_job, workflow_run][].[state, conclusion] | [0],\n  [build.status, state, status],\n  forced && \'forced\' || deleted && \'deleted\' || created && \'created\'\n][] | [?@ && type(@) == \'string\'] } | join(\' \', [join(\' in \', [what, where][?@]), how && join(\'\', [\'(\', join(\', \', how), \')\'])][?@]) }',
        severity=Choice(
            of='{alert.secret_type && contains([\'created\', \'publicly_leaked\', \'reopened\', \'validated\'], action) && (\n    (alert.validity == \'active\' || alert.publicly_leaked || action == \'publicly_leaked\') && \'ERROR\'\n    || action != \'validated\' && \'WARNING\')\n|| contains([\'appeared_in_branch\', \'auto_reopened\', \'create\', \'created\', \'reintroduced\', \'reopen\', \'reopened\',\n    \'reopened_by_user\', \'reported\'], action)\n  && ([alert.security_advisory.severity, alert.rule.security_severity_level, alert.rule.severity, alert.severity,\n    repository_advisory.severity] | [?@] | [0] | @ == \'note\' && \'low\' || @)\n|| contains([\n    \'branch_protection_configuration.disabled\', \'branch_protection_rule.deleted\', \'branch_protection_rule.edited\',\n    \'code_scanning_alert.created\', \'dependabot_alert.created\', \'deploy_key.created\',\n    \'enterprise.anonymous_access_enabled\', \'installation.created\', \'installation.new_permissions_accepted\',\n    \'meta.deleted\', \'organization.deleted\', \'personal_access_token_request.approved\',\n    \'personal_access_token_request.created\', \'public\', \'repository.anonymous_access_enabled\', \'repository.deleted\',\n    \'repository.publicized\', \'repository.transferred\', \'repository_ruleset.deleted\', \'repository_ruleset.edited\',\n    \'secret_scanning_alert.created\', \'secret_scanning_alert.publicly_leaked\', \'secret_scanning_alert.reopened\',\n    \'secret_scanning_alert_location.created\'\n  ], join(\'.\', [header(\'x-github-event\'), action][?type(@) == \'string\'])) && \'WARNING\'\n|| exemption_response.status == \'approved\' && action == \'response_submitted\' && \'WARNING\' || exemption_request && contains([\'completed\', \'created\'], action)\n  && (starts_with(header(\'x-github-event\'), \'dismissal_request_\') && \'NOTICE\' || \'WARNING\')\n|| (contains(changes.*.to || `[]`, \'admin\')\n    || membership.role == \'admin\' && starts_with(action || \'\', \'member_\')\n    || invitation.role == \'admin\'\n    || user.site_admin && action == \'created\' && header(\'x-github-event\') == \'user\'\n    || team && (repository.permissions.admin\n        || contains([team.permission, team.parent.permission, repository.role_name], \'admin\'))\n      && !contains([\'deleted\', \'removed\', \'removed_from_repository\'], action)) && \'WARNING\'\n|| changes.from.security_and_analysis && ([changes.from, repository][].security_and_analysis | contains([\n    [].advanced_security.status, [].code_security.status, [].dependabot_security_updates.status,\n    [].secret_scanning.status, [].secret_scanning_push_protection.status\n  ], `["enabled", "disabled"]`)) && \'WARNING\'\n|| (forced || deleted) && ref == join(\'/\', [\'refs/heads\', repository.default_branch][?type(@) == \'string\'])\n  && \'WARNING\'\n|| header(\'x-github-event\') == \'delete\' && ref_type == \'branch\'\n  && ref == join(\'\', [repository.default_branch][?type(@) == \'string\']) && \'WARNING\'\n|| contains([\'error\', \'errored\', \'failure\', \'rejected\', \'startup_failure\', \'timed_out\'], [deployment_status.state,\n    [check_run, check_suite, workflow_job, workflow_run][].conclusion, exemption_response.status, build.status,\n    state, status][] | [?@] | [0])\n  && \'NOTICE\'\n|| contains([\n    \'code_scanning_alert.closed_by_user\', \'dependabot_alert.dismissed\', \'deployment_review.rejected\',\n    \'installation.deleted\', \'installation.suspend\',\n    \'installation.unsuspend\', \'installation_repositories.added\', \'org_block.blocked\', \'org_block.unblocked\',\n    \'organization.renamed\', \'personal_access_token_request.denied\', \'repository.renamed\',\n    \'repository_vulnerability_alert.dismiss\', \'secret_scanning_alert.resolved\', \'team.deleted\', \'user.created\',\n    \'user.deleted\'\n  ], join(\'.\', [header(\'x-github-event\'), action][?type(@) == \'string\'])) && \'NOTICE\'\n|| \'INFO\'}',
            words={},
        ),
        kind=Choice(
            of="{join('.', [header('x-github-event'), action][?type(@) == 'string'])}",
            words={
                'detection.create': (
                    '*_alert.appeared_in_branch', '*_alert.auto_reopened', '*_alert.create', '*_alert.created',
                    '*_alert.publicly_leaked', '*_alert.reintroduced', '*_alert.reopen*', 'repository_advisory.reported',
                ),
                'detection.close': ('*_alert.*dismiss*', '*_alert.closed_by_user', '*_alert.fixed', '*_alert.resolve*',),
                'detection.change': ('*_alert.*', '*_alert_location.*', 'dismissal_request_*', 'repository_advisory.published',),
                'permission.grant': (
                    'bypass_request_*.completed', 'deploy_key.created', 'exemption_request_*.completed',
                    'installation.created', 'installation.new_permissions_accepted', 'installation.unsuspend',
                    'installation_repositories.added', 'member.added', 'membership.added', 'organization.member_added',
                    'organization.member_invited', 'personal_access_token_request.approved', 'team.added_to_repository',
                    'team_add',
                ),
                'permission.revoke': (
                    'deploy_key.deleted', 'github_app_authorization.revoked', 'installation.deleted',
                    'installation.suspend', 'installation_repositories.removed', 'member.removed', 'membership.removed',
                    'organization.member_removed', 'team.removed_from_repository',
                ),
                'permission.change': (
                    'bypass_request_*.response_submitted', 'exemption_request_*.response_submitted', 'member.edited',
                    'team.edited',
                ),
                'account.create': ('user.created',),
                'account.delete': ('user.deleted',),
                'account.lock': ('org_block.blocked',),
                'account.enable': ('org_block.unblocked',),
                'configuration.create': (
                    'branch_protection_rule.created', '*custom_property.created', 'repository_ruleset.created',
                    'team.created',
                ),
                'configuration.delete': (
                    'branch_protection_rule.deleted', '*custom_property.deleted', 'meta.deleted', 'organization.deleted',
                    'repository_ruleset.deleted', 'team.deleted',
                ),
                'configuration.change': (
                    'branch_protection_*', '*custom_property*', 'enterprise.*', 'installation_target.renamed',
                    'organization.renamed', 'public', 'repository.*anonymous_access*', 'repository.archived',
                    'repository.edited', 'repository.privatized', 'repository.publicized', 'repository.renamed',
                    'repository.transferred', 'repository.unarchived', 'repository_ruleset.edited',
                    'security_and_analysis',
                ),
                'data.create': (
                    'commit_comment.created', 'create', 'discussion*.created', 'fork', 'issue_comment.created',
                    'issues.opened', 'label.created', 'milestone.created', 'package.published', 'project*.created',
                    'pull_request.opened', 'pull_request_review*.created', 'pull_request_review.submitted',
                    'registry_package.published', 'release.created', 'release.published', 'repository.created',
                    'repository_import',
                ),
                'data.delete': (
                    'delete', 'discussion*.deleted', 'issue_comment.deleted', 'issues.deleted', 'label.deleted',
                    'milestone.deleted', 'project*.deleted', 'pull_request_review_comment.deleted', 'release.deleted',
                    'release.unpublished', 'repository.deleted',
                ),
                'data.change': (
                    'discussion*', 'gollum', 'issue*', 'label.*', 'milestone.*', 'package.*', 'project*',
                    'pull_request*', 'push', 'registry_package.*', 'release.*', 'sub_issues.*',
                ),
                'other': (
                    'bypass_request_*', 'cache_sync', 'check_*', 'content_reference.*', 'deployment*',
                    'exemption_request_*', 'marketplace_purchase.*', 'merge_group.*', 'page_build',
                    'personal_access_token_request.*', 'repository_dispatch*', 'secret_scanning_scan.*',
                    'security_advisory.*', 'sponsorship.*', 'star.*', 'status', 'watch.*', 'workflow_*',
                ),
            },
        ),
        outcome=Choice(
            of='{[deployment_status.state, [check_run, check_suite, workflow_job, workflow_run][].conclusion, build.status, state,\n  status, exemption_response.status, action][] | [?@] | [0]}',
            words={
                'success': ('approved', 'built', 'success',),
                'failure': ('denied', 'error', 'errored', 'failure', 'rejected', 'startup_failure', 'timed_out',),
            },
        ),
        reason="{[alert.[dismissed_reason, resolution], exemption_response.reviewer_comment, exemption_request.requester_comment,\n  exemption_request.metadata.reason, invitation.failed_reason, deployment_status.description, state && description,\n  action == 'closed' && issue.state_reason, reason, comment][] | [?@ && type(@) == 'string'] | [0]}",
        user='{sender.login}',
        user_id='{sender.id}',
        target_user="{[[member, blocked_user, user, invitation][].[login, email][],\n  starts_with(action || '', 'member_') && membership.user.login, personal_access_token_request.owner.login,\n  exemption_request.requester_login,\n  [assignee, requested_reviewer][].login][] | [?@] | [0]}",
        target="{[\n  [pull_request, issue, discussion, sub_issue, blocked_issue][].title,\n  alert.[secret_type_display_name, secret_type, rule.description, rule.id, security_advisory.summary,\n    affected_package_name],\n  [repository_advisory, security_advisory][].summary,\n  personal_access_token_request.token_name, exemption_request.metadata.[alert_title, label],\n  exemption_request.exemption_request_data.data[0].[ruleset_name, secret_type],\n  [key, milestone, projects_v2][].title,\n  [rule, repository_ruleset, team, label, project, project_column, package, registry_package, workflow_job][].name,\n  hook.config.url, definition.property_name, join(', ', [new_property_values][][].property_name),\n  join(', ', [repositories_added, repositories_removed][][].full_name), account.login, forkee.full_name,\n  environment, [deployment, workflow_job_run, [workflow_job_runs][][] | [0]][].environment,\n  release.[name, tag_name], [check_run, check_suite.app, workflow_run, workflow][].name, workflow,\n  context, remove_prefix(merge_group.base_ref, 'refs/heads/'), join(', ', [pages][][].title),\n  installation.[app_slug, app_id && join(' ', ['app', to_string(app_id)])], comment.path,\n  remove_prefix(remove_prefix(ref, 'refs/heads/'), 'refs/tags/'), repository.full_name,\n  organization.login, enterprise.slug\n][] | [?@ && type(@) == 'string'] | [0]}",
        role="{[changes.[role_name, permission][].to, [membership, invitation][].role,\n  team && [repository.permissions.[admin && 'admin', maintain && 'maintain', push && 'push', triage && 'triage'],\n    team.permission][] | [?@] | [0], key && (key.read_only && 'read' || 'write')][] | [?@] | [0]}",
        organization='{[organization.login, installation.account.login, repository.owner.login, enterprise.slug] | [?@] | [0]}',
        url="{[[alert, comment, review, pull_request, issue, answer, discussion, sub_issue, blocked_issue, exemption_request,\n  repository_advisory, release, check_run, workflow_job, workflow_run, forkee, milestone, package, registry_package,\n  commit, team, installation][].html_url, repository_ruleset._links.html.href, compare, [pages][][].html_url,\n  repository.html_url][] | [?@ && type(@) == 'string'] | [0]}",
        extra={
            'github_event': "{header('x-github-event')}",
            'repository': '{repository.full_name}',
            'team': '{[team, requested_team][].name | [0]}',
            'old_role': '{changes.[role_name, permission, old_permission][].from | [0]}',
            'bypassed_by': '{alert.push_protection_bypassed_by.login}',
            'app': '{installation.app_slug}',
            'ref': '{[ref, workflow_run.head_branch, check_suite.head_branch, pull_request.base.ref] | [?@] | [0]}',
            'alert_severity': '{alert.[security_advisory.severity, rule.security_severity_level, rule.severity, severity] | [?@] | [0]}',
        },
    ),
    vendor=Vendor(
        docs='https://docs.github.com/en/webhooks',
        deadline=10,
        retries='none; a failed delivery can be redelivered by hand or by the REST API for 3 days',
        secret='chosen',
    ),
)

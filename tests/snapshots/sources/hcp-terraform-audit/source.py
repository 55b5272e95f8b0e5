"""The definition of hcp-terraform-audit, as the generator validated it."""

from lambdas.credentials import bearer
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import page
from lambdas.runtime.parameters import read_parameters

PARAMETERS = read_parameters({'TerraformHost': 'app\\.(eu\\.)?terraform\\.io'})
SOURCE = Source(
    name='hcp-terraform-audit',
    description='Audit trail of an HCP Terraform organization',
    pull=Pull(
        url='https://' + PARAMETERS['TerraformHost'] + '/api/v2',
        credentials=Credentials(type=bearer, settings=bearer.Settings()),
        every=300,
        rate=Rate(requests=30, per=60),
        streams={
            'trail': Stream(
                paging=Paging(style=page, settings=page.Settings(while_='pagination.next_page')),
                resume='time',
                get='/organization/audit-trail',
                query={'since': '{from}', 'page[number]': '{page}', 'page[size]': '1000'},
                window=Window(overlap=1800, retention=1209600, again=86400, format='%Y-%m-%dT%H:%M:%S.000Z'),
                events=Events(
                    split='data',
                    require=('resource.type', 'resource.action',),
                    id='id',
                    type="join('.', [resource.type, resource.action])",
                    time='timestamp',
                ),
            ),
        },
        errors=(
            ErrorRule(
                do='stop',
                status=401,
                say='HCP Terraform does not know the token: it is wrong, was replaced, or has ended',
            ),
            ErrorRule(
                do='stop',
                status=403,
                say='HCP Terraform refuses: the token must be an audit trail token; the edition must be Standard or Premium',
            ),
            ErrorRule(
                do='stop',
                status=404,
                say='HCP Terraform finds no audit trail for this token: it must be an audit trail token of the organization, not that of a user or a team, and the edition must be Standard or Premium',
            ),
        ),
    ),
    events=Events(
        split='data',
        require=('resource.type', 'resource.action',),
        id='id',
        type="join('.', [resource.type, resource.action])",
        time='timestamp',
    ),
    facts=Facts(
        summary="terraform: {join(': ', [\n  join(' by ', [\n    join('.', [resource.type, resource.action]),\n    auth.description || auth.accessor_id || auth.type\n  ][?@]),\n  join(' ', [\n    join(' ', [resource.meta.user || resource.meta.team || resource.meta.task_name, resource.id][?@]),\n    join(', ', [\n      resource.meta.permissions,\n      resource.meta.workspace.name || resource.meta.workspace,\n      resource.meta.total_failed && join(' ', [to_string(resource.meta.total_failed), 'failed']),\n      type(resource.meta.task_enabled) == 'boolean' && (resource.meta.task_enabled && 'enabled' || 'disabled'),\n      resource.meta.task_url, resource.meta.comment,\n      resource.meta.version && join(' ', ['version', to_string(resource.meta.version)]),\n      resource.meta.task_result_status, resource.meta.stack, resource.meta.deployment,\n      auth.impersonator_id && join(' ', ['impersonated by', auth.impersonator_id])\n    ][?@ && type(@) == 'string']) | @ && join('', ['(', @, ')'])\n  ][?@])\n][?@])}",
        severity=Choice(
            of="{auth.type == 'Impersonated' && 'impersonated' || join('.', [resource.type, resource.action])}",
            words={
                'WARNING': (
                    'impersonated', 'authentication_token.create', 'organization_user.create',
                    'organization_user.update', 'team.add_member', '*.add_team', '*.update_team_permissions',
                    'organization.*', 'saml_configuration.*', 'oauth_client.*', 'oauth_token.update', 'ssh_key.create',
                    'ssh_key.update', '*.override', '*.overridden', 'policy.*', 'policy_set.destroy', 'policy_config.*',
                    'run.force_execute', 'task.create', 'task.update', 'task.destroy', 'workspace_task.update',
                    'workspace_task.destroy', '*.permanently_delete_backing_data', 'data_retention_policy.*',
                    'agent.destroy', 'stack.force_delete', 'project.destroy', 'workspace.destroy',
                ),
                'NOTICE': (
                    'authentication_token.*', 'organization_user.*', 'team.*', '*.remove_team', 'oauth_*', 'ssh_key.*',
                    'state_version.*', '*.hard_failed', '*.soft_failed', '*.fail', '*.errored', '*.error', 'var.create',
                    'var.update', 'var.destroy', 'run.apply', 'run.force_cancel', '*.destroy*', '*.delete*',
                    '*.download*', 'notification_configuration.*', 'vcs_repo.create', 'registry_*.create', 'project.*',
                    'workspace_task.*',
                ),
            },
        ),
        kind=Choice(
            of="{join('.', [resource.type, resource.action])}",
            words={
                'permission.grant': (
                    'authentication_token.create', 'organization_user.create', 'team.add_member', '*.add_team',
                    'oauth_client.create', 'ssh_key.create',
                ),
                'permission.revoke': (
                    'authentication_token.destroy', 'organization_user.destroy', 'team.remove_member', '*.remove_team',
                    'oauth_client.destroy', 'oauth_token.destroy', 'ssh_key.destroy',
                ),
                'permission.change': ('*.update_team_permissions', 'organization_user.update',),
                'detection.create': ('*.hard_failed', '*.soft_failed', 'policy_evaluation.fail',),
                'data.delete': ('state_version.soft_delete_backing_data', 'state_version.permanently_delete_backing_data',),
                'data.create': ('state_version.create',),
                'data.read': (
                    'state_version.index', 'state_version.show', 'configuration_version.*', '*.download*',
                    'stack.latest_output_summary',
                ),
                'configuration.read': ('*.index', '*.show',),
                'configuration.create': ('*.create', '*.create_destroy_plan',),
                'configuration.delete': ('*.destroy', '*.destroy_version', '*.delete', '*.delete_deployment', '*.force_delete',),
                'configuration.change': (
                    '*.update*', '*.enable', '*.disable', '*.override', '*.overridden', '*.apply', '*.force_execute',
                    '*.set_agent_pool', '*.restore_backing_data', '*.approve', '*.advance',
                ),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of="{join('.', [resource.type, resource.action])}",
            words={
                'success': ('policy_check.passed', 'policy_evaluation.pass',),
                'failure': ('*.hard_failed', '*.soft_failed', '*.errored', '*.fail', '*.error',),
            },
        ),
        user='{auth.description}',
        user_id='{auth.accessor_id}',
        target_user='{resource.meta.user || resource.meta.team}',
        target='{resource.id}',
        role='{resource.meta.permissions}',
        organization='{auth.organization_id}',
        session='{request.id}',
        extra={
            'actor_type': '{auth.type}',
            'impersonator': '{auth.impersonator_id}',
            'resource_type': '{resource.type}',
            'workspace': '{resource.meta.workspace.name || resource.meta.workspace_id || resource.meta.workspace}',
            'run': '{resource.meta.run.id || resource.meta.run_id}',
        },
    ),
    vendor=Vendor(
        docs='https://developer.hashicorp.com/terraform/cloud-docs/api-docs/audit-trails',
        credential='an audit trail token, by a member of the team owners',
        limit='some 30 requests a second for the token, shared with nobody else',
    ),
)

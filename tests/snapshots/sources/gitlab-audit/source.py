"""The definition of gitlab-audit, as the generator validated it."""

from lambdas.credentials import api_key
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import link
from lambdas.runtime.parameters import path_part, read_parameters

PARAMETERS = read_parameters({'GitLabHost': '[a-z0-9-]+(\\.[a-z0-9-]+)+', 'Group': '[A-Za-z0-9_][A-Za-z0-9_./-]*'})
SOURCE = Source(
    name='gitlab-audit',
    description='GitLab audit events of a group, or of an instance of your own',
    pull=Pull(
        url='https://' + PARAMETERS['GitLabHost'] + '/api/v4',
        credentials=Credentials(type=api_key, settings=api_key.Settings(header='private-token')),
        every=300,
        rate=Rate(requests=60, per=60),
        streams={
            'audit': Stream(
                paging=Paging(style=link, settings=link.Settings()),
                resume='time',
                get='/groups/' + path_part(PARAMETERS['Group']) + '/audit_events',
                query={
                    'created_after': '{from}',
                    'created_before': '{to}',
                    'pagination': 'keyset',
                    'order_by': 'id',
                    'sort': 'desc',
                    'per_page': '100',
                },
                window=Window(longest=604800, again=86400),
                events=Events(
                    split='@',
                    require=('id', 'details',),
                    id='to_string(id)',
                    type="event_name || details.event_name || details.add && join(' ', ['add', details.add])\n  || details.remove && join(' ', ['remove', details.remove])\n  || details.change && join(' ', ['change', details.change]) || details.failed_login && 'failed_login'\n  || entity_type",
                    time='created_at',
                ),
            ),
        },
        errors=(
            ErrorRule(
                do='stop',
                status=401,
                say='GitLab does not know the token: it is wrong, has expired or was revoked',
            ),
            ErrorRule(
                do='stop',
                status=403,
                say='GitLab refuses: audit events of a group are for its owners, those of an instance for administrators; the token needs read_api, and admin_mode where Admin Mode is on',
            ),
            ErrorRule(
                do='stop',
                status=404,
                say='GitLab finds no such group, or its plan has no audit events: they need Premium',
            ),
        ),
    ),
    events=Events(
        split='@',
        require=('id', 'details',),
        id='to_string(id)',
        type="event_name || details.event_name || details.add && join(' ', ['add', details.add])\n  || details.remove && join(' ', ['remove', details.remove])\n  || details.change && join(' ', ['change', details.change]) || details.failed_login && 'failed_login'\n  || entity_type",
        time='created_at',
    ),
    facts=Facts(
        summary="gitlab: {join(': ', [\n  join(' by ', [\n    event_name || details.event_name || details.add && join(' ', ['add', details.add])\n      || details.remove && join(' ', ['remove', details.remove])\n      || details.change && join(' ', ['change', details.change]) || details.failed_login && 'failed_login'\n      || entity_type,\n    details.author_name\n  ][?@]),\n  join(' ', [\n    join(' in ', [\n      !contains([details.entity_path, details.author_name], details.target_details) && details.target_details\n        && to_string(details.target_details),\n      details.entity_path\n    ][?@]),\n    details.custom_message && join('', ['(', to_string(details.custom_message), ')']),\n    details.as && join(' ', ['as', details.as]),\n    details.change && join(' ', [\n      details.change, details.from && join(' ', ['from', to_string(details.from)]),\n      details.to && join(' ', ['to', to_string(details.to)])][?@]),\n    details.failed_login && join(' ', ['with', details.failed_login])\n  ][?@])\n][?@ && @ != ''])}",
        severity=Choice(
            of="{contains(['Owner', 'Maintainer'], details.as || contains(['access_level'], details.change) && details.to || '')\n    && 'WARNING'\n  || event_name || details.event_name || details.change && join(' ', ['change', details.change])\n  || details.add && join(' ', ['add', details.add]) || '-'}",
            words={
                'WARNING': (
                    'user_admin_status_updated', 'user_auditor_status_updated', 'user_impersonation',
                    'custom_admin_role_*', 'member_role_*', '*_access_token_created', '*deploy_token_created',
                    'deploy_key_added', 'cluster_agent_token_created', 'oauth_application_created',
                    'create_ssh_certificate', 'secure_ci_job_token_*', 'project_group_link_*',
                    'group_share_with_group_link_*', '*saml_*', '*two_factor*', 'allow_mfa_for_subgroups_updated',
                    'ip_restrictions_changed', 'application_setting_updated', '*allowed_email_domain*',
                    '*personal_access_tokens_updated', '*access_token*_updated', '*access_tokens_*',
                    'enforce_ssh_certificates_updated', '*_git_access_protocol_*',
                    'prevent_sharing_groups_outside_hierarchy_updated', 'prevent_forking_outside_group_updated',
                    '*visibility_level_updated', '*_streaming_*', '*_event_streaming_*', '*event_type_filters_*',
                    '*_namespace_filter*', '*_s3_configuration_*', '*cloud_logging_configuration_*',
                    'protected_branch_*', '*push_rules_*', 'protected_environment_*', 'environment_unprotected',
                    'approval_rule_deleted', 'update_approval_rules', '*approval*_updated', '*_to_approve_updated',
                    '*_pipeline_succeeds_updated', '*secret_push_protection*', 'project_security_*', 'security_policy_*',
                    'policy_project_updated', 'merge_request_branch_bypassed_*', 'vulnerability_severity_override',
                    'compliance_framework_*', 'destroy_compliance_framework', 'delete_status_check',
                    'external_status_check_url_updated', 'project_export_*', 'group_export_*', 'direct_transfer_*',
                    'project_destroyed', 'group_destroyed', '*_deletion_marked', 'project_namespace_updated',
                    'runner_registration_*', 'allow_runner_registration_token_updated', 'ci_runner_registered',
                    'ci_runner_token_reset', 'webhook_*', 'project_blobs_removal', 'project_text_replacement',
                    'user_access_locked', 'user_email_changed_and_user_signed_in', 'ci_*variable_*',
                    'disable_personal_access_tokens_updated', 'change visibility', 'change two_factor*',
                    'change admin status',
                ),
                'NOTICE': (
                    'login_failed_*', 'omniauth_login_failed', '*_failed', 'password_reset_*', 'user_password_updated',
                    'email_*', 'user_*', 'ban_user', 'unban_user', 'unblock_user', 'registration_created', 'member_*',
                    'change_membership_state', '*_ssh_key', '*_gpg_key', '*_access_token_*', '*deploy_token_*',
                    'deploy_key_removed', '*access_level_updated', 'compliance_control_status_fail',
                    'container_repository_*', 'package_registry_package_deleted', 'release_deleted*', 'delete_*',
                    'destroy_*', 'repository_download_operation', 'ci_runner_*', 'feature_flag_*', 'change access_level',
                    'add user_access',
                ),
            },
        ),
        kind=Choice(
            of="{event_name || details.event_name || details.change && join(' ', ['change', details.change])\n  || details.add && join(' ', ['add', details.add]) || details.remove && join(' ', ['remove', details.remove])\n  || details.failed_login && 'login_failed_' || '-'}",
            words={
                'authentication.start': (
                    'authenticated_with_*', 'login_failed_*', 'omniauth_login_failed',
                    'smartcard_authentication_created', 'user_impersonation', 'user_enable_admin_mode',
                ),
                'account.create': ('user_created', 'registration_created', 'user_provisioned_by_scim',),
                'account.enable': ('user_approved', 'user_activate', 'unblock_user', 'unban_user', 'user_access_unlocked',),
                'account.disable': ('user_blocked', 'user_deactivate', 'ban_user', 'user_rejected',),
                'account.delete': ('user_destroyed',),
                'account.lock': ('user_access_locked',),
                'permission.change': (
                    'member_updated', '*_link_updated', 'member_role_*', 'user_admin_status_updated',
                    'user_auditor_status_updated', 'change_membership_state', '*access_level_updated',
                    '*visibility_level_updated', 'secure_ci_job_token_policies_*', 'secure_ci_job_token_inbound_*',
                    'change access_level', 'custom_admin_role_created', 'custom_admin_role_updated',
                    'custom_admin_role_deleted',
                ),
                'permission.grant': (
                    'member_created', '*_link_created', '*_links_created', '*_access_token_created',
                    '*deploy_token_created', 'deploy_key_added', 'cluster_agent_token_created',
                    'oauth_application_created', 'user_authorized_oauth_application',
                    'custom_admin_role_assigned_to_user', 'create_ssh_certificate', 'secure_ci_job_token_*_added',
                    'add_ssh_key', 'add_gpg_key', 'ci_runner_assigned_to_project', 'add user_access',
                ),
                'permission.revoke': (
                    'member_destroyed', '*_link_deleted', '*_link_removed', '*_links_removed', '*_access_token_revoked',
                    '*_access_token_deleted', '*deploy_token_revoked', '*deploy_token_destroyed', 'deploy_key_removed',
                    'cluster_agent_token_revoked', 'custom_admin_role_unassigned_from_user', 'delete_ssh_certificate',
                    'secure_ci_job_token_*_removed', 'remove_ssh_key', 'remove_gpg_key',
                    'ci_runner_unassigned_from_project', 'remove user_access',
                ),
                'account.change': ('user_*', 'password_reset_*', 'email_*', 'inactive_scim_user_cannot_be_added', 'update_mismatched_*',),
                'detection.create': (
                    'skip_secret_push_protection', 'security_policy_*_bypass', 'security_policy_merge_request_*',
                    'security_policy_violations_detected', 'compliance_control_status_fail',
                    'merge_request_branch_bypassed_*',
                ),
                'data.read': (
                    '*_download_operation', '*_export_*', 'direct_transfer_*', '*_downloaded',
                    'repository_git_operation', 'variable_viewed_api', 'api_request_access_with_scope',
                ),
                'data.create': (
                    'project_created', 'project_imported', 'project_fork_operation', 'release_created',
                    '*_created_by_project_bot', 'package_registry_package_published', 'container_repository_created',
                    'add project',
                ),
                'data.delete': (
                    'project_destroyed', '*_deletion_marked', 'group_destroyed', 'release_deleted*',
                    'container_repository_*', 'package_registry_package_deleted', 'destroy_pipeline',
                    'project_blobs_removal', 'delete_merge_request', 'delete_epic', 'delete_issue', 'delete_work_item',
                    'remove project',
                ),
                'data.change': ('merge_request_*', 'release_*', 'project_text_replacement', '*_by_project_bot',),
                'configuration.create': ('*_created', 'create_*', 'created_*', '*_create', '*_added', '*_registered', 'add group',),
                'configuration.delete': (
                    '*_deleted', '*_destroyed', 'destroy_*', 'destroyed_*', 'delete_*', 'deleted_*', '*_destroy',
                    '*_delete', '*_removed', '*_unregistered', 'remove *',
                ),
                'configuration.change': (
                    '*_updated', 'update*', '*_update', '*_changed', 'change *', '*_protected', '*_unprotected',
                    '*_reset', '*_archived', '*_unarchived', '*_restored',
                ),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of="{event_name || details.event_name || details.failed_login && 'login_failed_' || '-'}",
            words={
                'success': ('authenticated_with_*', 'smartcard_authentication_created',),
                'failure': ('login_failed_*', '*_failed', '*_creation_failed', '*_deletion_failed',),
            },
        ),
        reason='{details.custom_message}',
        user='{details.author_email || details.author_name}',
        user_id='{author_id}',
        source_ip='{details.ip_address}',
        target_user="{details.target_type == 'User' && details.target_details && to_string(details.target_details) || ''}",
        target="{details.target_type != 'User' && details.target_details && to_string(details.target_details)\n  || details.entity_path}",
        role="{details.as || contains(['access_level'], details.change) && details.to || ''}",
        organization='{details.entity_path}',
        extra={
            'entity_type': '{entity_type}',
            'target_type': '{details.target_type}',
            'change': '{details.change}',
            'changed_from': '{details.from && to_string(details.from)}',
            'changed_to': '{details.to && to_string(details.to)}',
            'author': '{details.author_name}',
            'author_class': '{details.author_class}',
            'failed_login': '{details.failed_login}',
        },
    ),
    vendor=Vendor(
        docs='https://docs.gitlab.com/api/audit_events/',
        credential='a group access token with the role Owner and read_api, by a group Owner; of an instance: by an administrator',
        limit="200 requests a minute for the token's user and the group",
    ),
)

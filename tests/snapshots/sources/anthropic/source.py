"""The definition of anthropic, as the generator validated it."""

from lambdas.credentials import api_key
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import cursor

SOURCE = Source(
    name='anthropic',
    description="Activity Feed of Anthropic's Compliance API, for Claude organizations",
    pull=Pull(
        url='https://api.anthropic.com/v1',
        credentials=Credentials(type=api_key, settings=api_key.Settings(header='x-api-key')),
        every=300,
        rate=Rate(requests=60, per=60),
        streams={
            'activities': Stream(
                paging=Paging(style=cursor, settings=cursor.Settings(at='last_id', while_='has_more')),
                resume='time',
                get='/compliance/activities',
                query={'created_at.gte': '{from}', 'created_at.lt': '{to}', 'limit': '1000', 'after_id': '{cursor}'},
                window=Window(lag=120, retention=189216000, again=86400),
                events=Events(split='data', require=('type',), id='id', type='type', time='created_at'),
            ),
        },
        headers={'anthropic-version': '2023-06-01'},
        errors=(
            ErrorRule(
                do='restart',
                when="starts_with(error.message, 'Invalid `after_id`')",
                say='Anthropic does not know the page any more',
            ),
            ErrorRule(
                do='stop',
                status=401,
                say='Anthropic does not accept the key: it is wrong, was deleted or is switched off',
            ),
            ErrorRule(
                do='stop',
                status=403,
                say="Anthropic refuses: {error.message || 'no reason'}; the key needs read:compliance_activities. An admin key has it only if it was made after the Compliance API was switched on",
            ),
            ErrorRule(do='stop', status=404, say='Anthropic has no Activity Feed here: switch the Compliance API on'),
        ),
    ),
    events=Events(split='data', require=('type',), id='id', type='type', time='created_at'),
    facts=Facts(
        summary="anthropic: {join(': ', [\n  join(' by ', [\n    type,\n    actor.email_address || actor.unauthenticated_email_address || actor.admin_api_key_id || actor.api_key_id\n      || actor.idp_connection_type || actor.service || actor.user_id || actor.type\n  ][?@]),\n  join(' ', [\n    join(' ', [\n      invited_email || user_email || deleted_user_email || principal_id || target_id || new_owner_id || user_id\n        || member_ids && join(', ', member_ids),\n      filename || title || mcp_server_name || join('/', [service_name, key_name][?@]) || domain || extension_id\n        || url || file_id || workspace_id || group_id || role_id || resource_id\n        || api_key_id || admin_api_key_id || service_account_id || federation_rule_id || external_key_id\n        || tunnel_token_id || tunnel_id || trusted_device_id || claude_published_artifact_id || claude_file_id\n        || claude_chat_id || claude_project_id || mcp_server_id || ghe_configuration_id || share_id\n    ][?@ && type(@) == 'string']),\n    join(', ', [\n      invited_role || current_role || role,\n      previous_role && join(' ', ['was', previous_role]),\n      type(scopes) == 'array' && join(', ', scopes[?type(@) == 'string']),\n      type(updates) == 'array' && join(', ', updates[*].join(' ', [\n        type || 'value', 'now', to_string(current_value), 'was', to_string(previous_value)\n      ])),\n      type(enabled) == 'boolean' && (enabled && 'on' || 'off'),\n      type(compliance_api_logging_enabled) == 'boolean'\n        && (compliance_api_logging_enabled && 'logging on' || 'logging off'),\n      tool_name && join(' ', ['tool', tool_name]), max_permission,\n      type(audience) == 'array' && join(', ', audience[*].type),\n      request_method, reason, decision, export_type, provider, access_level\n    ][?@ && type(@) == 'string']) | @ && join('', ['(', @, ')'])\n  ][?@])\n][?@])}",
        severity=Choice(
            of='{type}',
            words={
                'INFO': ('*_viewed', '*_listed', 'group_list_viewed', 'claude_chat_created', 'claude_chat_updated',),
                'WARNING': (
                    'api_key_created', 'admin_api_key_*', 'platform_api_key_created', 'scoped_api_key_updated',
                    'service_key_created', 'platform_signing_key_*', 'platform_oauth_app_*', 'platform_federation_*',
                    'platform_service_account_*', 'claude_user_role_updated', 'primary_owner_transferred', 'rbac_role_*',
                    'role_assignment_granted', 'org_user_invite_sent', 'org_sso_*', 'org_ip_restriction_*',
                    'org_compliance_api_settings_updated', 'org_data_export_*', 'audit_log_export_*',
                    'org_members_exported', 'org_domain_*', 'org_directory_sync_*', 'org_external_key_*',
                    'org_magic_link_second_factor_toggled', 'org_*_act_without_asking_mode_enabled',
                    'org_*_auto_mode_enabled', 'org_*_always_allow_enabled', 'org_claude_code_data_sharing_enabled',
                    'org_invite_link_*generated', 'org_discoverability_enabled', 'org_connector_domain_guard_updated',
                    'org_deletion_requested', 'org_bulk_delete_initiated', 'org_data_residency_updated',
                    'claude_organization_settings_updated', 'mcp_server_*', 'mcp_tool_policy_updated',
                    'desktop_extension_allowlisted', 'desktop_extension_unblocked', 'cli_plugin_exec_policy_updated',
                    'inference_hooks_*', 'abuse_decision_received', '*_signature_invalid', 'tunnel_token_*',
                    'tunnel_created', 'claude_artifact_published', 'session_share_created', 'design_project_published',
                    'claude_code_*webhook_*', 'ccr_agent_proxy_credential_*', '*_inference_data_retention_*',
                    'compliance_api_accessed', 'step_up_authentication_failed', 'claude_file_exported',
                ),
                'NOTICE': (
                    '*_failed', '*_deleted', '*_revoked', '*_removed', 'org_*', 'scim_*', 'group_*', 'role_*',
                    'platform_*_member_*', 'platform_api_key_*', '*_sharing_updated', '*_policy_updated',
                    'trusted_device_*', 'desktop_extension_*', 'session_revoked', 'account_deleted', '*_exported',
                    '*_downloaded', 'claude_*_integration_*', 'ghe_*', 'claude_plugin_*', 'claude_skill_*',
                    'marketplace_*', 'slack_workspace_*', 'tunnel_*', 'service_*',
                ),
            },
        ),
        kind=Choice(
            of='{type}',
            words={
                'authentication.start': (
                    '*_login_initiated', '*_login_succeeded', '*_login_failed', 'anonymous_mobile_login_attempted',
                    'lti_launch_*', 'step_up_authentication_*', 'platform_federated_authentication',
                    'platform_app_attest_authentication', 'sso_second_factor_*',
                ),
                'authentication.end': ('user_logged_out', 'session_revoked',),
                'account.create': ('scim_user_created', 'org_user_invite_accepted', 'org_join_request_approved',),
                'account.delete': ('scim_user_deleted', 'account_deleted', 'org_user_deleted', 'org_user_left',),
                'account.change': ('scim_user_updated', 'trusted_device_*', 'step_up_credential_*', 'claude_user_settings_updated',),
                'permission.change': (
                    'claude_user_role_updated', 'primary_owner_transferred', 'rbac_role_created', 'rbac_role_updated',
                    'rbac_role_deleted', '*_member_updated', '*_sharing_updated', 'platform_api_key_updated',
                    'admin_api_key_updated', 'scoped_api_key_updated', '*_policy_updated',
                    'org_sso_group_role_mappings_updated',
                ),
                'permission.grant': (
                    'org_user_invite_sent', 'org_user_invite_re_sent', 'role_assignment_granted', 'rbac_role_assigned',
                    'rbac_role_permission_added', '*_member_added', '*api_key_created', 'service_key_created',
                    'claude_artifact_published', 'session_share_created', '*_allowlisted', 'tunnel_token_minted',
                    'tunnel_token_revealed', 'integration_user_connected', 'ghe_user_connected',
                ),
                'permission.revoke': (
                    'org_user_invite_deleted', 'role_assignment_revoked', 'rbac_role_unassigned',
                    'rbac_role_permission_removed', '*_member_removed', '*api_key_deleted', 'service_key_revoked',
                    '*_revoked', '*_disconnected',
                ),
                'detection.create': ('abuse_decision_received', '*_signature_invalid', 'inference_hooks_request_*',),
                'data.read': (
                    '*_viewed', '*_listed', '*_accessed', '*_exported', '*_export_*', '*_downloaded', '*_access_failed',
                    '*_performed',
                ),
                'data.create': (
                    'claude_chat_*created', 'claude_file_uploaded', 'claude_project_*uploaded', 'claude_project_created',
                    'claude_artifact_created', 'design_project_created', 'platform_file_uploaded',
                    'platform_agent_session_created',
                ),
                'data.delete': (
                    'claude_chat_*deleted', 'claude_chat_deletion_failed', 'claude_file_deleted',
                    'claude_project_*deleted', 'claude_project_*deletion_failed', 'platform_file_deleted',
                    'design_project_deleted', 'platform_agent_session_*deleted',
                ),
                'data.change': (
                    'claude_chat_*updated', 'claude_project_*', 'claude_artifact_*', 'design_project_*',
                    'cowork_session_*',
                ),
                'configuration.create': ('*_created', '*_added', '*_enrolled', '*_generated', '*_provisioned',),
                'configuration.delete': ('*_deleted', '*_removed', '*_archived',),
                'configuration.change': (
                    '*_updated', '*_toggled', '*_enabled', '*_disabled', '*_activated', '*_deactivated', '*_rotated',
                    '*_changed', '*_replaced', '*_initiated', '*_regenerated', '*_blocklisted', '*_unblocked',
                    '*_verified',
                ),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of='{type}',
            words={
                'failure': ('*_failed', '*_failed_open', '*_denied', '*_signature_invalid', '*_rejected', 'org_creation_blocked',),
                'success': ('*_login_succeeded', '*_authentication_succeeded',),
            },
        ),
        reason='{reason}',
        user='{actor.email_address || actor.unauthenticated_email_address}',
        user_id='{actor.user_id || actor.admin_api_key_id || actor.api_key_id || actor.directory_id}',
        source_ip='{actor.ip_address}',
        user_agent='{actor.user_agent}',
        target_user="{invited_email || user_email || deleted_user_email || principal_id || target_id || new_owner_id || user_id\n  || member_ids && join(', ', member_ids)}",
        target='{filename || title || mcp_server_name || domain || extension_id || url || file_id || workspace_id || group_id\n  || role_id || resource_id || api_key_id || admin_api_key_id || external_key_id || tunnel_id\n  || claude_published_artifact_id || claude_file_id || claude_chat_id || claude_project_id}',
        role='{invited_role || current_role || role}',
        organization='{organization_uuid || organization_id}',
        extra={
            'actor_type': '{actor.type}',
            'old_role': '{previous_role}',
            'scopes': "{type(scopes) == 'array' && join(', ', scopes[?type(@) == 'string']) || ''}",
            'mfa': '{mfa_method}',
            'chat': '{claude_chat_id}',
            'project': '{claude_project_id}',
            'tool': '{tool_name}',
        },
    ),
    drop="type == 'compliance_api_accessed' && contains(url, '/compliance/activities')",
    vendor=Vendor(
        docs='https://platform.claude.com/docs/en/manage-claude/compliance-activity-feed',
        credential="a Compliance Access Key with read:compliance_activities, by the primary owner; Console: an admin's key",
        limit='600 requests a minute for the parent organization, over all keys and all of the Compliance API',
    ),
)

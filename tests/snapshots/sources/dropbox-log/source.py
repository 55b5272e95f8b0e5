"""The definition of dropbox-log, as the generator validated it."""

from lambdas.credentials import refresh_token
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, LaterRequest, Paging, Pull, Rate, Stream, Window
from lambdas.paging import cursor

SOURCE = Source(
    name='dropbox-log',
    description='Dropbox team log of sign-ins, members, apps, devices, sharing, policies and security alerts',
    pull=Pull(
        url='https://api.dropboxapi.com/2',
        credentials=Credentials(type=refresh_token, settings=refresh_token.Settings(url='https://api.dropboxapi.com/oauth2/token')),
        every=300,
        rate=Rate(requests=60, per=60),
        streams={
            'events': Stream(
                paging=Paging(style=cursor, settings=cursor.Settings(at='cursor', while_='has_more')),
                resume='paging',
                post='/team_log/get_events',
                json={'limit': 1000, 'time': {'start_time': '{from}'}},
                then=LaterRequest(post='/team_log/get_events/continue', json={'cursor': '{cursor}'}),
                window=Window(overlap=3600),
                events=Events(
                    mask=('events[].details.shared_content_link', 'events[].details.link_url',),
                    split='events',
                    require=('event_type.".tag"',),
                    id='hash()',
                    type='event_type.".tag"',
                    time='timestamp',
                ),
            ),
        },
        errors=(
            ErrorRule(do='restart', status=409, when='error.".tag" == \'reset\' || error.".tag" == \'bad_cursor\''),
            ErrorRule(
                do='stop',
                status=400,
                say='Dropbox refuses the request: was consent given by the administrator of a team?',
            ),
            ErrorRule(do='stop', status=409, say="Dropbox refuses the request: {error_summary || 'no reason'}"),
            ErrorRule(
                do='stop',
                status=401,
                when='error.required_scope',
                say='Dropbox refuses: the app needs the permission {error.required_scope}, and then consent anew by a team administrator',
            ),
            ErrorRule(
                do='stop',
                status=401,
                say="Dropbox does not accept the token ({error_summary || 'no reason'}): is the app still linked to the team, and is who gave consent still its administrator?",
            ),
            ErrorRule(
                do='stop',
                status=403,
                say="Dropbox refuses ({error_summary || 'no reason'}): the team's plan or the app has no access to the team log",
            ),
        ),
    ),
    events=Events(
        mask=('events[].details.shared_content_link', 'events[].details.link_url',),
        split='events',
        require=('event_type.".tag"',),
        id='hash()',
        type='event_type.".tag"',
        time='timestamp',
    ),
    facts=Facts(
        summary='dropbox: {join(\': \', [\n  join(\' by \', [\n    event_type.".tag",\n    [actor.admin.email, actor.user.email, actor.admin.display_name, actor.user.display_name, actor.app.display_name,\n      actor.reseller_email, actor.".tag"][?@ && @ != \'\'] | [0]\n  ][?@]),\n  join(\', \', [\n    join(\' and \', (participants || `[]`)[:3].[user.email || user.display_name || display_name][] | [?@]),\n    !participants && !contains([actor.user.email, actor.admin.email], context.email) && context.email,\n    join(\' and \', (assets || `[]`)[:3].[path.contextual || display_name][] | [?@]),\n    details.app_info.display_name && join(\' \', [\'app\', details.app_info.display_name]),\n    details.alert_name,\n    details.alert_severity.".tag" && join(\' \', [\'severity\', details.alert_severity.".tag"]),\n    details.login_method.".tag" && join(\' \', [\'with\', details.login_method.".tag"]),\n    join(\' \', [\n      [details.new_value.".tag", details.new_value][?@ && type(@) == \'string\'] | [:1].join(\' \', [\'now\', @]) | [0],\n      [details.previous_value.".tag", details.previous_value][?@ && type(@) == \'string\'] | [:1].join(\'\', [\'(was \', @,\n        \')\']) | [0]\n    ][?@]),\n    details.shared_content_access_level.".tag" && join(\' \', [\'as\', details.shared_content_access_level.".tag"]),\n    details.error_details.user_friendly_message || details.reason,\n    involve_non_team_member && \'outside the team\'\n  ][?@ && type(@) == \'string\' && @ != \'\'])\n][?@ && @ != \'\'])}',
        severity=Choice(
            of='{event_type.".tag"} {[details.alert_severity.".tag", details.new_value.".tag"][?@] | [0] || \'-\'}',
            words={
                'ERROR': ('admin_alerting_triggered_alert high', 'ransomware_* *',),
                'WARNING': (
                    'admin_alerting_* *', 'member_change_admin_role *_admin', 'member_change_admin_role *_creator',
                    'changed_enterprise_admin_role *', 'guest_admin_* *', 'started_enterprise_admin_session *',
                    'reseller_support_session_start *', 'sign_in_as_session_start *',
                    'member_folder_contents_accessed *', 'tfa_change_status disabled', 'tfa_reset *',
                    'tfa_add_exception *', 'tfa_change_policy *', 'sso_add_* *', 'sso_change_* *', 'sso_remove_* *',
                    '*_sso_change_policy *', '*_login_change_policy *', 'passkey_login_policy_changed *',
                    'password_reset_all *', 'password_strength_requirements_change_policy *',
                    'network_control_change_policy *', 'web_sessions_* *', 'device_approvals_* *', 'emm_add_exception *',
                    'emm_change_policy *', 'app_link_team *', 'app_permissions_changed *', 'sharing_change_* *',
                    'shared_link_default_permissions_policy_changed *', 'team_sharing_whitelist_subjects_changed *',
                    'domain_verification_* *', 'team_merge_* *', 'team_encryption_key_* *', 'encrypted_folder_* *',
                    'dropbox_passwords_exported *', 'member_transfer_account_contents *',
                    'member_permanently_delete_account_contents *', 'permanent_delete_change_policy *',
                    'data_placement_* *', 'legal_holds_* *', 'governance_policy_* *', 'risc_security_event *',
                    'create_team_invite_link *', 'account_lock_or_unlocked locked',
                ),
                'NOTICE': (
                    'login_fail *', 'sso_error *', 'account_* *', 'member_* *', 'group_* *', 'secondary_* *',
                    'pending_secondary_* *', 'tfa_* *', 'passkey_* *', 'password_* *', 'app_* *', 'integration_* *',
                    'device_link_* *', 'device_delete_* *', 'emm_* *', 'shared_link_create *', 'shared_link_share *',
                    'shared_link_change_visibility *', 'shared_link_settings_* *', 'shared_content_add_* *',
                    'shared_content_change_* *', 'shared_folder_* *', 'file_transfers_transfer_send *',
                    'file_permanently_delete *', 'team_folder_* *', 'protect_* *', '*_policy *', '*_policy_changed *',
                    '*_report *',
                ),
            },
        ),
        kind=Choice(
            of='{event_type.".tag"} {details.new_value.".tag" || \'-\'}',
            words={
                'authentication.start': (
                    'login_*', 'sso_error *', 'emm_error *', 'sign_in_as_session_start *', '*_session_start *',
                    'started_*_session *', 'guest_admin_signed_in_*',
                ),
                'authentication.end': ('logout *', '*_session_end *', 'ended_*_session*', 'guest_admin_signed_out_*',),
                'detection.create': ('admin_alerting_triggered_alert *', 'risc_security_event *',),
                'detection.change': ('admin_alerting_alert_state_changed *', 'ransomware_restore_*',),
                'account.lock': ('account_lock_or_unlocked locked',),
                'account.enable': ('account_lock_or_unlocked *',),
                'account.create': ('member_change_status active', 'member_change_status invited',),
                'account.disable': ('member_change_status suspended',),
                'account.delete': ('member_change_status removed', 'member_change_status moved_to_another_team',),
                'permission.change': (
                    'shared_content_*_link_* *', 'member_change_admin_role *', 'changed_enterprise_admin_role *',
                    'guest_admin_change_status *', 'group_change_member_role *', 'shared_content_change_*',
                    'shared_link_change_*', 'shared_link_settings_*', 'shared_folder_change_*',
                    'shared_folder_transfer_ownership *',
                ),
                'permission.grant': (
                    'app_link_*', 'integration_connected *', 'group_add_member *', 'shared_content_add_*',
                    'shared_content_claim_*', 'shared_content_restore_*', 'shared_link_create *', 'shared_link_share *',
                    'file_transfers_transfer_send *', 'device_link_*', 'tfa_add_exception *',
                ),
                'permission.revoke': (
                    'app_unlink_*', 'integration_disconnected *', 'group_remove_member *', 'shared_content_remove_*',
                    'shared_content_relinquish_*', 'shared_content_unshare *', 'shared_link_disable *',
                    'device_unlink *', 'tfa_remove_exception *',
                ),
                'configuration.change': (
                    '*_policy *', '*_policy_changed *', 'sso_*', 'tfa_change_policy *', 'sharing_change_*',
                    'web_sessions_*', 'app_permissions_changed *', 'team_profile_*', 'domain_verification_*',
                    'team_sharing_*', 'device_approvals_*', 'admin_alerting_changed_*', '*_exception *',
                    'protect_policy_*', 'governance_policy_edit_*', 'legal_holds_change_*', 'legal_holds_*_members *',
                    'data_placement_*', 'team_merge_*',
                ),
                'configuration.create': (
                    'group_create *', 'team_folder_create *', 'create_team_invite_link *',
                    'team_encryption_key_create_*', 'governance_policy_create *', 'legal_holds_activate_*',
                    'encrypted_folder_enroll_*',
                ),
                'configuration.delete': (
                    'group_delete *', 'team_folder_permanently_delete *', 'delete_team_invite_link *',
                    'team_encryption_key_delete_*', 'governance_policy_delete *', 'legal_holds_release_*',
                ),
                'data.read': (
                    'file_download *', 'file_preview *', 'member_folder_contents_accessed *', '*_download *', '*_view *',
                    '*_downloaded *', '*_exported *', '*_report *', 'legal_holds_export_*', 'shared_link_copy *',
                    'shared_content_copy *', 'file_transfers_*',
                ),
                'data.create': ('file_add*', 'file_copy *', 'file_restore *', 'file_request_receive_file *', 'shared_folder_create *'),
                'data.delete': ('file_delete *', 'file_permanently_delete *',),
                'account.change': ('member_*', 'tfa_*', 'passkey_*', 'password_*', 'secondary_*', 'pending_secondary_*', 'account_*',),
                'data.change': ('file_*', 'folder_*', 'shared_folder_*', 'team_folder_*',),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of='{event_type.".tag"}',
            words={
                'success': ('login_success', '*_success',),
                'failure': ('*_fail', '*_failed', 'sso_error', 'emm_error', 'app_blocked_by_permissions',),
            },
        ),
        reason='{details.error_details.user_friendly_message || details.reason}',
        user='{[actor.admin.email, actor.user.email, actor.admin.display_name, actor.user.display_name, actor.app.display_name,\n  actor.reseller_email, actor.".tag"][?@ && @ != \'\'] | [0]}',
        user_id='{[actor.admin.team_member_id, actor.user.team_member_id, actor.user.account_id, actor.app.app_id][?@] | [0]}',
        source_ip='{origin.geo_location.ip_address}',
        target_user='{[participants[].user.email | [0],\n  !contains([actor.user.email, actor.admin.email], context.email) && context.email][?@] | [0]}',
        target='{[assets[0].path.contextual, assets[0].display_name, participants[].display_name | [0], details.app_info.display_name,\n  details.alert_name][?@] | [0]}',
        role='{[event_type.".tag" == \'member_change_admin_role\' && details.new_value.".tag",\n  details.shared_content_access_level.".tag"][?@] | [0]}',
        session='{[origin.access_method.end_user.session_id, origin.access_method.session_id, origin.access_method.request_id][?@] | [0]}',
        extra={
            'event_category': '{event_category.".tag"}',
            'description': '{event_type.description}',
            'access_method': '{origin.access_method.".tag"}',
            'country': '{origin.geo_location.country}',
            'outside_team': "{involve_non_team_member && 'true' || ''}",
            'login_method': '{details.login_method.".tag"}',
            'app': '{details.app_info.display_name}',
            'old_value': '{[details.previous_value.".tag", details.previous_value][?@ && type(@) == \'string\'] | [0]}',
        },
    ),
    vendor=Vendor(
        docs='https://www.dropbox.com/developers/documentation/http/teams#team_log-get_events',
        credential='an app with events.read; a team administrator consents once',
        limit='no figure is published',
    ),
)

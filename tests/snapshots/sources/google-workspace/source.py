"""The definition of google-workspace, as the generator validated it."""

from lambdas.credentials import jwt_bearer
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import cursor
from lambdas.runtime.parameters import read_parameters

PARAMETERS = read_parameters({'Administrator': "[A-Za-z0-9_.+'-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+"})
SOURCE = Source(
    name='google-workspace',
    description='Google Workspace audit logs, asked for through the Reports API',
    pull=Pull(
        url='https://admin.googleapis.com/admin/reports/v1',
        credentials=Credentials(
            type=jwt_bearer,
            settings=jwt_bearer.Settings(
                url='https://oauth2.googleapis.com/token',
                subject=PARAMETERS['Administrator'],
                scope='https://www.googleapis.com/auth/admin.reports.audit.readonly',
            ),
        ),
        every=300,
        rate=Rate(requests=200, per=60),
        streams={
            'activities': Stream(
                paging=Paging(style=cursor, settings=cursor.Settings(at='nextPageToken')),
                resume='time',
                get='/activity/users/all/applications/{application}',
                query={'startTime': '{from}', 'endTime': '{to}', 'maxResults': '1000', 'pageToken': '{cursor}'},
                for_={
                    'application': (
                        'admin', 'login', 'user_accounts', 'token', 'saml', 'groups_enterprise', 'drive', 'rules',
                        'mobile', 'chrome', 'context_aware_access', 'gemini_in_workspace_apps', 'vault',
                    ),
                },
                window=Window(lag=120, overlap=3600, retention=15552000, again=259200),
                events=Events(
                    split='items || (kind && `[]`)',
                    require=('events[0].name',),
                    id="join('/', [id.applicationName, id.time, id.uniqueQualifier])",
                    type="join('.', [id.applicationName, events[0].name])",
                    time='id.time',
                ),
            ),
        },
        errors=(
            ErrorRule(
                do='stop',
                status=401,
                say='Google refuses: the subject may not read reports; it must be an administrator with the privilege Reports',
            ),
            ErrorRule(
                do='wait',
                status=403,
                when="contains(['rateLimitExceeded', 'userRateLimitExceeded', 'quotaExceeded'], error.errors[0].reason)",
                say="Google's quota is used up",
            ),
            ErrorRule(
                do='stop',
                status=403,
                say="Google refuses; the Admin SDK API must be on in the service account's project, and its client must be authorized for admin.reports.audit.readonly (domain-wide delegation)",
            ),
            ErrorRule(do='wait', status=503, say="Google's quota is used up"),
        ),
    ),
    events=Events(
        split='items || (kind && `[]`)',
        require=('events[0].name',),
        id="join('/', [id.applicationName, id.time, id.uniqueQualifier])",
        type="join('.', [id.applicationName, events[0].name])",
        time='id.time',
    ),
    facts=Facts(
        summary="google: {join(': ', [\n  join(' by ', [join(' ', [id.applicationName, join(', ', events[].name)]),\n    [actor.email, actor.key, actor.profileId][?@ && @ != ''] | [0]][?@]),\n  [join(', ', ([events[0].parameters[], (events[1:].parameters[]\n    | [?contains(['target_user', 'new_value', 'USER_EMAIL', 'affected_email_address'], name)])][] | [?contains([\n      'USER_EMAIL', 'affected_email_address', 'target_user', 'member_id', 'GROUP_EMAIL', 'group_id', 'ROLE_NAME',\n      'PRIVILEGE_NAME', 'member_role', 'new_member_role', 'DOMAIN_NAME', 'DOMAIN_ALIAS', 'ORG_UNIT_NAME',\n      'APPLICATION_NAME', 'SETTING_NAME', 'NEW_VALUE', 'new_value', 'value',\n      'API_CLIENT_NAME', 'API_SCOPES', 'DISTRIBUTION_ENTITY_NAME',\n      'MOBILE_APP_PACKAGE_ID', 'app_name', 'application_name', 'client_id', 'doc_title', 'new_owner',\n      'membership_change_type', 'destination_folder_title', 'shared_drive_id', 'rule_name', 'rule_type',\n      'resource_title', 'triggered_actions', 'login_type', 'login_failure_type', 'login_challenge_method',\n      'login_challenge_status', 'email_forwarding_destination_address', 'sensitive_action_name',\n      'DEVICE_MODEL', 'DEVICE_ID', 'DEVICE_COMPROMISED_STATE', 'ACCOUNT_STATE', 'EVENT_REASON', 'EVENT_RESULT',\n      'DEVICE_NAME', 'DEVICE_USER', 'URL', 'CONTENT_NAME', 'TRIGGER_TYPE', 'CAA_ACCESS_APPLICATION',\n      'BLOCKED_API_ACCESS', 'matter_id', 'resource_name', 'action', 'feature_source', 'USER_DEFINED_SETTING_NAME',\n      'RECIPIENT_EMAIL', 'EMAIL_EXPORT_INCLUDE_DELETED', 'END_DATE', 'BULK_UPLOAD_TOTAL_USERS_NUMBER'\n    ], name)].[value, multiValue] | [][])[?@ && type(@) == 'string'])][?@] | [0]\n][?@ && @ != ''])}",
        severity=Choice(
            of="{(events[?ends_with(name, '_APPLICATION_SETTING')].parameters[]\n    | [?name == 'APPLICATION_NAME' && value == 'Security']) && 'WARNING'\n  || join(',', [id.applicationName, join(',', events[].name), ''])}",
            words={
                'ERROR': (
                    '*,account_disabled_hijacked,*', '*,account_disabled_password_leak,*', '*,gov_attack_warning,*',
                    '*,GOV_ATTACK_WARNING,*',
                ),
                'WARNING': (
                    '*,account_disabled_*,*', '*,suspicious_*,*', '*,risky_sensitive_action_*,*',
                    '*,user_signed_out_due_to_suspicious_session_cookie,*', '*,email_forwarding_out_of_domain,*',
                    '*,2sv_disable,*', '*,titanium_unenroll,*', '*,ASSIGN_ROLE,*', '*,CREATE_ROLE,*', '*,UPDATE_ROLE,*',
                    '*,ADD_PRIVILEGE,*', '*,GRANT_ADMIN_PRIVILEGE,*', '*,GRANT_DELEGATED_ADMIN_PRIVILEGES,*',
                    '*,AUTHORIZE_API_CLIENT_ACCESS,*', '*,ADD_APPLICATION,*', '*,ADD_TRUSTED_DOMAINS,*',
                    '*,ADD_TRUSTED_APPS_TO_OAUTH2_WHITELIST,*', '*,ADD_TO_TRUSTED_OAUTH2_APPS,*',
                    '*,REMOVE_FROM_BLOCKED_OAUTH2_APPS,*', '*,ALLOW_SERVICE_FOR_OAUTH2_ACCESS,*',
                    '*,ENFORCE_STRONG_AUTHENTICATION,*', '*,ALLOW_STRONG_AUTHENTICATION,*', '*,CHANGE_TWO_STEP_*',
                    '*,TURN_OFF_2_STEP_*', '*,UNENROLL_USER_FROM_*', '*,RESET_SECURITY_KEY,*', '*,REVOKE_SECURITY_KEY,*',
                    '*,GENERATE_2SV_SCRATCH_CODES,*', '*,GENERATE_CERTIFICATE,*', '*,CHANGE_SSO_*', '*,ENABLE_SSO,*',
                    '*,*SSO_PROFILE*,*', '*,DISABLE_*_SETTING,*', '*,CREATE_DATA_TRANSFER_REQUEST,*',
                    '*,CREATE_EMAIL_MONITOR,*', '*,REQUEST_MAILBOX_DUMP,*', '*,CUSTOMER_TAKEOUT_*,*',
                    '*,CUSTOMER_USER_DEVICE_*,*', '*,SECURITY_INVESTIGATION_ACTION,*', '*,ALERT_CENTER_*_DELETE,*',
                    '*,DELETE_RULE,*', '*,SYSTEM_DEFINED_RULE_UPDATED,*', '*,CHANGE_DOCS_SETTING,*',
                    '*,CREATE_GMAIL_SETTING,*', '*,CHANGE_GMAIL_SETTING,*', '*,DELETE_GMAIL_SETTING,*',
                    '*,DROP_FROM_QUARANTINE,*', '*,ACCESS_DENY_INTERNAL_ERROR_EVENT,*', '*,DEVICE_COMPROMISED_EVENT,*',
                    '*,SUSPICIOUS_ACTIVITY_EVENT,*', '*,MALWARE_TRANSFER,*', '*,PASSWORD_REUSE,*', '*,PASSWORD_BREACH,*',
                    '*,SENSITIVE_DATA_TRANSFER,*', '*,change_owner,*', '*,add_privilege,*', '*,EXPORT_*,*',
                    'vault,*export,*', 'vault,*,delete_hold,*',
                ),
                'NOTICE': (
                    '*,login_failure,*', '*,login_challenge,*', '*,password_edit,*', '*,recovery_*_edit,*',
                    '*,CHANGE_PASSWORD,*', '*,CREATE_USER,*', '*,DELETE_USER,*', '*,SUSPEND_USER,*',
                    '*,UNSUSPEND_USER,*', '*,UNDELETE_USER,*', '*,UNASSIGN_ROLE,*',
                    '*,ADD_MOBILE_APPLICATION_TO_WHITELIST,*', '*,CHANGE_CALENDAR_SETTING,*', '*,CHANGE_EMAIL_SETTING,*',
                    '*,REMOVE_TRUSTED_*', '*,REMOVE_FROM_TRUSTED_*', '*,ban_user_with_moderation,*',
                    '*,REVOKE_ADMIN_PRIVILEGE,*', '*,DELETE_ROLE,*', '*,ADD_GROUP_MEMBER,*', '*,CHANGE_GROUP_SETTING,*',
                    '*,CHANGE_APPLICATION_SETTING,*', '*,CREATE_APPLICATION_SETTING,*', '*,DELETE_APPLICATION_SETTING,*',
                    '*,TOGGLE_SERVICE_ENABLED,*', '*,ADD_RECOVERY_*', '*,MOVE_USER_TO_ORG_UNIT,*', '*,DELETE_GROUP,*',
                    '*,change_*_access*,*', '*,change_document_visibility,*', '*,change_acl_editors,*',
                    '*,shared_drive_*_change,*', '*,team_drive_*_change,*', '*,authorize,*', '*,ACCESS_DENY_EVENT,*',
                    '*,rule_match,*', '*,rule_trigger,*', '*,UNSAFE_SITE_VISIT,*', '*,FAILED_PASSWORD_ATTEMPTS_EVENT,*',
                    '*,add_member,*', '*,add_member_role,*', '*,change_security_setting,*', '*,CONTENT_TRANSFER,*',
                    '*,LOGIN_FAILURE,*', '*,LOGIN_EVENT_FAILED,*', 'vault,*',
                ),
            },
        ),
        kind=Choice(
            of="{join(',', [id.applicationName, join(',', events[].name), ''])}",
            words={
                'detection.create': (
                    '*,suspicious_*,*', '*,account_disabled_hijacked,*', '*,account_disabled_password_leak,*',
                    '*,gov_attack_warning,*', '*,risky_sensitive_action_*,*',
                    '*,user_signed_out_due_to_suspicious_session_cookie,*', '*,DEVICE_COMPROMISED_EVENT,*',
                    '*,SUSPICIOUS_ACTIVITY_EVENT,*', '*,MALWARE_TRANSFER,*', '*,PASSWORD_REUSE,*', '*,PASSWORD_BREACH,*',
                    '*,UNSAFE_SITE_VISIT,*', '*,SENSITIVE_DATA_TRANSFER,*', 'rules,*',
                ),
                'authentication.end': ('login,*,logout,*', 'login,logout,*', '*,LOGOUT_EVENT,*',),
                'authentication.start': (
                    '*,login_*', 'saml,*', 'context_aware_access,*', '*,LOGIN_EVENT,*', '*,LOGIN_FAILURE,*',
                    '*,FAILED_PASSWORD_ATTEMPTS_EVENT,*',
                ),
                'account.create': ('*,CREATE_USER,*', '*,UNDELETE_USER,*',),
                'account.enable': ('*,UNSUSPEND_USER,*', '*,UNBLOCK_USER_SESSION,*',),
                'account.disable': ('*,SUSPEND_USER,*', '*,account_disabled_*,*',),
                'account.delete': ('*,DELETE_USER,*',),
                'permission.grant': (
                    '*,ASSIGN_ROLE,*', '*,GRANT_*,*', '*,AUTHORIZE_API_CLIENT_ACCESS,*', '*,ADD_GROUP_MEMBER,*',
                    '*,ADD_PRIVILEGE,*', '*,ADD_TRUSTED_*', '*,ADD_TO_TRUSTED_*', '*,authorize,*', '*,add_member,*',
                    '*,add_member_role,*', '*,accept_invitation,*', '*,REMOVE_FROM_BLOCKED_OAUTH2_APPS,*',
                ),
                'permission.revoke': (
                    '*,UNASSIGN_ROLE,*', '*,REVOKE_*,*', '*,REMOVE_API_CLIENT_ACCESS,*', '*,REMOVE_GROUP_MEMBER,*',
                    '*,REMOVE_PRIVILEGE,*', '*,REMOVE_TRUSTED_*', '*,REMOVE_FROM_TRUSTED_*', '*,revoke,*',
                    '*,remove_member,*', '*,remove_member_role,*', '*,ban_user_with_moderation,*',
                ),
                'permission.change': (
                    '*,UPDATE_ROLE,*', '*,CREATE_ROLE,*', '*,DELETE_ROLE,*', '*,change_*_access*,*',
                    '*,change_document_visibility,*', '*,change_acl_editors,*', '*,change_owner,*',
                    '*,shared_drive_membership_change,*', '*,team_drive_membership_change,*',
                ),
                'account.change': (
                    'user_accounts,*', '*,CHANGE_PASSWORD,*', '*,CHANGE_USER_*', '*,RENAME_USER,*',
                    '*,MOVE_USER_TO_ORG_UNIT,*', '*,2sv_*', '*,password_edit,*', '*,recovery_*_edit,*', '*,*_2SV_*,*',
                    '*,*SECURITY_KEY,*', '*,email_forwarding_*',
                ),
                'data.create': (
                    'drive,*,create,*', 'drive,create,*', 'drive,upload,*', 'drive,*,upload,*', 'drive,copy,*',
                    'drive,source_copy,*',
                ),
                'data.delete': ('drive,delete,*', 'drive,*,delete,*', 'drive,trash,*', 'drive,*,trash,*',),
                'data.change': (
                    'drive,edit,*', 'drive,*,edit,*', 'drive,rename,*', 'drive,*,rename,*', 'drive,move,*',
                    'drive,*,move,*', 'drive,untrash,*', 'drive,*,untrash,*', 'drive,*_folder,*',
                ),
                'data.read': (
                    'drive,view,*', 'drive,download,*', 'drive,*,download,*', 'drive,print,*', 'drive,*',
                    'token,activity,*', '*,EXPORT_*,*', '*,CUSTOMER_TAKEOUT_*,*', '*,REQUEST_MAILBOX_DUMP,*',
                ),
                'configuration.create': ('*,CREATE_*,*', '*,ADD_*,*', '*,create_*,*', '*,add_*,*',),
                'configuration.delete': ('*,DELETE_*,*', '*,REMOVE_*,*', '*,delete_*,*', '*,remove_*,*',),
                'configuration.change': ('admin,*', 'groups_enterprise,*', '*,DEVICE_SETTINGS_UPDATED_EVENT,*', 'vault,*',),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of='{events[0].name}',
            words={
                'success': ('login_success', 'LOGIN_EVENT', '*_allowed',),
                'failure': ('login_failure', 'ACCESS_DENY_EVENT', 'LOGIN_FAILURE', 'FAILED_PASSWORD_ATTEMPTS_EVENT', '*_blocked',),
            },
        ),
        reason="{events[].parameters[] | [?contains(['login_failure_type', 'login_challenge_status', 'EVENT_REASON',\n  'BLOCKED_API_ACCESS'], name)].value | [0]}",
        user="{[actor.email, actor.key][?@ && @ != ''] | [0]}",
        user_id='{actor.profileId}',
        source_ip='{ipAddress}',
        target_user="{events[].parameters[] | [?contains(['USER_EMAIL', 'affected_email_address', 'target_user', 'member_id', 'new_owner'],\n  name)].value | [?@ && @ != ''] | [0]}",
        target="{events[].parameters[] | [?contains(['doc_title', 'GROUP_EMAIL', 'group_id', 'app_name', 'application_name',\n  'APPLICATION_NAME', 'API_CLIENT_NAME', 'DOMAIN_NAME', 'SETTING_NAME', 'rule_name', 'DEVICE_ID', 'DEVICE_NAME',\n  'CAA_ACCESS_APPLICATION', 'matter_id', 'URL', 'MOBILE_APP_PACKAGE_ID'], name)].value | [?@ && @ != ''] | [0]}",
        role="{events[].parameters[] | [?contains(['ROLE_NAME', 'PRIVILEGE_NAME', 'member_role', 'new_member_role'], name)].value\n  | [0]}",
        organization="{[ownerDomain, id.customerId][?@ && @ != ''] | [0]}",
        extra={
            'application': '{id.applicationName}',
            'login_type': "{events[].parameters[] | [?name == 'login_type'].value | [0]}",
            'doc_id': "{events[].parameters[] | [?name == 'doc_id'].value | [0]}",
            'doc_type': "{events[].parameters[] | [?name == 'doc_type'].value | [0]}",
            'visibility': "{events[].parameters[] | [?name == 'visibility'].value | [0]}",
            'owner': "{events[].parameters[] | [?name == 'owner'].value | [0]}",
            'client_id': "{events[].parameters[] | [?name == 'client_id'].value | [0]}",
            'country': '{networkInfo.regionCode}',
        },
    ),
    drop="id.applicationName == 'token' && length(events) == `1` && events[0].name == 'activity' && contains(to_string(events[0].parameters[?name == 'method_name'].value), 'activities.list')",
    vendor=Vendor(
        docs='https://developers.google.com/workspace/admin/reports/reference/rest/v1/activities/list',
        credential='a service account; a super administrator delegates the domain to it, for a user with the privilege Reports',
        lateness='minutes; some applications hours, a few events days',
        limit='2,400 requests a minute for the user and the Cloud project',
    ),
)

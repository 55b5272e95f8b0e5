"""The definition of entra, as the generator validated it."""

from lambdas.credentials import oauth2
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import next_url
from lambdas.runtime.parameters import read_parameters

PARAMETERS = read_parameters({'TenantId': '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'})
SOURCE = Source(
    name='entra',
    description='Microsoft Entra ID sign-ins of people and directory audit logs',
    pull=Pull(
        url='https://graph.microsoft.com',
        credentials=Credentials(
            type=oauth2,
            settings=oauth2.Settings(
                url='https://login.microsoftonline.com/' + PARAMETERS['TenantId'] + '/oauth2/v2.0/token',
                send='body',
                scope='https://graph.microsoft.com/.default',
            ),
        ),
        every=300,
        rate=Rate(requests=4, per=10),
        streams={
            'audits': Stream(
                paging=Paging(style=next_url, settings=next_url.Settings(at='"@odata.nextLink"')),
                resume='time',
                get='/v1.0/auditLogs/directoryAudits',
                query={'$filter': 'activityDateTime ge {from} and activityDateTime le {to}', '$top': '999'},
                window=Window(lag=120, overlap=3600, retention=2592000, again=86400),
                events=Events(
                    split='value',
                    require=('activityDisplayName',),
                    id='id',
                    type='activityDisplayName',
                    time='activityDateTime',
                ),
            ),
            'signins': Stream(
                paging=Paging(style=next_url, settings=next_url.Settings(at='"@odata.nextLink"')),
                resume='time',
                get='/v1.0/auditLogs/signIns',
                query={'$filter': 'createdDateTime ge {from} and createdDateTime le {to}', '$top': '999'},
                window=Window(lag=120, overlap=3600, retention=2592000, again=86400),
                events=Events(split='value', require=('createdDateTime',), id='id', type="'sign-in'", time='createdDateTime'),
            ),
        },
        window=Window(lag=120, overlap=3600, retention=2592000, again=86400),
        errors=(
            ErrorRule(do='stop', status=400, say="Graph refuses the request: {error.message || 'no reason'}"),
            ErrorRule(do='stop', status=401, say="Graph does not accept the token: {error.message || 'no reason'}"),
            ErrorRule(
                do='skip_stream',
                status=403,
                when="error.code == 'Authentication_RequestFromNonPremiumTenantOrB2CTenant'",
                say='sign-ins can be had with Entra ID P1 or P2 only, and this directory has neither',
            ),
            ErrorRule(
                do='stop',
                status=403,
                say="Graph refuses ({error.message || 'no reason'}): the app needs the application permission AuditLog.Read.All, with the consent of an administrator",
            ),
        ),
    ),
    events=Events(split='value', id='id'),
    facts=Facts(
        summary='entra: {join(\': \', [\n  join(\' by \', [\n    activityDisplayName || \'sign-in\',\n    initiatedBy.user.userPrincipalName || initiatedBy.user.displayName || initiatedBy.app.displayName\n      || initiatedBy.user.id || initiatedBy.app.servicePrincipalId\n      || userPrincipalName || servicePrincipalName || userDisplayName || userId\n  ][?@]),\n  join(\', \', [\n    join(\' and \', (targetResources || `[]`)[:3].[userPrincipalName || displayName][] | [?@]) || targetResources[0].id,\n    remove_prefix(remove_suffix(\n      targetResources[].modifiedProperties[] | [?displayName == \'Role.DisplayName\'].newValue | [0], \'"\'), \'"\'),\n    result && result != \'success\' && join(\': \', [result, resultReason][?@]),\n    appDisplayName && join(\' \', [\'to\', appDisplayName]),\n    status.errorCode && status.errorCode != `0` && join(\' \', [\'error\', to_string(status.errorCode),\n      status.failureReason && join(\'\', [\'(\', status.failureReason, \')\'])][?@]),\n    contains([\'low\', \'medium\', \'high\'], riskLevelDuringSignIn) && join(\' \', [\'risk\', riskLevelDuringSignIn]),\n    location && join(\' \', [\'from\', join(\', \', location.[city, countryOrRegion][?@ && @ != \'\'])])\n  ][?@ && @ != \'\' && @ != \'from \'])\n][?@ && @ != \'\'])}',
        severity=Choice(
            of="{activityDisplayName || join(' ', ['sign-in', to_string(status.errorCode), riskLevelDuringSignIn || 'none',\n  riskState || 'none', clientAppUsed || '-'])}",
            words={
                'ERROR': (
                    'sign-in * confirmedCompromised *', 'sign-in 0 high *', 'Confirm*Compromised',
                    'Suspicious activity reported', 'Fraud reported*', 'Triggered PIM alert',
                ),
                'WARNING': (
                    'sign-in * high *', 'sign-in * atRisk *', 'sign-in 0 medium *', 'sign-in 50053 *',
                    'sign-in 500121 *', 'Add member to role', 'Add member to role scoped*', 'Add scoped member to role',
                    'Add eligible member to role', 'Add *member to role in PIM completed*',
                    'Add member to role outside of PIM*', 'Add role assignment to *', 'Add EligibleRoleAssignment to *',
                    '* role definition', 'Role definition created', 'Update role', 'Update role setting in PIM',
                    'PIM policy removed', 'Disable PIM alert', 'Offboarded resource from PIM',
                    'Tenant offboarded from PIM', 'User has elevated their access to*', 'Assigns the caller to*',
                    'Add service principal credentials', 'Update application*ertificates and secrets management*',
                    'Add owner to application', 'Add owner to service principal', 'Consent to application',
                    'Add app role assignment to service principal', 'Add delegated permission grant',
                    '* permission grant policy', '*onditional *ccess policy', '* named location',
                    'Update security defaults', 'Update authorization policy', 'Update continuous access evaluation',
                    'Authentication Methods Policy *', 'Authentication Strength *', 'Update *Risk*Policy*',
                    'Update IdentityProtectionPolicy', '*CertificationBasedAuthConfiguration', '* bypass user',
                    '*CreateBypassedUser', 'Add policy', 'Update policy', 'Delete policy', 'Set password policy',
                    '*cross-tenant*', '* partner to company', 'Promote company to partner', 'Set Partnership',
                    'Set domain authentication', 'Set federation settings on domain', '* verified domain',
                    'Verify *domain', 'Add unverified domain', 'Set DirSync*', '* password writeback for directory',
                    '* passthrough authentication', '* Desktop Sso*', 'Directory *delet*',
                    'Disable Strong Authentication', 'Create Temporary Access Pass*', 'Admin * security info',
                    'Create application password for user', 'Read BitLocker key', 'Reveal local administrator password',
                    '* identity provider', '* Identity Provider', 'Set device registration policies',
                    'Update external secrets', '*MultiTenantOrg*',
                ),
                'INFO': (
                    'sign-in 0 * Browser', 'sign-in 0 * Mobile Apps and Desktop clients',
                    'sign-in 0 * Exchange ActiveSync', 'sign-in 0 * -', 'sign-in 50055 *', 'sign-in 50058 *',
                    'sign-in 50072 *', 'sign-in 50074 *', 'sign-in 50076 *', 'sign-in 50079 *', 'sign-in 50097 *',
                    'sign-in 50125 *', 'sign-in 50127 *', 'sign-in 50129 *', 'sign-in 50140 *', 'sign-in 50144 *',
                    'sign-in 65001 *',
                ),
                'NOTICE': (
                    'sign-in *', '* user', '* account', '*password*', '*Password*', '*security info*', '*user invite',
                    '*ember *role*', '* role assignment*', '* app role assignment *', '*ember to group',
                    '*ember from group', 'Group_*Member', 'Group_*Owner', '* owner to *', '* owner from *',
                    '* application', '*service principal*', '* delegated permission*', '*trong *uthentication*',
                    '*FIDO2*', '*credential', '* device', 'Device no longer *', '* BitLocker key', '* group', '*policy',
                    '*Policy', 'Delete Consent', 'Dismiss*', '*PIM alert*', 'Unlock user account*', '* partner *',
                    'Set Company Information', '*administrative unit', '* registered *', 'User registered *', '* domain',
                ),
            },
        ),
        kind=Choice(
            of="{activityDisplayName || 'sign-in'}",
            words={
                'authentication.start': ('sign-in',),
                'detection.create': ('Confirm*Compromised', 'Suspicious activity reported', 'Fraud reported*', 'Triggered PIM alert',),
                'detection.close': ('Dismiss*', 'ConfirmSafe', 'Resolve PIM alert', 'Deactivate PIM alert',),
                'data.read': ('Read BitLocker key', 'Reveal local administrator password', 'Download *', 'Group_Get*', '*_Get*',),
                'permission.change': (
                    '* requested*', '* canceled*', '* denied*', '* role definition', 'Role definition created',
                    'Update role*', 'Update member*', 'Update eligible member*',
                ),
                'permission.grant': (
                    'Add *ember to role*', 'Add role assignment *', 'Add EligibleRoleAssignment *', 'Add member to *',
                    'Group_AddMember', 'Group_AddOwner', 'Add owner to *', 'Add app role assignment *',
                    'Add delegated permission grant', 'Consent to application', 'Grant contextual consent *',
                    'User has elevated their access to*', 'Assigns the caller to*', 'Restore *role*', 'Add registered *',
                    'Administrator directly assigns *', 'Fulfill access package *',
                ),
                'permission.revoke': (
                    'Remove *member from *', 'Remove role assignment *', 'Remove EligibleRoleAssignment *',
                    'Group_RemoveMember', 'Group_RemoveOwner', 'Remove owner from *', 'Remove app role assignment *',
                    'Remove delegated permission grant', 'Remove permanent *', 'Remove registered *', 'Delete Consent',
                    'Administrator directly removes *',
                ),
                'account.create': ('Add user', 'Invite *', 'Redeem extern* user invite', 'Viral user creation',),
                'account.delete': ('Delete user', 'Hard Delete user', 'Hard delete user', 'Delete external user',),
                'account.enable': ('Enable account', 'Restore user',),
                'account.disable': ('Disable account', 'Blocked from self-service password reset',),
                'account.change': (
                    'Update user', 'Change *password*', 'Reset *password*', 'Reset password', '* started password *',
                    'Set force change user password', '* application password for user', 'User Password *',
                    '*security info*', '*trong *uthentication*', '* FIDO2 *', 'Add *credential', 'Delete *credential',
                    'Create Temporary Access Pass*', 'Change user license', 'Convert federated user to managed',
                    'Update StsRefreshToken*', 'Unlock user account*', 'Set user *', 'Self-service password reset *',
                ),
                'configuration.create': ('Add *', 'Create *', 'Register *', 'Onboarded *', 'Group_Create', 'pre-create *',),
                'configuration.delete': ('Delete *', 'Remove *', 'Hard *', 'Unregister *', 'Group_Delete', 'Offboarded *',),
                'configuration.change': (
                    'Update *', 'Set *', 'Enable *', 'Disable *', 'Restore *', 'Promote *', 'Verify *',
                    'Authentication *', 'PIM policy *', 'Group_Update', 'Device no longer *',
                ),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of="{result || status.errorCode == `0` && 'success'\n  || !contains([`50055`, `50058`, `50072`, `50074`, `50076`, `50079`, `50097`, `50125`, `50127`, `50129`, `50140`,\n    `50144`, `65001`], status.errorCode) && 'failure'}",
            words={'success': ('success',), 'failure': ('failure', 'timeout',)},
        ),
        reason="{[result != 'success' && resultReason, status.errorCode != `0` && status.failureReason][?@] | [0]}",
        user='{[initiatedBy.user.userPrincipalName, initiatedBy.user.displayName, initiatedBy.app.displayName, userPrincipalName,\n  servicePrincipalName][?@] | [0]}',
        user_id='{[initiatedBy.user.id, initiatedBy.app.servicePrincipalId, initiatedBy.app.appId, userId,\n  servicePrincipalId][?@] | [0]}',
        source_ip='{initiatedBy.user.ipAddress || ipAddress}',
        user_agent="{(additionalDetails[?key == 'User-Agent'].value | [0]) || userAgent\n  || join(', ', (deviceDetail.[browser, operatingSystem] || `[]`)[?@ && @ != ''])}",
        target_user="{targetResources[?type == 'User'].[userPrincipalName || displayName || id][] | [0]}",
        target='{(targetResources[0].[displayName || userPrincipalName || id] | [0]) || appDisplayName}',
        role='{remove_prefix(remove_suffix(\n  targetResources[].modifiedProperties[] | [?displayName == \'Role.DisplayName\'].newValue | [0], \'"\'), \'"\')\n  || (targetResources[?type == \'Role\'].displayName | [0])}',
        session='{correlationId}',
        extra={
            'category': '{category}',
            'service': '{loggedByService}',
            'error_code': '{[status.errorCode][?@ != `0`] | [0]}',
            'risk': '{riskLevelDuringSignIn}',
            'risk_state': '{riskState}',
            'conditional_access': '{conditionalAccessStatus}',
            'client': '{clientAppUsed}',
            'country': '{location.countryOrRegion}',
        },
    ),
    vendor=Vendor(
        docs='https://learn.microsoft.com/en-us/graph/api/resources/azure-ad-auditlog-overview',
        credential='an app with AuditLog.Read.All; a Privileged Role Administrator consents',
        lateness='minutes as a rule; no bound',
        limit='5 requests in 10 seconds for the app and the directory, over all reports',
    ),
)

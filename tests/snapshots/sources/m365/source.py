"""The definition of m365, as the generator validated it."""

from lambdas.credentials import oauth2
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, Each, ErrorRule, Paging, Prepare, Pull, Rate, Stream, Window
from lambdas.paging import next_url
from lambdas.runtime.parameters import read_parameters

PARAMETERS = read_parameters({'TenantId': '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'})
SOURCE = Source(
    name='m365',
    description='Microsoft 365 audit log of Exchange, SharePoint, Teams, Entra ID, Purview and Defender',
    pull=Pull(
        url='https://manage.office.com/api/v1.0/' + PARAMETERS['TenantId'] + '/activity/feed',
        credentials=Credentials(
            type=oauth2,
            settings=oauth2.Settings(
                url='https://login.microsoftonline.com/' + PARAMETERS['TenantId'] + '/oauth2/v2.0/token',
                send='body',
                scope='https://manage.office.com/.default',
            ),
        ),
        every=1200,
        rate=Rate(requests=600, per=60),
        streams={
            'activity': Stream(
                paging=Paging(style=next_url, settings=next_url.Settings(header='nextpageuri')),
                resume='time',
                get='/subscriptions/content',
                query={
                    'contentType': '{content}',
                    'PublisherIdentifier': PARAMETERS['TenantId'],
                    'startTime': '{from}',
                    'endTime': '{to}',
                },
                for_={
                    'content': ('Audit.AzureActiveDirectory', 'Audit.Exchange', 'Audit.SharePoint', 'Audit.General', 'DLP.All',),
                },
                each=Each(of='@', id='contentId', get='{contentUri}'),
                prepare=Prepare(
                    post='/subscriptions/start',
                    query={'contentType': '{content}', 'PublisherIdentifier': PARAMETERS['TenantId']},
                    done="status == 'enabled' || error.code == 'AF20024'",
                ),
                window=Window(overlap=3600, retention=601200, format='%Y-%m-%dT%H:%M:%S'),
                events=Events(
                    split='@',
                    require=('Operation',),
                    id="join('/', [Id, RecordNumber && to_string(RecordNumber)][?@])",
                    type='Operation',
                    time="(ends_with(CreationTime, 'Z') && CreationTime) || join('', [CreationTime, 'Z'])",
                ),
            ),
        },
        errors=(
            ErrorRule(
                do='skip_stream',
                when="error.code == 'AF10001'",
                say='the app lacks an application permission of Office 365 Management APIs: ActivityFeed.Read, or for DLP.All ActivityFeed.ReadDlp',
            ),
            ErrorRule(
                do='stop',
                when="contains(['AF20010', 'AF20011', 'AF20012', 'AF20013'], error.code)",
                say='{error.message}: check TenantId, and that the audit log is turned on in Microsoft Purview',
            ),
            ErrorRule(
                do='skip_stream',
                when="error.code == 'AF20023'",
                say='{error.message}: an administrator must start the subscription again',
            ),
            ErrorRule(do='empty', when="contains(['AF20050', 'AF20051'], error.code)"),
            ErrorRule(do='restart', when="error.code == 'AF20031'", say='Microsoft does not know the page any more'),
            ErrorRule(do='wait', when="error.code == 'AF429'", say="the organization's limit is used up"),
            ErrorRule(do='retry', when="error.code == 'AF50000'"),
            ErrorRule(
                do='stop',
                status=401,
                say="Microsoft does not accept the token: {error.message || Message || 'no reason'}",
            ),
            ErrorRule(do='stop', status=403, say="Microsoft refuses: {error.message || Message || 'no reason'}"),
        ),
    ),
    events=Events(
        split='@',
        require=('Operation',),
        id="join('/', [Id, RecordNumber && to_string(RecordNumber)][?@])",
        type='Operation',
        time="(ends_with(CreationTime, 'Z') && CreationTime) || join('', [CreationTime, 'Z'])",
    ),
    facts=Facts(
        summary='m365: {join(\': \', [\n  join(\' by \', [\n    join(\' \', [Workload, Operation][?@]),\n    UserId != \'SecurityComplianceAlerts\' && UserId != \'DlpAgent\' && UserId\n  ][?@]),\n  join(\', \', [\n    AlertId && Name,\n    AlertId && Status,\n    PolicyDetails && join(\', \', PolicyDetails[].join(\' \', [PolicyName, Rules[0].RuleName][?@])),\n    ExchangeMetaData && join(\' \', [\'mail from\', ExchangeMetaData.From, ExchangeMetaData.Subject][?@]),\n    SharePointMetaData && join(\' \', [SharePointMetaData.FileName, \'of\', SharePointMetaData.From][?@]),\n    TargetUserOrGroupName && join(\' \', [\'to\', TargetUserOrGroupName]),\n    !AlertId && !Verdict && !contains([UserId, (Target || `[]`)[?Type == `5`].ID | [0]], ObjectId) && ObjectId,\n    !contains([UserId], MailboxOwnerUPN) && MailboxOwnerUPN && join(\' \', [\'mailbox of\', MailboxOwnerUPN]),\n    Item.Subject || AffectedItems[0].Subject || Subject,\n    TeamName, ChannelName,\n    Workload == \'MicrosoftTeams\' && Name,\n    Members && join(\', \', Members[].UPN),\n    (Target || `[]`)[?Type == `5`].ID | [0] | @ && join(\' \', [\'on\', @]),\n    CaseName, Object1Name || ExportName, QueryText, AgentName,\n    type(Parameters) == \'array\' && join(\' \', (Parameters[?Name != \'Identity\'] || `[]`)[:4].join(\'=\', [Name, Value])),\n    remove_prefix(remove_suffix(\n      (type(ModifiedProperties) == \'array\' && ModifiedProperties || `[]`)[?Name == \'Role.DisplayName\'].NewValue\n      | [0], \'"\'), \'"\'),\n    P2Sender && join(\' \', [\'from\', P2Sender]), Verdict, FileData.FileName, Url,\n    NewValue && type(NewValue) == \'string\' && join(\' \', [\'now\', NewValue]),\n    LogonError, ResultStatus == \'Failed\' && \'failed\'\n  ][?@ && type(@) == \'string\' && @ != \'\'] | [:6])\n][?@ && @ != \'\'])}',
        severity=Choice(
            of="{AlertId && join(' ', ['alert', Operation, Severity || '-', Status || '-'])\n  || PolicyDetails && join(' ', ['dlp', Operation, PolicyDetails[0].Rules[0].Severity || '-'])\n  || Operation}",
            words={
                'ERROR': ('alert AlertTriggered High *', 'FileMalwareDetected', 'AtpDetection',),
                'INFO': ('alert * Resolved', 'alert * Dismissed', 'dlp DlpInfo *',),
                'WARNING': (
                    'alert AlertTriggered *', 'alert AlertEntityGenerated High *', 'dlp DlpRuleMatch High*',
                    'TIMailData', 'TIUrlClickData', 'AirInvestigationData', 'Add member to role*',
                    'Add eligible member to role*', 'Add scoped member to role*', 'Consent to application*',
                    'Add service principal credentials*', '*ertificates and secrets management*',
                    'Add app role assignment to service principal*', 'Add delegated permission grant*',
                    'Add owner to application*', 'Add owner to service principal*', '*onditional *ccess policy*',
                    'Update policy*', 'Set domain authentication*', 'Set federation settings on domain*',
                    'Disable Strong Authentication*', 'Add unverified domain*', 'New-InboxRule', 'Set-InboxRule',
                    'UpdateInboxRules', '*-TransportRule', '*-MailboxPermission', '*-RecipientPermission',
                    '*-MailboxFolderPermission', 'AddFolderPermissions', 'Set-Mailbox', 'Set-CASMailbox',
                    '*-ManagementRoleAssignment', '*-RoleGroup*', '*-AdminAuditLogConfig',
                    '*-MailboxAuditBypassAssociation', '*-AntiPhish*', '*-MalwareFilter*', '*-SafeLinks*',
                    '*-SafeAttachment*', '*-HostedContentFilter*', '*-HostedConnectionFilter*', '*-HostedOutboundSpam*',
                    '*-AtpPolicyForO365', '*-DkimSigningConfig', '*-InboundConnector', '*-OutboundConnector',
                    '*-FederatedDomain', '*-RemoteDomain', '*-JournalRule', '*-OrganizationConfig',
                    '*-AuthenticationPolicy', '*-DlpPolicy', '*-DlpCompliancePolicy', '*-RetentionCompliance*',
                    '*-ProtectionAlert', 'New-MailboxExportRequest', '*-ComplianceSearch*', '*-CaseHoldPolicy',
                    '*-CsTenantFederationConfiguration', '*-CsTeamsClientConfiguration', 'AnonymousLinkCreated',
                    'AnonymousLinkUpdated', 'SharingPolicyChanged', 'SiteCollectionAdminAdded',
                    'NetworkAccessPolicyChanged', 'DeviceAccessPolicyChanged', 'Search*Export*', 'ExportReport',
                    'CaseAdded', 'SearchStarted', 'TeamsTenantSettingChanged',
                ),
                'NOTICE': (
                    'alert *', 'dlp *', 'UserLoginFailed', '* user*', '* account*', '*password*', '*member *',
                    '* owner *', '*role*', '*service principal*', '* application*', 'SendAs', 'SendOnBehalf',
                    'HardDelete', 'AnonymousLinkUsed', 'CompanyLinkCreated', 'SecureLinkCreated', 'AddedToSecureLink',
                    'Sharing*', 'AddedToGroup', 'RemovedFromGroup', 'SiteCollectionAdmin*', 'Site*', 'Permission*',
                    'MemberAdded', 'MemberRemoved', 'MemberRoleChanged', 'TeamDeleted', 'ChannelDeleted', 'AppInstalled',
                    'BotAdded*', 'ConnectorAdded', '*SettingChanged', 'New-*', 'Set-*', 'Remove-*', 'Add-*', 'Disable-*',
                    'Enable-*', 'FileDeleted*', 'QuarantineRelease*', 'Case*', 'Search*', 'Hold*',
                ),
            },
        ),
        kind=Choice(
            of="{AlertId && join(' ', ['alert', Operation, Status || '-']) || Operation}",
            words={
                'authentication.start': ('UserLoggedIn', 'UserLoginFailed', 'MailboxLogin', 'TeamsSessionStarted', 'PasswordLogon*',),
                'authentication.end': ('UserLoggedOff', '*SignedOut*',),
                'detection.create': (
                    'alert AlertTriggered *', 'alert AlertEntityGenerated *', 'DlpRuleMatch', 'FileMalwareDetected',
                    'AtpDetection', 'TIMailData', 'TIUrlClickData', 'AirInvestigationData',
                ),
                'detection.close': ('alert * Resolved', 'alert * Dismissed', 'DlpRuleUndo',),
                'detection.change': ('alert *', 'DlpInfo',),
                'account.create': ('Add user*', 'Invite external user*',),
                'account.delete': ('Delete user*', 'Hard Delete user*',),
                'account.disable': ('Disable account*',),
                'account.enable': ('Enable account*', 'Restore user*',),
                'permission.grant': (
                    'Add *ember to *', 'Add owner to *', 'Add app role assignment *', 'Add delegated permission grant*',
                    'Consent to application*', 'Add-*Permission', 'AddFolderPermissions', 'New-ManagementRoleAssignment',
                    'Add-RoleGroupMember', 'AnonymousLinkCreated', 'CompanyLinkCreated', 'SecureLinkCreated',
                    'AddedToSecureLink', 'SharingInvitationCreated', 'SharingInvitationAccepted', 'SharingSet',
                    'SiteCollectionAdminAdded', 'AddedToGroup', 'MemberAdded', 'PermissionLevelAdded',
                ),
                'permission.revoke': (
                    'Remove *ember from *', 'Remove owner from *', 'Remove app role assignment *',
                    'Remove delegated permission grant*', 'Remove-*Permission', 'RemoveFolderPermissions',
                    'Remove-ManagementRoleAssignment', 'Remove-RoleGroupMember', 'AnonymousLinkRemoved',
                    'CompanyLinkRemoved', 'SecureLinkDeleted', 'RemovedFromSecureLink', 'SharingRevoked',
                    'SharingInvitationRevoked', 'SiteCollectionAdminRemoved', 'RemovedFromGroup', 'MemberRemoved',
                    'PermissionLevelRemoved',
                ),
                'permission.change': (
                    '*FolderPermissions', '*-*Permission', '*-ManagementRole*', '*-RoleGroup*', 'Sharing*',
                    'AnonymousLinkUpdated', 'CompanyLink*', 'SecureLink*', 'MemberRoleChanged', 'Permission*',
                    'Update role*',
                ),
                'account.change': (
                    'Update user*', '* user password*', 'Disable Strong Authentication*',
                    'Set force change user password*', 'Change user license*', 'Set-Mailbox', 'Set-CASMailbox',
                    '*-InboxRule', 'UpdateInboxRules',
                ),
                'data.read': (
                    'FileAccessed', 'FileAccessedExtended', 'FileDownloaded', 'FileSyncDownloaded*', 'FilePreviewed',
                    'MailItemsAccessed', 'AnonymousLinkUsed', 'Search*', '*-ComplianceSearch*',
                    'New-MailboxExportRequest', 'ExportReport', '*Viewed', '*Accessed', 'CopilotInteraction',
                ),
                'data.create': (
                    'FileUploaded', 'FileSyncUploaded*', 'FileCopied', 'FolderCreated', 'Create', 'Send', 'SendAs',
                    'SendOnBehalf', 'MessageSent', 'ChatCreated',
                ),
                'data.delete': (
                    'FileDeleted*', 'FileRecycled', 'FolderDeleted*', 'FolderRecycled', 'HardDelete', 'SoftDelete',
                    'MoveToDeletedItems', 'MessageDeleted',
                ),
                'data.change': ('File*', 'Folder*', 'Update', 'Move', 'MessageUpdated', 'MessageEditedHasLink',),
                'configuration.create': ('New-*', 'Add-*', 'Add *', 'Create*', '*Created', '*Added', 'AppInstalled', 'Enable-*', 'Install-*',),
                'configuration.delete': ('Remove-*', 'Delete *', 'Remove *', '*Deleted', '*Removed', 'Disable-*', 'AppUninstalled',),
                'configuration.change': ('Set-*', 'Set *', 'Update *', '*Changed', '*Updated', 'Enable *', 'Disable *',),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of="{Operation == 'UserLoginFailed' && 'Failed' || ResultStatus}",
            words={
                'success': ('Success', 'Succeeded', 'success', 'succeeded', 'True',),
                'failure': ('Failed', 'failed', 'Failure', 'False', 'PartiallySucceeded',),
            },
        ),
        reason='{[LogonError, ExceptionInfo][?@] | [0]}',
        user="{[UserId][?@ != 'SecurityComplianceAlerts' && @ != 'DlpAgent'] | [0]}",
        user_id='{UserKey}',
        source_ip='{[ClientIP, ClientIPAddress, ActorIpAddress, SenderIp][?@] | [0]}',
        user_agent="{[UserAgent, ClientInfoString, (ExtendedProperties || `[]`)[?Name == 'UserAgent'].Value | [0]][?@] | [0]}",
        target_user='{[TargetUserOrGroupName, (Target || `[]`)[?Type == `5`].ID | [0], Members[0].UPN, MailboxOwnerUPN, Recipients[0]][?@]\n  | [0]}',
        target='{[AlertId && Name, PolicyDetails[0].PolicyName, ObjectId, SourceFileName, TeamName, CaseName][?@] | [0]}',
        role='{remove_prefix(remove_suffix(\n  (type(ModifiedProperties) == \'array\' && ModifiedProperties || `[]`)[?Name == \'Role.DisplayName\'].NewValue | [0],\n  \'"\'), \'"\')}',
        organization='{OrganizationId}',
        session="{[SessionId, AppAccessContext.AADSessionId, (DeviceProperties || `[]`)[?Name == 'SessionId'].Value | [0]][?@] | [0]}",
        extra={
            'workload': '{Workload}',
            'record_type': '{RecordType}',
            'content': '{parent().contentType}',
            'app': '{[AppAccessContext.ClientAppName, ApplicationDisplayName, ApplicationId, ClientAppId, AppId][?@] | [0]}',
            'error_code': '{ErrorCode}',
            'logon_type': '{LogonType}',
            'site': '{SiteUrl}',
            'rule': '{PolicyDetails[0].Rules[0].RuleName}',
        },
    ),
    vendor=Vendor(
        docs='https://learn.microsoft.com/en-us/office/office-365-management-api/office-365-management-activity-api-reference',
        credential='an app with ActivityFeed.Read; an administrator consents',
        lateness='60 to 90 minutes as a rule; no bound',
        limit='2,000 requests a minute or more for the organization, over all programs that read this log',
    ),
)

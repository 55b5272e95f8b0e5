"""The definition of salesforce, as the generator validated it."""

from lambdas.credentials import oauth2
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, Each, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import next_url
from lambdas.runtime.parameters import read_parameters

PARAMETERS = read_parameters({'MyDomain': '[a-z0-9-]+(\\.[a-z]+)?\\.my\\.salesforce\\.(com|mil)'})
SOURCE = Source(
    name='salesforce',
    description='Salesforce event log files and setup audit trail',
    pull=Pull(
        url='https://' + PARAMETERS['MyDomain'],
        credentials=Credentials(
            type=oauth2,
            settings=oauth2.Settings(url='https://' + PARAMETERS['MyDomain'] + '/services/oauth2/token', send='body'),
        ),
        every=900,
        rate=Rate(requests=100, per=900),
        streams={
            'files': Stream(
                paging=Paging(style=next_url, settings=next_url.Settings(at='nextRecordsUrl')),
                resume='time',
                get='/services/data/v64.0/query',
                query={
                    'q': 'SELECT Id, EventType, LogDate, Interval, Sequence, CreatedDate, LogFile FROM EventLogFile WHERE CreatedDate >= {from} AND CreatedDate < {to} ORDER BY CreatedDate',
                },
                each=Each(of='records', id='Id', get='{LogFile}', format='csv'),
                window=Window(lag=300, overlap=3600, retention=2592000),
                events=Events(split='@', require=('EVENT_TYPE',), id='hash()', type='EVENT_TYPE', time='TIMESTAMP_DERIVED'),
            ),
            'setup': Stream(
                paging=Paging(style=next_url, settings=next_url.Settings(at='nextRecordsUrl')),
                resume='time',
                get='/services/data/v64.0/query',
                query={
                    'q': 'SELECT Id, Action, Section, Display, DelegateUser, CreatedDate, CreatedById, CreatedBy.Username FROM SetupAuditTrail WHERE CreatedDate >= {from} AND CreatedDate < {to} ORDER BY CreatedDate',
                },
                window=Window(retention=15552000),
                events=Events(split='records', require=('Action',), id='Id', type='Action', time='CreatedDate'),
            ),
        },
        errors=(
            ErrorRule(
                do='stop',
                status=400,
                when="[?errorCode == 'INVALID_TYPE']",
                say='Salesforce does not know the object: the user needs the permission View Event Log Files for event log files, or View Setup and Configuration for the setup audit trail',
            ),
            ErrorRule(
                do='stop',
                status=401,
                say="Salesforce ends the session at once: check the app's Run As user and its IP restrictions",
            ),
            ErrorRule(
                do='wait',
                status=403,
                when="[?errorCode == 'REQUEST_LIMIT_EXCEEDED']",
                say="the organization's daily limit of API requests is used up",
            ),
            ErrorRule(do='stop', status=403, say='Salesforce refuses: the Run As user needs the permission API Enabled'),
        ),
    ),
    facts=Facts(
        summary="salesforce: {join(': ', [\n  join(' by ', [\n    Action && join(' ', ['setup', Action]) || EVENT_TYPE,\n    [DelegateUser, DELEGATED_USER_NAME, USER_NAME, USERNAME, CreatedBy.Username, USER_ID_DERIVED,\n    USER_ID][?@ && @ != ''] | [0]\n  ][?@]),\n  join(', ', [\n    Display,\n    (DelegateUser && CreatedBy.Username || DELEGATED_USER_NAME && (USER_NAME || USER_ID_DERIVED))\n      | @ && join(' ', ['as', @]),\n    LOGIN_STATUS, SUMMARY, METHOD_NAME, METHOD, OPERATION_TYPE, ENTITY_NAME, REPORT_DESCRIPTION, REPORT_ID,\n    FILE_NAME,\n    TRANSACTION_TYPE, DOCUMENT_ID, PACKAGE_NAME, ENTRY_POINT, EXCEPTION_TYPE, URI, PAGE_URL,\n    [ROWS_PROCESSED, RECORDS_PROCESSED, NUMBER_RECORDS, ROW_COUNT][?@ && @ != ''] | [0] | @ && join(' ', [@,\n    'rows'])\n  ][?@ && @ != ''])\n][?@ && @ != ''])}",
        severity=Choice(
            of="{Action && join(' ', ['setup', Action])\n  || LOGIN_STATUS && LOGIN_STATUS != 'LOGIN_NO_ERROR' && join(' ', [EVENT_TYPE, 'failed']) || EVENT_TYPE}",
            words={
                'ERROR': ('CredentialStuffing*', 'SessionHijacking*',),
                'WARNING': (
                    'LoginAs', '*Anomaly*', 'TransactionSecurity', 'PermissionUpdate', 'PackageInstall', 'setup suOrg*',
                    'setup PermSetAssign*', 'setup PermSetEnable*', 'setup PermSet*Perm*', 'setup *ConnectedApp*',
                    'setup *connectedapp*', 'setup *saml*', 'setup *Saml*', 'setup *SAML*', 'setup *sso*', 'setup *Sso*',
                    'setup *rofileforuser*', 'setup *TwoFactor*', 'setup *twofactor*', 'setup *loginas*',
                    'setup *LoginAs*', 'setup *IpRange*', 'setup *iprange*', 'setup *networkaccess*', 'setup *session*',
                    'setup *Session*', 'setup *password*olic*', 'setup *dataexport*', 'setup *DataExport*',
                    'setup *ertificate*', 'setup *owdChanged*', 'setup *SharingRule*', 'setup *remoteAccess*',
                    'setup *RemoteSite*',
                ),
                'NOTICE': (
                    'Login failed', 'BlockedRedirect', 'GroupMembership', 'Sandbox', 'ReportExport', 'BulkApi*',
                    'DocumentAttachmentDownloads', 'DataExport', 'ApexUnexpectedException', 'CSPViolation',
                    'CorsViolation', 'InsecureExternalAssets', 'setup created*', 'setup *user*', 'setup *User*',
                    'setup *assword*', 'setup *rofile*', 'setup PermSet*', 'setup *role*', 'setup *group*',
                    'setup changed*',
                ),
            },
        ),
        kind=Choice(
            of="{Action && join(' ', ['setup', Action]) || EVENT_TYPE}",
            words={
                'detection.create': ('*Anomaly*', 'TransactionSecurity', 'CredentialStuffing*', 'SessionHijacking*', 'CSPViolation',),
                'authentication.start': ('Login', 'LoginAs', 'IdentityProvider*', 'IdentityVerification*', 'setup suOrgAdminLogin',),
                'authentication.end': ('Logout', 'setup suOrgAdminLogout',),
                'account.create': ('setup createduser*', 'setup createdUser*',),
                'account.enable': ('setup activateduser*', 'setup unfroze*',),
                'account.disable': ('setup deactivateduser*', 'setup froze*',),
                'permission.grant': ('setup PermSetAssign*', 'setup PermSetEnable*', 'setup *loginasgranted*', 'setup groupMembership*',),
                'permission.revoke': ('setup PermSetUnassign*', 'setup PermSetDisable*',),
                'permission.change': (
                    'PermissionUpdate', 'GroupMembership', 'setup PermSet*', 'setup *rofile*', 'setup *role*',
                    'setup *SharingRule*',
                ),
                'account.change': ('setup *user*', 'setup *assword*', 'setup *email*',),
                'data.read': (
                    'ReportExport', 'Report', 'DocumentAttachmentDownloads', 'DataExport', 'ContentTransfer', 'BulkApi*',
                    'API', 'RestApi', 'ListView*', 'UniqueQuery', 'Dashboard', 'Search*', 'URI', 'LightningPageView',
                    'ContentDistribution', 'AuraRequest',
                ),
                'configuration.create': ('setup *create*', 'setup insert*', 'setup *added*',),
                'configuration.delete': ('setup *delete*', 'setup *removed*',),
                'configuration.change': ('setup *', 'PackageInstall', 'MetadataApiOperation', 'ChangeSetOperation', 'ApexCompile*',),
                'other': ('*',),
            },
        ),
        outcome=Choice(of='{LOGIN_STATUS}', words={'success': ('LOGIN_NO_ERROR',), 'failure': ('LOGIN_*',)}),
        reason="{LOGIN_STATUS != 'LOGIN_NO_ERROR' && LOGIN_STATUS || EXCEPTION_MESSAGE || SUMMARY}",
        user="{[DelegateUser, DELEGATED_USER_NAME, USER_NAME, USERNAME, CreatedBy.Username][?@ && @ != ''] | [0]}",
        user_id="{[DELEGATED_USER_ID_DERIVED, USER_ID_DERIVED, USER_ID, CreatedById][?@ && @ != ''] | [0]}",
        source_ip="{[CLIENT_IP, SOURCE_IP][?@ && @ != '' && @ != 'Salesforce.com IP'] | [0]}",
        user_agent="{[BROWSER_TYPE, USER_AGENT][?@ && @ != ''] | [0]}",
        target_user="{[[@][?DelegateUser].CreatedBy.Username | [0], [@][?DELEGATED_USER_NAME].USER_NAME | [0]][?@ && @ != ''] | [0]}",
        target="{[ENTITY_NAME, REPORT_DESCRIPTION, REPORT_ID, FILE_NAME, DOCUMENT_ID, PACKAGE_NAME, ENTRY_POINT, URI, PAGE_URL,\n  Section][?@ && @ != ''] | [0]}",
        organization='{ORGANIZATION_ID}',
        session="{[SESSION_KEY, LOGIN_KEY][?@ && @ != ''] | [0]}",
        extra={
            'request_id': '{REQUEST_ID}',
            'rows': "{[ROWS_PROCESSED, RECORDS_PROCESSED, NUMBER_RECORDS, ROW_COUNT][?@ && @ != ''] | [0]}",
            'login_type': '{LOGIN_TYPE}',
            'api_type': '{API_TYPE}',
            'client_name': '{CLIENT_NAME}',
            'status_code': '{STATUS_CODE}',
            'log_file': '{parent().Id}',
            'interval': '{parent().Interval}',
        },
    ),
    drop="contains(['RestApi', 'ApiTotalUsage'], EVENT_TYPE) && (contains(['EventLogFile', 'SetupAuditTrail'], ENTITY_NAME || '')\n  || contains(join(' ', [URI, API_RESOURCE][?@]), '/sobjects/EventLogFile/'))",
    vendor=Vendor(
        docs='https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/using_resources_event_log_files.htm',
        credential='an app and a user with View Event Log Files and View Setup and Configuration, by an administrator',
        lateness='3 to 6 hours for hourly files; a day for daily ones',
        limit="the organization's daily API requests, 100,000 or more, over all programs",
    ),
)

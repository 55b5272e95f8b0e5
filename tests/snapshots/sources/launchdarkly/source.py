"""The definition of launchdarkly, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='launchdarkly',
    description='LaunchDarkly changes of flags, projects, members, roles and tokens, as its audit log has them',
    webhook=Webhook(auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('X-LD-Signature',))))),
    events=Events(
        require=('_id', 'kind',),
        id='_id',
        type="join('.', [kind, accesses[0].action][?@ && type(@) == 'string'])",
        time='date',
        time_format='unix_ms',
    ),
    facts=Facts(
        summary="launchdarkly: {join('.', [kind, accesses[0].action][?@ && type(@) == 'string'])} by {member.email || token.name || app.name || 'LaunchDarkly'}: {join(', ', [\n  target.name || name, shortDescription || titleVerb,\n  accesses[0].resource && join(' ', ['in', accesses[0].resource]),\n  comment\n][?@ && @ != ''])}",
        severity=Choice(
            of="{kind} {accesses[0].action || '-'}",
            words={
                'WARNING': (
                    '* createMember', '* update*Role', '* updateMembers', 'role *', 'team *', '* *AccessToken',
                    '* *AccessTokenPolicy', '* *AccountToken', '* *Saml*', '* *Scim*', '* updateRequireMfa',
                    '* updateSession*', '* sendMfaRecoveryCode', '* updateApiKey', '* updateMobileKey',
                    '* updateSecureMode', '* updateRequireComments', '* updateConfirmChanges', 'webhook *',
                    'integration *', 'destination *', 'application *', 'relay-proxy-config *', '* deleteProject',
                    '* deleteEnvironment',
                ),
                'NOTICE': ('member *', 'token *', 'account *', '* delete*', '* revoke*', 'environment *', 'project *',),
                'INFO': ('*',),
            },
        ),
        kind=Choice(
            of="{kind} {accesses[0].action || '-'}",
            words={
                'account.create': ('* createMember',),
                'account.delete': ('* deleteMember',),
                'permission.change': ('* update*Role', '* updateMembers', 'role *', 'team *', '* *AccessTokenPolicy',),
                'permission.grant': ('* create*Token', '* reset*Token',),
                'permission.revoke': ('* delete*Token', '* revokeSessions',),
                'account.change': ('member *',),
                'configuration.create': ('* create*',),
                'configuration.delete': ('* delete*',),
                'configuration.change': ('*',),
            },
        ),
        reason='{comment}',
        user='{member.email || token.name}',
        user_id='{member._id || token._id}',
        target_user="{kind == 'member' && (target.name || name) || ''}",
        target='{target.name || name}',
        extra={
            'resource': '{accesses[0].resource}',
            'what': '{titleVerb}',
            'token': '{token.name}',
            'description': '{shortDescription}',
        },
    ),
    vendor=Vendor(
        docs='https://launchdarkly.com/docs/home/infrastructure/webhooks',
        retries='once, after anything but a 2xx',
        secret='chosen',
    ),
)

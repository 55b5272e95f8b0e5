"""The definition of notion, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='notion',
    description='Notion, changes of pages, databases, comments and who may see a page',
    webhook=Webhook(
        auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('X-Notion-Signature',), prefix='sha256='))),
        challenges=(Challenge(when='verification_token', reply=Reply(), unauthenticated=True, store_secret='verification_token'),),
    ),
    events=Events(require=('type', 'entity.id',), id='id', type='type', time='timestamp'),
    facts=Facts(
        summary="notion: {type} by {join(', ', authors[].join(' ', [type, id])) || 'nobody'}: {join(', ', [\n  join(' ', [entity.type, entity.id]),\n  data.parent.type != 'page' && data.page_id && join(' ', ['on page', data.page_id]),\n  data.parent && join(' ', ['in', data.parent.type, data.parent.id]),\n  data.updated_properties[].name | @[0] && join('', ['properties ', join(', ', @)])\n][?@])}",
        severity=Choice(
            of='{type}',
            words={
                'WARNING': ('page.permissions_updated', 'database.deleted', 'data_source.deleted',),
                'NOTICE': ('*.deleted', '*.moved', 'page.unlocked', '*.schema_updated',),
            },
        ),
        kind=Choice(
            of='{type}',
            words={
                'permission.change': ('page.permissions_updated',),
                'configuration.change': ('*.schema_updated', 'page.locked', 'page.unlocked',),
                'data.create': ('*.created', '*.undeleted',),
                'data.delete': ('*.deleted',),
                'data.change': ('*updated', '*.moved',),
            },
        ),
        user="{join(', ', authors[].id)}",
        user_id='{(!authors[1] && authors || `[]`)[0].id}',
        target='{entity.type} {entity.id}',
        organization='{workspace_name || workspace_id}',
        extra={
            'author_type': "{join(', ', authors[].type)}",
            'parent': '{data.parent.type} {data.parent.id}',
            'page': '{data.page_id}',
            'properties': "{join(', ', data.updated_properties[].[name, @][] | [?type(@) == 'string'])}",
            'integration': '{integration_id}',
        },
    ),
    vendor=Vendor(
        docs='https://developers.notion.com/reference/webhooks',
        retries='8 attempts in all, at growing intervals, the last about 24 hours later; after anything but 200',
    ),
)

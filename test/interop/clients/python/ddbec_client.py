from decimal import Decimal

from driver import client, create_table, resource, same, serve
from dynamodb_encryption_sdk.encrypted.table import EncryptedTable
from dynamodb_encryption_sdk.identifiers import CryptoAction
from dynamodb_encryption_sdk.material_providers.aws_kms import AwsKmsCryptographicMaterialsProvider
from dynamodb_encryption_sdk.material_providers.most_recent import CachingMostRecentProvider
from dynamodb_encryption_sdk.material_providers.store.meta import MetaStore
from dynamodb_encryption_sdk.structures import AttributeActions

DIRECT = "interop-ddbec-direct"
NUMBERED = "interop-ddbec-numbered"
META = "interop-ddbec-meta"
RECENT = "interop-ddbec-recent"

ITEMS = {
    DIRECT: [{"id": "a \u00fc", "secret": "one", "open": "o"}, {"id": "b", "secret": "two", "open": "p"}],
    NUMBERED: [{"id": "a", "at": number, "secret": str(number)} for number in (1, -7, 1000000)],
    RECENT: [{"id": "a", "secret": "recent"}, {"id": "b", "secret": "more recent"}],
}
KEYS = {DIRECT: ["id"], NUMBERED: ["id", "at"], RECENT: ["id"]}


def provider(place):
    return AwsKmsCryptographicMaterialsProvider(
        key_id=place["keyArn"], regional_clients={"us-east-1": client("kms", place)}
    )


def encrypted(place, name):
    materials = provider(place)
    if name == RECENT:
        store = MetaStore(table=resource("dynamodb", place).Table(META), materials_provider=materials)
        materials = CachingMostRecentProvider(provider_store=store, material_name="materials", version_ttl=60.0)
    actions = AttributeActions(
        default_action=CryptoAction.ENCRYPT_AND_SIGN,
        attribute_actions={"open": CryptoAction.DO_NOTHING},
    )
    table = resource("dynamodb", place).Table(name)
    return EncryptedTable(table=table, materials_provider=materials, attribute_actions=actions)


def stored(item):
    return {name: Decimal(value) if isinstance(value, int) else value for name, value in item.items()}


def write(place):
    create_table(place, DIRECT, id="S")
    create_table(place, NUMBERED, id="S", at="N")
    create_table(place, RECENT, id="S")
    MetaStore.create_table(client("dynamodb", place), META, 1, 1)
    for name, items in ITEMS.items():
        table = encrypted(place, name)
        for item in items:
            table.put_item(Item=stored(item))
    # The items of RECENT have no data key of their own: the one in META covers them.
    keys = len(ITEMS[DIRECT]) + len(ITEMS[NUMBERED]) + 1
    return {"dataKeys": keys, "tables": [DIRECT, NUMBERED, META, RECENT], "details": ITEMS}


def read(place, written):
    for name, items in written["details"].items():
        for item in items:
            key = {part: stored(item)[part] for part in KEYS[name]}
            found = encrypted(place, name).get_item(Key=key)["Item"]
            same(f"{name} {key}", found, stored(item))


serve(write, read)

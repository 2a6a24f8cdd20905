import os

import credstash
from driver import create_table, serve, same

TABLE = "interop-credstash-python"

SECRETS = [
    ("plain", "1", "one", {}),
    ("plain", "2", "two", {}),
    ("app.password", "1", "drei \u00fc", {"app": "db", "environment": "test"}),
    ("app.token", "1", "vier", {"app": "web"}),
]


def write(place):
    os.environ["AWS_ENDPOINT_URL"] = place["endpoint"]
    create_table(place, TABLE, name="S", version="S")
    for name, version, secret, context in SECRETS:
        credstash.putSecret(
            name,
            secret,
            version.zfill(19),
            kms_key=place["keyArn"],
            region="us-east-1",
            table=TABLE,
            context=context,
            comment="a comment" if context else "",
        )
    return {"dataKeys": len(SECRETS), "tables": [TABLE], "details": SECRETS}


def read(place, written):
    os.environ["AWS_ENDPOINT_URL"] = place["endpoint"]
    for name, version, secret, context in written["details"]:
        found = credstash.getSecret(
            name, version.zfill(19), region="us-east-1", table=TABLE, context=context
        )
        same(f"{name} {version}", found, secret)


serve(write, read)

"""Credentials as Confidant's routes for creating and updating them store them: the current row, and one for each revision."""

import json
import os
import sys
import uuid

REQUEST = json.load(sys.stdin)
PLACE = REQUEST["place"]
TABLE = "interop-confidant"
os.environ.update(
    DYNAMODB_TABLE=TABLE,
    DYNAMODB_URL=PLACE["endpoint"],
    KMS_URL=PLACE["endpoint"],
    KMS_MASTER_KEY=PLACE["keyArn"],
    AWS_DEFAULT_REGION="us-east-1",
)

from confidant.models.credential import Credential  # noqa: E402
from confidant.services import keymanager  # noqa: E402
from confidant.services.ciphermanager import CipherManager  # noqa: E402

PAIRS = [[{"user": "one"}, {"user": "two", "password": "\u00fc"}], [{"token": "three"}]]


def save(credential_id, revision, pairs):
    data_key = keymanager.create_datakey(encryption_context={"id": credential_id})
    cipher = CipherManager(data_key["plaintext"], version=2)
    common = {
        "name": f"name of {credential_id}",
        "revision": revision,
        "credential_pairs": cipher.encrypt(json.dumps(pairs)),
        "metadata": {"team": "orders"},
        "enabled": True,
        "data_key": data_key["ciphertext"],
        "cipher_version": 2,
        "modified_by": "somebody",
        "documentation": "",
    }
    archived = f"{credential_id}-{revision}"
    Credential(id=archived, data_type="archive-credential", **common).save()
    Credential(id=credential_id, data_type="credential", **common).save()


def write():
    # As much as Confidant gives the tables that it makes: the embedded DynamoDB throttles whoever takes more.
    Credential.create_table(read_capacity_units=10, write_capacity_units=10, wait=True)
    written = {}
    for revisions in PAIRS:
        credential_id = uuid.uuid4().hex
        for index, pairs in enumerate(revisions):
            save(credential_id, index + 1, pairs)
            written[f"{credential_id}-{index + 1}"] = pairs
            written[credential_id] = pairs
    return {"dataKeys": len(written), "tables": [TABLE], "details": written}


def read(written):
    for credential_id, pairs in written["details"].items():
        found = Credential.get(credential_id).decrypted_credential_pairs
        if found != pairs:
            raise AssertionError(f"{credential_id}: something else was read than was written")


json.dump(write() if REQUEST["verb"] == "write" else read(REQUEST["written"]) or {}, sys.stdout)

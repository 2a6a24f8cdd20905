from driver import client, same, serve
from s3_encryption import S3EncryptionClient, S3EncryptionClientConfig
from s3_encryption.materials.kms_keyring import KmsKeyring
from s3_encryption.materials.materials import AlgorithmSuite, CommitmentPolicy

BUCKET = "interop-s3ec-python"

OBJECTS = [
    ("v3/plain", "v3", "one", {}, {}),
    ("v3/context \u00fc", "v3", "two", {"tenant": "acme", "for": "a \"quote\" and a \\ backslash"}, {"own": "kept"}),
    ("v2/plain", "v2", "three", {}, {}),
    ("v2/context", "v2", "four" * 5000, {"tenant": "acme"}, {"own": "kept"}),
    ("v2/empty", "v2", "", {}, {}),
]


def encryption_client(place, version="v3"):
    keyring = KmsKeyring(client("kms", place), place["keyArn"])
    if version == "v3":
        config = S3EncryptionClientConfig(keyring=keyring)
    else:
        config = S3EncryptionClientConfig(
            keyring=keyring,
            encryption_algorithm=AlgorithmSuite.ALG_AES_256_GCM_IV12_TAG16_NO_KDF,
            commitment_policy=CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT,
        )
    return S3EncryptionClient(client("s3", place), config)


def write(place):
    client("s3", place).create_bucket(Bucket=BUCKET)
    for key, version, body, context, metadata in OBJECTS:
        encryption_client(place, version).put_object(
            Bucket=BUCKET,
            Key=key,
            Body=body.encode(),
            Metadata=metadata,
            ContentType="text/plain",
            **({"EncryptionContext": context} if context else {}),
        )
    return {"dataKeys": len(OBJECTS), "buckets": [BUCKET], "details": OBJECTS}


def read(place, written):
    for key, version, body, context, metadata in written["details"]:
        found = encryption_client(place, version).get_object(
            Bucket=BUCKET, Key=key, **({"EncryptionContext": context} if context else {})
        )
        same(key, found["Body"].read().decode(), body)
        same(f"metadata of {key}", {name: found["Metadata"].get(name) for name in metadata}, metadata)
        same(f"content type of {key}", found["ContentType"], "text/plain")


serve(write, read)

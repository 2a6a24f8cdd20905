"""One request on standard input, one answer on standard output; whatever goes wrong ends the process."""

import json
import sys

import boto3


def client(service, place):
    return boto3.client(service, endpoint_url=place["endpoint"], region_name="us-east-1")


def resource(service, place):
    return boto3.resource(service, endpoint_url=place["endpoint"], region_name="us-east-1")


def create_table(place, name, /, **keys):
    """`keys`: the types of the partition key and the sort key, by name, in this order."""
    client("dynamodb", place).create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ["HASH", "RANGE"])
        ],
        AttributeDefinitions=[
            {"AttributeName": key, "AttributeType": type_} for key, type_ in keys.items()
        ],
        BillingMode="PAY_PER_REQUEST",
    )


def same(what, read, written):
    if read != written:
        raise AssertionError(f"{what}: something else was read than was written")


def serve(write, read):
    request = json.load(sys.stdin)
    place = request["place"]
    answer = write(place) if request["verb"] == "write" else read(place, request["written"])
    json.dump(answer or {}, sys.stdout)

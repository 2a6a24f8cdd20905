import { defaultKeyPolicy } from '../../kms/default-key-policy.ts';
import type { Key } from '../../kms/key.ts';
import { EVERYTHING } from '../../protocol/authorization.ts';
import { AwsError } from '../../protocol/aws-error.ts';
import type { OperationContext } from '../../protocol/json-protocol.ts';
import type { Acting, ResourceHandler } from '../acting.ts';
import { arnOf } from '../names.ts';
import type { Place, StackResource } from '../stack.ts';

const DAY_MS = 86_400_000;

function contextOf({ accountId, region }: Place): OperationContext {
  return {
    region,
    caller: { accountId, arn: `arn:aws:iam::${accountId}:role/cloudformation` },
    iam: EVERYTHING,
    requestId: 'cloudformation',
  };
}

/** Properties that are left out take KMS's defaults. */
function ownOf({ properties }: StackResource, { accountId }: Place) {
  const { Description = '', KeyPolicy } = properties;
  return {
    description: String(Description),
    policy: KeyPolicy === undefined ? defaultKeyPolicy(accountId) : JSON.stringify(KeyPolicy),
    tags: [],
  };
}

function configure(key: Key, resource: StackResource, place: Place): void {
  const { description, policy } = ownOf(resource, place);
  Object.assign(key, { description, policy });
}

/** A replica shares the rotation of its primary key. */
function rotateByItself({ ring, createdAt }: Key, { properties }: StackResource): void {
  const { EnableKeyRotation, RotationPeriodInDays = 365 } = properties;
  if (EnableKeyRotation === true)
    ring.automatic = { days: Number(RotationPeriodInDays), since: ring.automatic?.since ?? createdAt };
  else delete ring.automatic;
}

const changed: Pick<ResourceHandler, 'update' | 'delete'> = {
  update(resource, _, { services: { keys }, place }) {
    const key = keys.resolve(resource.physicalId, contextOf(place));
    configure(key, resource, place);
    if (resource.type === 'AWS::KMS::Key') rotateByItself(key, resource);
  },
  delete({ physicalId, properties, type }, { services: { keys }, place }) {
    const key = keys.resolve(physicalId, contextOf(place));
    key.state =
      type === 'AWS::KMS::Key' && key.ring.members.length > 1 ? 'PendingReplicaDeletion' : 'PendingDeletion';
    key.pendingWindowDays = Number(properties['PendingWindowInDays'] ?? 30);
    key.deletionDate = keys.now() + key.pendingWindowDays * DAY_MS;
  },
};

export const keyHandler: ResourceHandler = {
  ...changed,
  create(resource, { services: { keys }, place }) {
    const { physicalId, properties } = resource;
    const {
      KeySpec = 'SYMMETRIC_DEFAULT',
      KeyUsage = 'ENCRYPT_DECRYPT',
      MultiRegion,
      Origin = 'AWS_KMS',
    } = properties;
    const key = keys.create(contextOf(place), {
      ...ownOf(resource, place),
      keyId: physicalId,
      spec: String(KeySpec),
      usage: String(KeyUsage),
      origin: String(Origin),
      multiRegion: MultiRegion === true,
    });
    configure(key, resource, place);
    rotateByItself(key, resource);
  },
};

export const replicaHandler: ResourceHandler = {
  ...changed,
  create(resource, { services: { keys }, place }) {
    const primaryArn = String(resource.properties['PrimaryKeyArn']);
    const there = { ...contextOf(place), region: primaryArn.split(':')[3] ?? '' };
    keys.replicate(keys.resolve(primaryArn, there), place.region, ownOf(resource, place));
  },
};

function target({ properties }: StackResource, { services: { keys }, place }: Acting): string {
  return keys.resolve(properties['TargetKeyId'], contextOf(place)).arn;
}

export const aliasHandler: ResourceHandler = {
  create(resource, acting) {
    const arn = arnOf(resource.type, resource.physicalId, acting.place);
    const { keys } = acting.services;
    if (keys.hasAlias(arn))
      throw new AwsError('AlreadyExistsException', `An alias with the name ${arn} already exists`);
    keys.setAlias(arn, target(resource, acting));
  },
  update(resource, _, acting) {
    acting.services.keys.setAlias(
      arnOf(resource.type, resource.physicalId, acting.place),
      target(resource, acting),
    );
  },
  delete({ type, physicalId }, { services: { keys }, place }) {
    keys.deleteAlias(arnOf(type, physicalId, place));
  },
};

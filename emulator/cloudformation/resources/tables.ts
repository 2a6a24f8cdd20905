import { isDeepStrictEqual } from 'node:util';
import { EVERYTHING } from '../../protocol/authorization.ts';
import { AwsError } from '../../protocol/aws-error.ts';
import type { Acting, ResourceHandler } from '../acting.ts';
import type { StackResource } from '../stack.ts';

/** Backups, deletion protection and time to live change nothing that an item shows here. */
export const tableHandler: ResourceHandler = {
  async create(resource, acting) {
    await acting.services.dynamoDb('CreateTable', definitionOf(resource), acting);
  },
  async update(resource, before, acting) {
    const SSESpecification = encryptionOf(resource);
    if (isDeepStrictEqual(SSESpecification, encryptionOf(before))) return;
    const { physicalId: TableName } = resource;
    await acting.services.dynamoDb('UpdateTable', { TableName, SSESpecification }, acting);
    while (!(await isActive(TableName, acting)));
  },
  async delete({ physicalId, properties }, acting) {
    if (properties['DeletionProtectionEnabled'] === true)
      throw new AwsError(
        'ValidationException',
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
      );
    await acting.services.dynamoDb('DeleteTable', { TableName: physicalId }, acting);
  },
};

/** Reads of CloudFormation's own are not asked for. */
async function isActive(TableName: string, { services, place }: Acting): Promise<boolean> {
  const described = await services.dynamoDb('DescribeTable', { TableName }, { place, iam: EVERYTHING });
  return (described as { readonly Table: { readonly TableStatus: string } }).Table.TableStatus === 'ACTIVE';
}

function definitionOf(resource: StackResource): object {
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes } = resource.properties;
  return {
    TableName: resource.physicalId,
    KeySchema,
    AttributeDefinitions,
    BillingMode: 'PAY_PER_REQUEST',
    ...(GlobalSecondaryIndexes !== undefined && { GlobalSecondaryIndexes }),
    SSESpecification: encryptionOf(resource),
  };
}

/** In DynamoDB's words. What is left unsaid is a key of DynamoDB. */
function encryptionOf({ properties }: StackResource): object {
  const { SSEEnabled, ...more } = (properties['SSESpecification'] ?? {}) as {
    readonly SSEEnabled?: boolean;
  };
  return SSEEnabled === true ? { Enabled: true, ...more } : { Enabled: false };
}

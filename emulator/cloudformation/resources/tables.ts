import { AwsError } from '../../protocol/aws-error.ts';
import type { ResourceHandler } from '../acting.ts';
import type { StackResource } from '../stack.ts';

/** Backups, deletion protection and time to live change nothing that an item shows here. */
export const tableHandler: ResourceHandler = {
  create: (resource, { services, place }) => services.dynamoDb('CreateTable', definitionOf(resource), place),
  update: () => undefined,
  delete({ physicalId, properties }, { services, place }) {
    if (properties['DeletionProtectionEnabled'] === true)
      throw new AwsError(
        'ValidationException',
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
      );
    return services.dynamoDb('DeleteTable', { TableName: physicalId }, place);
  },
};

function definitionOf({ physicalId, properties }: StackResource): object {
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, SSESpecification } = properties;
  return {
    TableName: physicalId,
    KeySchema,
    AttributeDefinitions,
    BillingMode: 'PAY_PER_REQUEST',
    ...(GlobalSecondaryIndexes !== undefined && { GlobalSecondaryIndexes }),
    ...(SSESpecification !== undefined && { SSESpecification }),
  };
}

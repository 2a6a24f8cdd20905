import {
  BatchExecuteStatement$,
  BatchExecuteStatementCommand,
  type BatchExecuteStatementCommandInput,
} from '@aws-sdk/client-dynamodb';
import { toJson } from '../../core/model/attribute-json.ts';
import type { AttributeValue } from '../../core/model/record.ts';
import { jsonOperation } from '../aws/json-operation.ts';
import { consumedIn } from './update-item-operation.ts';

/** What became of the statements, in their order, and the units that they took, if DynamoDB says so. */
export interface BatchAnswer {
  /** An empty code stands for an error without one. */
  readonly codes: readonly (string | undefined)[];
  readonly units: number | undefined;
}

/** BatchExecuteStatement as the AWS JSON 1.0 protocol has it, for statements that return no items. */
export const BATCH_EXECUTE_STATEMENT = jsonOperation<BatchExecuteStatementCommandInput, BatchAnswer>({
  ...{ name: 'BatchExecuteStatement', service: 'dynamodb', target: 'DynamoDB_20120810', version: '1.0' },
  schema: BatchExecuteStatement$,
  endpoint: () => BatchExecuteStatementCommand.getEndpointParameterInstructions(),
  write: ({ Statements = [], ...input }) =>
    JSON.stringify({
      ...input,
      Statements: Statements.map(({ Parameters = [], ...statement }) => ({
        ...statement,
        Parameters: Parameters.map(value => toJson(value as AttributeValue)),
      })),
    }),
  read: json => {
    const { Responses, ConsumedCapacity } = json as {
      readonly Responses: readonly { readonly Error?: { readonly Code?: string } }[];
      readonly ConsumedCapacity?: readonly unknown[];
    };
    const units = (ConsumedCapacity ?? []).flatMap(one => consumedIn(one) ?? []);
    return {
      codes: Responses.map(({ Error: failed }) => (failed === undefined ? undefined : (failed.Code ?? ''))),
      units: units.length === 0 ? undefined : units.reduce((sum, one) => sum + one, 0),
    };
  },
});

import { randomUUID } from 'node:crypto';
import { validationError } from '../protocol/aws-error.ts';
import type { Permission } from '../protocol/authorization.ts';
import { jsonService, type OperationContext } from '../protocol/json-protocol.ts';
import type { Service } from '../protocol/request.ts';
import type { EventBus } from './event-bus.ts';

/** EventBridge on loopback: accepts events on the default bus. behaviour.md says what it does and does not do. */
export function eventBridgeService(bus: EventBus): Service {
  return jsonService(
    {
      PutEvents: (input, { region, caller }) => {
        const entries = input['Entries'];
        // PutEvents takes 1 to 10 entries (API reference).
        if (!Array.isArray(entries) || entries.length < 1 || entries.length > 10)
          throw validationError("Value at 'entries' failed to satisfy constraint: 1 to 10 entries");
        const results = (entries as Readonly<Record<string, string>>[]).map(
          ({ Source, DetailType, Detail }) => {
            if (Source === undefined || DetailType === undefined || Detail === undefined)
              return {
                ErrorCode: 'InvalidArgument',
                ErrorMessage: 'Source, DetailType and Detail are required',
              };
            const detail = JSON.parse(Detail) as unknown;
            const event = { source: Source, detailType: DetailType, detail, region };
            bus.published.push({ ...event, callerArn: caller.arn });
            bus.deliver({ ...event, accountId: caller.accountId });
            return { EventId: randomUUID() };
          },
        );
        return { FailedEntryCount: results.filter(result => 'ErrorCode' in result).length, Entries: results };
      },
    },
    '1.1',
    permissionsOf,
  );
}

/** Each entry may name a bus of its own. */
function permissionsOf(
  operation: string,
  input: Readonly<Record<string, unknown>>,
  { region, caller: { accountId } }: OperationContext,
): readonly Permission[] {
  const entries = Array.isArray(input['Entries']) ? (input['Entries'] as { EventBusName?: string }[]) : [];
  return entries.map(({ EventBusName = 'default' }) => ({
    action: `events:${operation}`,
    resource: EventBusName.startsWith('arn:')
      ? EventBusName
      : `arn:aws:events:${region}:${accountId}:event-bus/${EventBusName}`,
    resourceAccountId: accountId,
  }));
}

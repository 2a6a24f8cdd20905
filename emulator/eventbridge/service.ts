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
        const results = (entries as readonly Entry[]).map(entry => put(bus, entry, { region, caller }));
        return { FailedEntryCount: results.filter(result => 'ErrorCode' in result).length, Entries: results };
      },
    },
    '1.1',
    permissionsOf,
  );
}

interface Entry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
  /** Seconds since 1970. */
  readonly Time?: number;
}

/** What PutEvents answers of one entry. An event for a bus that is not there is taken, and nobody gets it. */
function put(
  bus: EventBus,
  entry: Entry,
  { region, caller }: Pick<OperationContext, 'region' | 'caller'>,
): object {
  const { Source = '', DetailType = '', Detail = '', EventBusName = 'default', Resources, Time } = entry;
  const missing = (['Source', 'DetailType', 'Detail'] as const).find(name => !entry[name]);
  if (missing !== undefined)
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`,
    };
  const detail = objectIn(Detail);
  if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const EventId = randomUUID();
  const event = { source: Source, detailType: DetailType, detail, region };
  bus.published.push({ ...event, callerArn: caller.arn });
  const given = {
    ...(Resources !== undefined && { resources: Resources }),
    ...(Time !== undefined && { at: Time * 1000 }),
  };
  if (EventBusName.split('/').at(-1) === 'default')
    bus.deliver({ ...event, ...given, id: EventId, accountId: caller.accountId });
  return { EventId };
}

function objectIn(text: string): object | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
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

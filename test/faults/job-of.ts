import { parseJob } from '../../lambda/core/job/parse-job.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { formats } from '../../lambda/formats/registry.ts';
import type { ApplicationKeys } from './application.ts';
import { BUCKET, PREFIX, TABLE, type Layout } from './records.ts';
import { layoutOf, PLAIN_FORMS, type Schedule } from './schedule.ts';

/** Of the table. Nothing is read from it here: a follower is told what it would tell. */
export const STREAM = `arn:aws:dynamodb:us-east-1:111122223333:table/${TABLE}/stream/2026-01-05T08:00:00.000`;

/** No grant of these jobs depends on where in a record its data key is, and to synthesize a stack takes a second. */
export function forRoles(schedule: Schedule): Schedule {
  return {
    ...schedule,
    layout: { ...schedule.layout, encoding: 'binary', nested: false },
    forms: PLAIN_FORMS,
  };
}

/** What the job of a scene follows. */
export interface JobFollows {
  readonly streams?: readonly string[];
  readonly buckets?: readonly string[];
}

function itemFormat({ document, nested, encoding }: Layout): object {
  const encryptionContext = { tenant: { attribute: 'tenant' } };
  const at = (name: string): string => (nested ? `envelope.${name}` : name);
  return document
    ? {
        ...{ type: 'json-document', in: { attribute: 'envelope' }, encryptionContext },
        ...{ dataKey: '/dataKey', keyArn: '/keyArn' },
      }
    : { type: 'attribute', dataKey: at('dataKey'), keyArn: at('keyArn'), encoding, encryptionContext };
}

function objectFormat({ objects, encoding }: Layout): object {
  const beside = { keyArn: 'key-arn', encryptionContext: { tenant: { metadata: 'tenant' } } };
  switch (objects) {
    case 'metadata':
      return { type: 'object-metadata', dataKey: 'data-key', ...beside };
    case 'body':
      return { type: 'object-body', encoding, ...beside };
    case 'sops':
      return { type: 'sops' };
  }
}

export function jobOf(
  schedule: Schedule,
  keys: ApplicationKeys,
  follow: JobFollows = { streams: [STREAM] },
): Job {
  const { workers, kmsRequestsPerSecond, fingerprints } = schedule;
  const layout = layoutOf(schedule);
  const parsed = parseJob(
    {
      name: 'orders',
      source: { keys: [keys.old] },
      destination: { key: keys.new },
      stores: [
        {
          type: 'dynamodb',
          table: TABLE,
          format: itemFormat(layout),
        },
        {
          type: 's3',
          bucket: BUCKET,
          prefix: PREFIX,
          format: objectFormat(layout),
        },
      ],
      limits: { kmsRequestsPerSecond, maxConcurrency: workers },
      fingerprints,
      follow,
    },
    formats,
  );
  if (parsed.kind === 'refused') throw new Error(JSON.stringify(parsed.problems));
  return parsed.job;
}

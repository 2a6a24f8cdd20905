import * as z from 'zod';
import { EVENT_SOURCE } from './event-source.ts';

const ofEvery = {
  runId: z.string().describe('The run, which is the name of its execution.'),
  job: z.string().describe('The job; `unknown` if the input of a refused run names none.'),
  mode: z.string().describe('census, migrate, verify or rollback; `unknown` as above.'),
  deployment: z.string().describe('The deployment, which is the name of its stack.'),
};

const report = z.string().describe('Where report.json is, as an s3:// address.');

const runStarted = z
  .object({
    ...ofEvery,
    startedAt: z.iso.datetime().describe('When Plan began, in ISO 8601.'),
    units: z.int().min(0).describe('Into how many units the work is cut.'),
  })
  .describe('Plan has checked every premise, and work on the stores begins.');

const runFinished = z
  .object({
    ...ofEvery,
    state: z.enum(['succeeded', 'failed']).describe('Whether the run came to its end.'),
    verdict: z
      .enum([
        ...(['proven', 'empty', 'not-proven', 'nothing-to-do', 'counted'] as const),
        ...(['restored', 'not-restored', 'failed'] as const),
      ])
      .describe('The verdict on the run (docs/proof.md).'),
    remaining: z
      .int()
      .min(0)
      .nullable()
      .describe('Data keys that may still need a source key; null where that is not known.'),
    report: report.optional(),
    error: z.string().optional().describe('Why a run was refused. It has no report.'),
  })
  .describe('A run is over, well or not. A refused one is announced so, too.');

const runRefused = z
  .object({
    ...ofEvery,
    code: z.string().optional().describe('The paragraph of docs/runbook.md, if Plan itself has refused.'),
    error: z.string().describe('What is wrong and how to mend it, a line for each problem.'),
  })
  .describe('Plan did not let a run begin. Nothing was changed.');

const premiseBroken = z
  .object({
    ...ofEvery,
    premise: z.string().describe('Which call failed on which resource, and what to do.'),
    report,
  })
  .describe('What a run rests on no longer holds, so all its workers have stopped.');

const followEnded = z
  .object({
    job: ofEvery.job,
    deployment: ofEvery.deployment,
    runId: z.string().describe('The migration that was followed.'),
    quietSince: z.iso.datetime().describe('Since when no data key was seen under a source key.'),
    lookedAt: z.iso.datetime().optional().describe('When the follower was last told of any write at all.'),
    late: z
      .record(z.string(), z.int().min(0))
      .describe('Data keys that were seen under each source key since the follower was first deployed.'),
  })
  .describe('Nothing has come for as long as the job says, and its follower moves nothing any more.');

/**
 * The detail of each event, by its detail-type. Fields may be added; readers ignore what they do not know.
 * No function loads this: they write what its types allow.
 */
export const RUN_EVENTS = {
  'Run Started': runStarted,
  'Run Finished': runFinished,
  'Run Refused': runRefused,
  'Premise Broken': premiseBroken,
  'Follow Ended': followEnded,
} as const;

/** JSON Schemas of what is on the event bus, by detail-type: docs/events.schema.json. */
export function eventsJsonSchema(): object {
  const ofType = (type: string, detail: z.ZodType): object => ({
    type: 'object',
    required: ['source', 'detail-type', 'detail'],
    properties: {
      source: { const: EVENT_SOURCE },
      'detail-type': { const: type },
      // An event has what is required when it is written; more may come in later versions.
      detail: { ...withoutDialect(z.toJSONSchema(detail, { io: 'input' })), additionalProperties: true },
    },
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'kms-rewrap events',
    oneOf: Object.entries(RUN_EVENTS).map(([type, detail]) => ofType(type, detail)),
  };
}

function withoutDialect({ $schema: _, ...schema }: object & { readonly $schema?: unknown }): object {
  return schema;
}

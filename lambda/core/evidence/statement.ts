import * as z from 'zod/mini';
import { once } from '../schema/once.ts';
import { PREDICATE_TYPE, STATEMENT } from './names.ts';

const sha256 = once(() => z.string().check(z.regex(/^[0-9a-f]{64}$/)));
const count = once(() => z.int().check(z.nonnegative()));

/** What is signed about a run. docs/statement.schema.json is made of it. Fields may be added; readers ignore what they do not know. */
const statementSchema = once(() =>
  z.object({
    _type: z.literal(STATEMENT),
    /** The files beside it, and the tree over the journal. */
    subject: z.array(z.object({ name: z.string(), digest: z.object({ sha256: sha256() }) })),
    predicateType: z.literal(PREDICATE_TYPE),
    predicate: z.object({
      run: z.string(),
      job: z.string(),
      mode: z.enum(['census', 'migrate', 'verify', 'rollback']),
      state: z.enum(['succeeded', 'failed']),
      verdict: z.string(),
      remaining: z.nullable(count()),
      startedAt: z.string(),
      endedAt: z.string(),
      journal: z.object({ chains: count(), objects: count(), lines: count() }),
    }),
  }),
);

/** Of the in-toto statement in `evidence/statement.dsse.json`, for whoever checks it with other tools. */
export function statementJsonSchema(): object {
  return { title: 'kms-rewrap run evidence', ...z.toJSONSchema(statementSchema(), { io: 'input' }) };
}

export type Statement = z.output<ReturnType<typeof statementSchema>>;

/** A statement that somebody else may have written; `undefined` if it is none about a run. */
export function readStatement(text: string): Statement | undefined {
  try {
    const parsed = statementSchema().safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export function digestOf({ subject }: Statement, name: string): string | undefined {
  return subject.find(one => one.name === name)?.digest.sha256;
}

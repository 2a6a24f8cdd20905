import type { $ZodIssue } from 'zod/v4/core';
import type { FormatRegistry } from '../model/format.ts';
import type { Job } from '../model/job.ts';
import type { Problem } from '../model/problem.ts';
import { jobProblems } from './job-problems.ts';
import { jobSchema } from './job-schema.ts';

export type ParsedJob =
  | { readonly kind: 'job'; readonly job: Job }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** Validates one job, strictly and completely: all problems at once, each with path, value and cure. */
export function parseJob(input: unknown, formats: FormatRegistry): ParsedJob {
  if (namesPrototype(input)) return { kind: 'refused', problems: [PROTOTYPE] };
  const parsed = jobSchema(formats).safeParse(input);
  if (!parsed.success)
    return {
      kind: 'refused',
      problems: parsed.error.issues.flatMap(issue => innermost(issue)).map(issue => problemOf(issue, input)),
    };
  const job = withoutSchema(parsed.data);
  const problems = jobProblems(job, formats);
  return problems.length === 0 ? { kind: 'job', job } : { kind: 'refused', problems };
}

const PROTOTYPE: Problem = {
  path: 'job',
  words: 'has a member named __proto__, which would be lost on the way; give it another name',
};

/** Whether any member has the one name that zod drops without a word. Without recursion, as input may be of any depth. */
function namesPrototype(input: unknown): boolean {
  for (const left = [input]; left.length > 0;) {
    const value = left.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (Object.hasOwn(value, '__proto__')) return true;
    for (const member of Object.values(value)) left.push(member);
  }
  return false;
}

/** `$schema` is for editors. */
function withoutSchema(fields: Readonly<Record<string, unknown>>): Job {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== '$schema')) as unknown as Job;
}

/** If none of several alternatives fits and they have no message of their own, the problems of the closest one. */
function innermost(issue: $ZodIssue): readonly $ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.message !== 'Invalid input') return [issue];
  const depth = (branch: readonly $ZodIssue[]): number => Math.max(...branch.map(({ path }) => path.length));
  const [first = [], ...others] = issue.errors;
  const furthest = others.reduce((best, branch) => (depth(branch) > depth(best) ? branch : best), first);
  return furthest.map(one => ({ ...one, path: [...issue.path, ...one.path] }));
}

/** A zod issue in our words. An object or a list is not shown: the words alone say more than a dump of it. */
export function problemOf(issue: $ZodIssue, input: unknown): Problem {
  const value = valueAt(input, issue.path);
  const scalar =
    value === null ||
    ['string', 'number', 'boolean'].includes(typeof value) ||
    (Array.isArray(value) && value.length === 0);
  return { path: formatPath(issue.path), words: issue.message, ...(scalar && { value }) };
}

export function formatPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'job';
  return path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text === '' ? String(step) : `${text}.${String(step)}`,
    '',
  );
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    input,
  );
}

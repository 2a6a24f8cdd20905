import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import * as z from 'zod';

/** What became of a test that was given another AWS. */
export interface Outcome {
  readonly suite: string;
  readonly test: string;
  /** `nothing-to-compare`: it asks nobody, for what only the embedded AWS has, or for another service. */
  readonly kind: 'same' | 'different' | 'nothing-to-compare';
  readonly message: string;
}

const written = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.enum(['passed', 'failed', 'pending', 'skipped', 'todo', 'disabled']),
          failureMessages: z.array(z.string()),
        }),
      ),
    }),
  ),
});

/**
 * @param file of `jest --json`
 * @param asked the paths of the test files that asked the other AWS
 * @throws Error if a suite could not run at all
 */
export function outcomesIn(file: string, asked: ReadonlySet<string>): readonly Outcome[] {
  const { testResults } = written.parse(JSON.parse(readFileSync(file, 'utf8')));
  return testResults.flatMap(({ name, message, assertionResults }) => {
    if (assertionResults.length === 0) throw new Error(`${name}: ${message}`);
    const suite = name.replace(/^.*\/test\//, '').replace(/\.test\.ts$/, '');
    return assertionResults.map(({ fullName: test, status, failureMessages }) => {
      const words = stripVTControlCharacters(failureMessages.join('\n')).replace(/\s+/g, ' ');
      return {
        suite,
        test,
        kind: asked.has(name) ? kindOf(status, words) : 'nothing-to-compare',
        message: words,
      };
    });
  });
}

function kindOf(status: string, words: string): Outcome['kind'] {
  if (status === 'passed') return 'same';
  return status !== 'failed' || words.includes('NotOfPeer') ? 'nothing-to-compare' : 'different';
}

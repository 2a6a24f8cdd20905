import type { Integrations } from '../../emulator/stepfunctions/execution-frame.ts';

/** What an executor reaches in tests of its own: a function, and nothing else but what a test gives it. */
export function integrationsWith(
  own: Pick<Integrations, 'invokeFunction'> & Partial<Integrations>,
): Integrations {
  return {
    needForChildren: () => undefined,
    readObject: () => Promise.reject(new Error('nothing there')),
    writeObject: () => Promise.resolve(),
    ...own,
  };
}

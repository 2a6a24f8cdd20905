import type { Around } from '../aws/lean-calls.ts';

interface Command {
  readonly middlewareStack: { addRelativeTo(middleware: never, options: never): void };
}

/** The SDK signs right after its retry step. */
const PLACE = { relation: 'before', toMiddleware: 'httpSigningMiddleware', name: 'kmsRewrapCapacity' };

/**
 * Puts something around each try of a command: inside the SDK's retries, and before it is signed, because a signature is
 * accepted for some minutes only.
 */
export function eachTry<One extends Command>(command: One, around: Around): One {
  const middleware =
    <Request, Answer>(next: (request: Request) => Promise<Answer>) =>
    (request: Request): Promise<Answer> =>
      around(() => next(request));
  command.middlewareStack.addRelativeTo(middleware as never, PLACE as never);
  return command;
}

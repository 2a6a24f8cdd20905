import type { State } from './asl.ts';
import { evaluate, evaluateAs } from './jsonata.ts';
import { bindingsOf, type StateRun } from './state-run.ts';
import { QueryFailed, StatesError } from './states-error.ts';

/** The items that the state itself has: from Items, or the input. `undefined` if an ItemReader is to read them. */
export async function itemsOfState(state: State, scope: StateRun): Promise<readonly unknown[] | undefined> {
  if (state.ItemReader !== undefined) return undefined;
  if (state.Items !== undefined) {
    const at = { bindings: bindingsOf(scope), where: 'Items' };
    return (await evaluateAs('array', state.Items, at)) as readonly unknown[];
  }
  if (Array.isArray(scope.input)) return scope.input as readonly unknown[];
  const input = JSON.stringify(scope.input);
  throw new QueryFailed(undefined, `Map state input must be an array but was: ${input}`);
}

/** Items from JSON Lines or JSON in S3. */
export async function readItems({ ItemReader: reader }: State, scope: StateRun): Promise<readonly unknown[]> {
  if (reader === undefined) return [];
  const { InputType, MaxItems } = reader.ReaderConfig;
  if (!/:states:::s3:getObject$/.test(reader.Resource) || !['JSONL', 'JSON'].includes(InputType)) {
    throw new StatesError(
      'States.Runtime',
      `the executor reads JSONL and JSON by s3:getObject, not ${InputType} by ${reader.Resource}`,
    );
  }
  const { Bucket, Key } = (await evaluate(reader.Arguments, bindingsOf(scope), 'ItemReader/Arguments')) as {
    readonly Bucket: string;
    readonly Key: string;
  };
  const read = await readFile(scope, { Bucket, Key, lines: InputType === 'JSONL' });
  if (!Array.isArray(read))
    throw new StatesError('States.ItemReaderFailed', 'Attempting to map over non-iterable node.');
  const items = read as readonly unknown[];
  return MaxItems === undefined || MaxItems === 0 ? items : items.slice(0, MaxItems);
}

async function readFile(
  { frame }: StateRun,
  { Bucket, Key, lines }: { readonly Bucket: string; readonly Key: string; readonly lines: boolean },
): Promise<unknown> {
  try {
    const text = (await frame.integrations.readObject(Bucket, Key, frame.caller)).toString('utf8');
    if (!lines) return JSON.parse(text) as unknown;
    return text
      .split('\n')
      .filter(line => line.trim() !== '')
      .map(line => JSON.parse(line) as unknown);
  } catch (error) {
    throw new StatesError(
      'States.ItemReaderFailed',
      `s3://${Bucket}/${Key}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

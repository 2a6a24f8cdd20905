import type { State } from './asl.ts';
import { evaluate } from './jsonata.ts';
import { bindingsOf, type StateRun } from './state-run.ts';
import { StatesError } from './states-error.ts';

/**
 * The items of a map, which come from Items, from an ItemReader over JSON Lines or JSON in S3, or from the input itself.
 */
export async function readItems(name: string, state: State, scope: StateRun): Promise<readonly unknown[]> {
  const items =
    state.ItemReader === undefined
      ? await inlineItems(name, state, scope)
      : await itemsFromS3(name, state.ItemReader, scope);
  if (!Array.isArray(items))
    throw new StatesError('States.QueryEvaluationError', `the items of '${name}' are no array`);
  return items as readonly unknown[];
}

async function inlineItems(name: string, state: State, scope: StateRun): Promise<unknown> {
  return state.Items === undefined
    ? scope.input
    : await evaluate(state.Items, bindingsOf(scope), `${name}/Items`);
}

async function itemsFromS3(
  name: string,
  reader: NonNullable<State['ItemReader']>,
  scope: StateRun,
): Promise<readonly unknown[]> {
  const { InputType, MaxItems } = reader.ReaderConfig;
  if (!/:states:::s3:getObject$/.test(reader.Resource) || !['JSONL', 'JSON'].includes(InputType)) {
    throw new StatesError(
      'States.Runtime',
      `the executor reads JSONL and JSON by s3:getObject, not ${InputType} by ${reader.Resource}`,
    );
  }
  const { Bucket, Key } = (await evaluate(
    reader.Arguments,
    bindingsOf(scope),
    `${name}/ItemReader/Arguments`,
  )) as { readonly Bucket: string; readonly Key: string };
  try {
    const text = (await scope.frame.integrations.readObject(Bucket, Key, scope.frame.caller)).toString(
      'utf8',
    );
    const items =
      InputType === 'JSON'
        ? (JSON.parse(text) as unknown[])
        : text
            .split('\n')
            .filter(line => line.trim() !== '')
            .map(line => JSON.parse(line) as unknown);
    return MaxItems === undefined ? items : items.slice(0, MaxItems);
  } catch (error) {
    throw new StatesError(
      'States.ItemReaderFailed',
      `s3://${Bucket}/${Key}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

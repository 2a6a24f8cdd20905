import type { State } from './asl.ts';
import { evaluate } from './jsonata.ts';
import type { Child } from './execution-frame.ts';
import type { MapRun } from './map-runs.ts';
import { bindingsOf, type StateRun } from './state-run.ts';
import { StatesError } from './states-error.ts';

interface Writing {
  readonly scope: StateRun;
  readonly children: readonly Child[];
  readonly run: MapRun;
}

const FILES = ['SUCCEEDED', 'FAILED', 'PENDING'] as const;

/** Exports results by status, with a manifest that names the files. Returns the output of the map state. */
export async function writeResults(state: State, writing: Writing): Promise<unknown> {
  const writer = state.ResultWriter;
  const { scope, run, children } = writing;
  if (writer?.Arguments === undefined) return outputs(children);
  const where = 'ResultWriter/Arguments';
  const target = (await evaluate(writer.Arguments, bindingsOf(scope), where)) as {
    readonly Bucket: string;
    readonly Prefix?: string;
  };
  const { Bucket, Prefix = '' } = target;
  const folder = `${Prefix === '' ? '' : `${Prefix.replace(/\/$/, '')}/`}${run.arn.split(':').at(-1)}`;
  const write = (key: string, body: string): Promise<void> =>
    scope.frame.integrations.writeObject({ bucket: Bucket, key, body }, scope.frame.caller);
  try {
    const files = await writeFiles(folder, writer.WriterConfig ?? {}, { writing, write });
    const manifest = `${folder}/manifest.json`;
    await write(
      manifest,
      JSON.stringify({ DestinationBucket: Bucket, MapRunArn: run.arn, ResultFiles: files }),
    );
    return { MapRunArn: run.arn, ResultWriterDetails: { Bucket, Key: manifest } };
  } catch (error) {
    throw new StatesError(
      'States.ResultWriterFailed',
      `s3://${Bucket}/${folder}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** The output of a map without a result writer: null for a tolerated failure. */
export function outputs(children: readonly Child[]): readonly unknown[] {
  return children.map(({ output }) => output ?? null);
}

type ResultFiles = Record<(typeof FILES)[number], { readonly Key: string; readonly Size: number }[]>;

async function writeFiles(
  folder: string,
  {
    Transformation = 'NONE',
    OutputType = 'JSON',
  }: { readonly Transformation?: string; readonly OutputType?: string },
  {
    writing: { scope, children, run },
    write,
  }: { readonly writing: Writing; readonly write: (key: string, body: string) => Promise<void> },
): Promise<ResultFiles> {
  const files: ResultFiles = { SUCCEEDED: [], FAILED: [], PENDING: [] };
  for (const status of FILES) {
    const ofStatus = children.filter(child => fileOf(child) === status);
    if (ofStatus.length === 0) continue;
    // Failed and pending children are always exported with their metadata.
    const transformation = status === 'SUCCEEDED' ? Transformation : 'NONE';
    const body = render(
      ofStatus.flatMap(child => entries(child, { transformation, scope, run })),
      OutputType,
    );
    const key = `${folder}/${status}_0.${OutputType.toLowerCase()}`;
    await write(key, body);
    files[status].push({ Key: key, Size: Buffer.byteLength(body) });
  }
  return files;
}

function fileOf({ status }: Child): (typeof FILES)[number] {
  switch (status) {
    case 'SUCCEEDED':
      return 'SUCCEEDED';
    case 'FAILED':
    case 'ABORTED':
      return 'FAILED';
    case 'PENDING':
    case 'RUNNING':
      return 'PENDING';
  }
}

function entries(
  child: Child,
  {
    transformation,
    scope,
    run,
  }: { readonly transformation: string; readonly scope: StateRun; readonly run: MapRun },
): readonly unknown[] {
  switch (transformation) {
    case 'COMPACT':
      return [child.output];
    case 'FLATTEN':
      return Array.isArray(child.output) ? (child.output as unknown[]) : [child.output];
    default:
      return [workflowMetadata(child, scope, run)];
  }
}

function workflowMetadata(child: Child, scope: StateRun, run: MapRun): object {
  const arn = `${run.arn.replace(':mapRun:', ':execution:').replace(/:[^:]*$/, '')}:${child.name}`;
  return {
    ExecutionArn: arn,
    Input: JSON.stringify(child.input),
    InputDetails: { Included: true },
    Name: child.name,
    ...(child.output !== undefined && {
      Output: JSON.stringify(child.output),
      OutputDetails: { Included: true },
    }),
    ...child.error,
    RedriveCount: 0,
    RedriveStatus: 'NOT_REDRIVABLE',
    ...(child.startedAt !== undefined && { StartDate: new Date(child.startedAt).toISOString() }),
    StateMachineArn: scope.frame.context.StateMachine.Id,
    Status: child.status,
    ...(child.stoppedAt !== undefined && { StopDate: new Date(child.stoppedAt).toISOString() }),
  };
}

function render(values: readonly unknown[], outputType: string): string {
  return outputType === 'JSONL'
    ? values.map(value => `${JSON.stringify(value)}\n`).join('')
    : JSON.stringify(values);
}

import { randomUUID } from 'node:crypto';
import type { State } from './asl.ts';
import { bindingsOf } from './interpreter.ts';
import { evaluate } from './jsonata.ts';
import type { Child, MapScope } from './map.ts';
import type { MapRun } from './map-runs.ts';
import { StatesError } from './states-error.ts';

interface Writing {
  readonly scope: MapScope;
  readonly children: readonly Child[];
  readonly run: MapRun;
}

const FILES = ['SUCCEEDED', 'FAILED', 'PENDING'] as const;

/** Exports results by status, with a manifest that names the files; answers what the map state gives out. */
export async function writeResults(name: string, state: State, { scope, children, run }: Writing): Promise<unknown> {
  const writer = state.ResultWriter;
  if (writer?.Arguments === undefined) return children.map(({ output = null }) => output);
  const { integrations, caller } = scope.frame;
  const { Bucket, Prefix = '' } = (await evaluate(writer.Arguments, bindingsOf(scope), `${name}/ResultWriter/Arguments`)) as { readonly Bucket: string; readonly Prefix?: string };
  const { Transformation = 'NONE', OutputType = 'JSON' } = writer.WriterConfig ?? {};
  const folder = `${Prefix === '' ? '' : `${Prefix.replace(/\/$/, '')}/`}${randomUUID()}`;
  const files: Record<string, { Key: string; Size: number }[]> = {};
  try {
    for (const status of FILES) {
      const of = children.filter(child => fileOf(child) === status);
      files[status] = [];
      if (of.length === 0) continue;
      const body = render(of.flatMap(child => entries(child, { transformation: status === 'SUCCEEDED' ? Transformation : 'NONE', scope, run })), OutputType);
      const key = `${folder}/${status}_0.${OutputType.toLowerCase()}`;
      await integrations.writeObject({ bucket: Bucket, key, body }, caller);
      files[status].push({ Key: key, Size: Buffer.byteLength(body) });
    }
    const manifest = `${folder}/manifest.json`;
    await integrations.writeObject({ bucket: Bucket, key: manifest, body: JSON.stringify({ DestinationBucket: Bucket, MapRunArn: run.arn, ResultFiles: files }) }, caller);
    run.counts.resultsWritten = children.length;
    return { MapRunArn: run.arn, ResultWriterDetails: { Bucket, Key: manifest } };
  } catch (error) {
    throw new StatesError('States.ResultWriterFailed', `s3://${Bucket}/${folder}: ${error instanceof Error ? error.message : String(error)}`);
  }
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

function entries(child: Child, { transformation, scope, run }: { readonly transformation: string; readonly scope: MapScope; readonly run: MapRun }): readonly unknown[] {
  switch (transformation) {
    case 'COMPACT':
      return [child.output];
    case 'FLATTEN':
      return Array.isArray(child.output) ? (child.output as unknown[]) : [child.output];
    default:
      return [workflowMetadata(child, scope, run)];
  }
}

function workflowMetadata(child: Child, scope: MapScope, run: MapRun): object {
  const arn = `${run.arn.replace(':mapRun:', ':execution:').replace(/:[^:]*$/, '')}:${child.name}`;
  return {
    ExecutionArn: arn,
    Input: JSON.stringify(child.input),
    InputDetails: { Included: true },
    Name: child.name,
    ...(child.output !== undefined && { Output: JSON.stringify(child.output), OutputDetails: { Included: true } }),
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
  return outputType === 'JSONL' ? values.map(value => `${JSON.stringify(value)}\n`).join('') : JSON.stringify(values);
}

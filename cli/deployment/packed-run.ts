import { gunzipSync } from 'node:zlib';
import type { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { isDenied, messageOf, nameOf } from '../../lambda/adapters/aws/errors.ts';
import { journalObjects } from '../../lambda/adapters/journal/export.ts';
import { keyStates } from '../../lambda/adapters/kms/key-states.ts';
import { stackTemplate, type Deployment } from '../../lambda/adapters/run/deployment.ts';
import type { S3RunFiles } from '../../lambda/adapters/run/files.ts';
import { EVIDENCE } from '../../lambda/core/evidence/names.ts';
import { openEnvelope, signerOf } from '../../lambda/core/evidence/envelope.ts';
import { digestOf, readStatement } from '../../lambda/core/evidence/statement.ts';
import type { JournalKind } from '../../lambda/core/model/seal.ts';
import type { CallOfRun } from '../../lambda/core/pack/calls-of-run.ts';
import { requestIdsIn } from '../../lambda/core/pack/calls-of-run.ts';
import { FILES_OF_RUN, PACK } from '../../lambda/core/pack/names.ts';
import { packReadme } from '../../lambda/core/pack/readme.ts';
import { roleStatements } from '../../lambda/core/pack/role-statements.ts';
import type { PackedFile } from '../../lambda/core/pack/tar-entry.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import type { CommandContext } from '../context/command-context.ts';

export interface RunToPack {
  readonly report: Report;
  readonly kinds: readonly JournalKind[];
  readonly now: Date;
  readonly deployment: Deployment;
  readonly clients: AwsClients;
}

interface Sources {
  readonly files: S3RunFiles;
  /** What a trail has of the calls that these request ids name; `undefined` where no trail is named. */
  readonly trail: (
    requestIds: ReadonlySet<string>,
  ) => Promise<{ readonly summary: object; readonly calls: readonly CallOfRun[] } | undefined>;
  readonly context: CommandContext;
}

/** The files of a pack, one after the other; `undefined` for a run about which nothing was signed. */
export async function filesOfPack(
  run: RunToPack,
  sources: Sources,
): Promise<AsyncIterable<PackedFile> | undefined> {
  const { files } = sources;
  const { runId } = run.report;
  const ofRun: PackedFile[] = [];
  for (const name of FILES_OF_RUN) {
    const body = await files.readFile(runId, name);
    if (body !== undefined) ofRun.push({ name, body });
  }
  const statement = ofRun.find(({ name }) => name === EVIDENCE.statement);
  return statement === undefined
    ? undefined
    : allFiles(run, { ...sources, ofRun, statement: Buffer.from(statement.body).toString('utf8') });
}

async function* allFiles(
  run: RunToPack,
  {
    ofRun,
    statement,
    ...sources
  }: Sources & { readonly ofRun: readonly PackedFile[]; readonly statement: string },
): AsyncGenerator<PackedFile> {
  yield* ofRun;
  const requestIds = new Set<string>();
  const kinds = new Set<JournalKind>();
  const { job, runId } = run.report;
  for (const kind of run.kinds)
    for await (const { key: name, body } of journalObjects(run.clients.s3(), run.deployment.journalBucket, {
      ...{ job, runId, kinds: [kind] },
    })) {
      kinds.add(kind);
      if (kind === 'outcomes') for (const id of requestIdsIn(plain(body))) requestIds.add(id);
      yield { name, body };
    }
  yield json(PACK.keyStates, await statesOf(run, statement, sources.context));
  yield json(PACK.permissions, await permissionsOf(run, sources.context));
  const trail = await sources.trail(requestIds);
  if (trail !== undefined) yield* filesOfTrail(trail);
  const text = packReadme({
    ...{ job, runId, packedAt: run.now.toISOString(), kinds: [...kinds] },
    sealsAreSigned: namesSeals(statement),
    trail: trail !== undefined,
  });
  yield { name: PACK.readme, body: Buffer.from(text) };
}

/** What cannot be read names no calls; that it cannot be is for whoever verifies. */
function plain(body: Uint8Array): string {
  try {
    return gunzipSync(body).toString('utf8');
  } catch {
    return '';
  }
}

async function statesOf(
  { report, now }: RunToPack,
  statement: string,
  { aws }: CommandContext,
): Promise<object> {
  const signer = signerOf(statement);
  const keyArns = [
    ...new Set([
      ...report.keyMaterials.map(({ keyArn }) => keyArn),
      ...(signer === undefined ? [] : [signer]),
    ]),
  ];
  return { at: now.toISOString(), keys: await keyStates(keyArns, aws) };
}

async function permissionsOf({ now }: RunToPack, { deployment, aws }: CommandContext): Promise<object> {
  const about = { at: now.toISOString(), stack: deployment };
  try {
    return { ...about, roles: roleStatements(await stackTemplate(deployment, aws)) };
  } catch (error) {
    if (!isDenied(error)) throw error;
    return { ...about, notTold: `${nameOf(error)}: ${messageOf(error)}` };
  }
}

/** So that no file becomes larger than what a reader takes. */
const CALLS_PER_FILE = 100_000;

function* filesOfTrail({
  summary,
  calls,
}: {
  readonly summary: object;
  readonly calls: readonly CallOfRun[];
}): Generator<PackedFile> {
  yield json(PACK.trail, summary);
  for (let from = 0; from < calls.length; from += CALLS_PER_FILE) {
    const lines = calls.slice(from, from + CALLS_PER_FILE).map(call => `${JSON.stringify(call)}\n`);
    const number = String(from / CALLS_PER_FILE + 1).padStart(4, '0');
    yield { name: `${PACK.trailEvents}${number}.jsonl`, body: Buffer.from(lines.join('')) };
  }
}

function namesSeals(envelope: string): boolean {
  const opened = openEnvelope(envelope);
  const statement = opened && readStatement(opened.payload.toString('utf8'));
  return statement !== undefined && digestOf(statement, EVIDENCE.seals) !== undefined;
}

function json(name: string, value: object): PackedFile {
  return { name, body: Buffer.from(`${JSON.stringify(value, null, 2)}\n`) };
}

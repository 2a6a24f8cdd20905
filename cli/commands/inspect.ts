import { existsSync } from 'node:fs';
import { callerTrouble, type Caller } from '../../lambda/adapters/aws/caller-trouble.ts';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { isTransient } from '../../lambda/adapters/aws/errors.ts';
import { wordsForCaller } from '../../lambda/adapters/aws/failure.ts';
import { isNamed } from '../../lambda/adapters/aws/said-by.ts';
import { withoutCiphertextsIn } from '../../lambda/core/look-alikes/without-ciphertexts.ts';
import { RunRefused } from '../../lambda/core/model/errors.ts';
import { visibleJson } from '../../lambda/core/model/visible.ts';
import { draftJob, type JobDraft } from '../../lambda/core/recognise/job-draft.ts';
import { recognitionOf } from '../../lambda/core/recognise/recognise-store.ts';
import type { CommandContext } from '../context/command-context.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import { hereOf } from '../context/here.ts';
import { rewrapStep } from '../next-steps/next-step.ts';
import { writeOutput } from '../context/output-file.ts';
import { notLookedAt, recognitionText, type Inspection } from '../render/recognition.ts';
import { roleWords, targetOf, type RoleOptions, type Target } from './inspected-store.ts';
import { sampleStore } from './store-sample.ts';

export interface InspectOptions extends RoleOptions {
  readonly sample: number;
  readonly write?: string;
}

/**
 * `rewrap inspect TABLE|s3://BUCKET/PREFIX`: which data keys a store holds, by a sample of its records, and the job for them. It
 * only reads, with the caller's own permissions; it needs no job and no deployment.
 */
export async function inspect(
  text: string,
  { sample, write, ...role }: InspectOptions,
  { console, aws, caller, deployment }: CommandContext,
): Promise<ExitCode> {
  const target = targetOf(text, role);
  const refused = problem(target, { sample, write });
  if (target.kind === 'refused' || refused !== undefined) {
    console.note(refused ?? '');
    return EXIT.refused;
  }
  const { contextOf: _, ...shown } = await inspectionOf(target, sample, { aws, caller });
  console.result(
    shown,
    recognitionText,
    shown.job === null
      ? []
      : [
          rewrapStep(
            ['init', text, ...roleWords(role)],
            'asks for what data does not tell, and writes the job',
            hereOf({ aws, deployment }),
          ),
        ],
  );
  for (const question of shown.questions) console.note(`open: ${question}`);
  if (shown.job === null) {
    if (write !== undefined) console.note(`${write} was not written: there is no job for what was found`);
    return EXIT.left;
  }
  if (write !== undefined) {
    writeOutput(write, `${visibleJson(JSON.stringify(shown.job, null, 2))}\n`);
    console.note(`${write} is written: fill in what is open, then run rewrap jobs validate ${write}`);
  }
  return EXIT.done;
}

/** Looks at a store. Nothing that looks like a data key is in what it says: what records are called comes from others, too. */
export async function inspectionOf(
  target: Extract<Target, { kind: 'store' }>,
  sample: number,
  { aws, caller }: Pick<CommandContext, 'aws' | 'caller'>,
): Promise<Inspection> {
  return withoutCiphertextsIn(await asCaller(caller, () => inspected(target, sample, new AwsClients(aws))));
}

function problem(
  target: Target,
  { sample, write }: { readonly sample: number; readonly write: string | undefined },
): string | undefined {
  if (target.kind === 'refused') return target.words;
  if (sample < 1) return '--sample 0: no record would be looked at; write 1 or more';
  if (write !== undefined && existsSync(write))
    return `${write} exists, and is not overwritten: name another file`;
  return undefined;
}

async function inspected(
  { store, named }: Extract<Target, { kind: 'store' }>,
  most: number,
  clients: AwsClients,
): Promise<Inspection> {
  const region = await clients.region();
  const { seen, ...sample } = await sampleStore(store, { clients, region, most });
  const recognition = recognitionOf(seen);
  const draft: JobDraft | undefined = draftJob(recognition, { ...named, region });
  return {
    store: { ...named.fields, region },
    ...(named.assumeRole !== undefined && { assumeRole: named.assumeRole }),
    sample,
    ...recognition,
    job: draft?.job ?? null,
    questions: draft?.questions ?? [],
    contextOf: draft?.contextOf ?? [],
    notChecked: notLookedAt({ sample }),
  };
}

/** Adapters speak to the operator of a job about its role. Here it is the caller who may not read the store. */
async function asCaller<T>(caller: Caller, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const said = saidIn(error);
    if (said === undefined || callerTrouble(error, caller) !== undefined || isTransient(said)) throw error;
    const words = wordsForCaller(said, caller);
    const cure = words === said.message ? '; check its name, and --profile and --region' : '';
    throw new RunRefused('inspect.store', `${words}${cure}`, { cause: error });
  }
}

/** The error of a client of AWS among an error and its causes. */
function saidIn(error: unknown): Error | undefined {
  for (let one = error; one instanceof Error; one = one.cause) if (isNamed(one)) return one;
  return undefined;
}

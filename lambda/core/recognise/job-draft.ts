import { parseKeyReference } from '../model/arn.ts';
import type { AssumedRole } from '../model/job.ts';
import { asksForContext } from './questions.ts';
import type { NamedKey, SeenFormat } from './merged-formats.ts';
import type { StoreRecognition } from './recognise-store.ts';

/** A job as far as data tells it, and what it does not tell. */
export interface JobDraft {
  readonly job: JobFields;
  readonly questions: readonly string[];
  /** Indices of stores whose encryption context is asked for. */
  readonly contextOf: readonly number[];
}

interface JobFields {
  readonly name: string;
  readonly source: { readonly keys: readonly string[] };
  readonly destination: { readonly key: string };
  readonly stores: readonly Readonly<Record<string, unknown>>[];
}

export interface InspectedStore {
  /** Its fields in a job: what kind it is, and its name. */
  readonly fields: Readonly<Record<string, string>>;
  /** The name of the table or bucket. */
  readonly name: string;
  readonly region: string;
  /** With which it was looked at, and which the job names, too. */
  readonly assumeRole?: AssumedRole;
}

/** What stands where nobody but the operator knows what to write. Validation refuses it, and says what an ARN looks like. */
const FILL_IN = {
  source: 'FILL IN: the ARN of the key that the data keys are under',
  destination: 'FILL IN: the ARN of the key to move to',
};

/** Whether something stands there that only the operator knows. */
export function isFillIn(key: string): boolean {
  return Object.values(FILL_IN).includes(key);
}

/** A job for what a sample of a store shows; `undefined` where it does not come to formats that a job may name. */
export function draftJob(
  { conclusion, formats }: StoreRecognition,
  { fields, name, region, assumeRole }: InspectedStore,
): JobDraft | undefined {
  if (conclusion.kind === 'nothing' || conclusion.kind === 'ambiguous') return undefined;
  const { here, elsewhere } = keysByRegion(formats, region);
  // Left out, it is the Region of the source keys.
  const isImplied = regionIn(here[0]) === region;
  return {
    job: {
      name: jobName(name),
      source: { keys: here.length > 0 ? here : [FILL_IN.source] },
      destination: { key: FILL_IN.destination },
      stores: formats.map(({ format, ofOthers }) => ({
        ...{ ...fields, ...(!isImplied && { region }) },
        ...(assumeRole !== undefined && { assumeRole }),
        format,
        // Else no run over instruction files could ever prove anything.
        ...(ofOthers !== undefined && { withoutDataKey: 'expected' }),
      })),
    },
    contextOf: formats.flatMap(({ questions }, index) => (questions.some(asksForContext) ? [index] : [])),
    questions: [
      'destination.key: the key to move to',
      here.length > 0
        ? 'source.keys: whether data keys are under other keys than those that the sample names'
        : 'source.keys: the keys that the data keys are under, as the sample names none',
      ...elsewhere.map(
        key => `source.keys: ${key} is named, too, in another Region: keys there need a job of their own`,
      ),
      ...formats.flatMap(({ questions }, index) =>
        questions.map(question => `stores[${index}].format: ${question}`),
      ),
      ...formats.flatMap(({ ofOthers }, index) =>
        ofOthers === undefined ? [] : [`stores[${index}].withoutDataKey: ${expectedWords(ofOthers)}`],
      ),
    ],
  };
}

/** By "expected" the operator answers for objects that nobody has looked into. */
function expectedWords(records: number): string {
  const files = `${records.toLocaleString('en-US')} instruction file${records === 1 ? '' : 's'}`;
  return `the sample has ${files}: the objects that such files belong to hold no data key themselves, so the job expects such objects. It then says nothing of any object without one; whether each has its instruction file, or needs none, is yours to know. If not, remove the field: such objects are then in doubt`;
}

interface KeysByRegion {
  readonly here: readonly string[];
  readonly elsewhere: readonly string[];
}

/** A job has source keys of one Region: that of the store, if any key is in it, or else that of the key with the most records. */
function keysByRegion(formats: readonly SeenFormat[], region: string): KeysByRegion {
  const keys = namedBy(formats);
  const regions = keys.map(regionIn);
  const chosen = regions.includes(region) ? region : regions[0];
  return {
    here: keys.filter(key => regionIn(key) === chosen),
    elsewhere: keys.filter(key => regionIn(key) !== chosen),
  };
}

/** Keys of what is refused are none of the job's. */
function namedBy(formats: readonly SeenFormat[]): readonly string[] {
  const all: readonly NamedKey[] = formats.flatMap(({ keys }) => keys);
  return [...new Set([...all].sort((a, b) => b.records - a.records).map(({ keyArn }) => keyArn))];
}

function regionIn(keyArn: string | undefined): string | undefined {
  return parseKeyReference(keyArn ?? '')?.region;
}

/** 1 to 40 of a-z, 0-9 and -. */
function jobName(name: string): string {
  const words = name
    .toLowerCase()
    .replace(/[^a-z0-9]{1,255}/g, '-')
    .replace(/^-/, '');
  return `rewrap-${words}`.slice(0, 40).replace(/-$/, '');
}

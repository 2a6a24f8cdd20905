import { Buffer } from 'node:buffer';
import { digest } from '../model/digest.ts';
import { JOURNAL_KINDS, type JournalKind } from '../model/seal.ts';
import { checkCounts, checkJournalNamed } from './check-counts.ts';
import type { CheckedObject, Difference } from './check-object.ts';
import { checkUnit } from './check-unit.ts';
import { addCounts, type OutcomeCounts } from './count-outcomes.ts';
import { openEnvelope, signedBytes, STATEMENT_TYPE } from './envelope.ts';
import { EVIDENCE, JOURNAL_SUBJECT } from './names.ts';
import { readSeals, rootOfSeals, sealedJournal, type UnitSeal } from './seals.ts';
import { digestOf, readStatement, type Statement } from './statement.ts';

/** The files of a run's evidence, as somebody has them. `undefined`: not there. */
export interface EvidenceFiles {
  readonly report: string;
  readonly statement: string | undefined;
  readonly seals: string | undefined;
  readonly bom: string | undefined;
}

/** A journal object, checked in itself. */
export interface ObjectOfRun extends Pick<UnitSeal, 'unit' | 'kind'> {
  readonly checked: CheckedObject;
  /** What its lines say became of data keys; absent from intents. */
  readonly counts?: OutcomeCounts;
}

export interface RunToCheck {
  readonly files: EvidenceFiles;
  /** Of this run alone. */
  readonly objects: readonly ObjectOfRun[];
  /** What of the journal is there to be checked. */
  readonly kinds: readonly JournalKind[];
  readonly isSigned: (message: Uint8Array, signature: Uint8Array) => boolean;
}

/** How a report, its evidence and its journal differ from what was signed; nothing where they do not. */
export function checkRun({ files, objects, kinds, isSigned }: RunToCheck): readonly Difference[] {
  const opened = openedStatement(files.statement, isSigned);
  if ('kind' in opened) return [opened];
  const { statement } = opened;
  const differences = [
    ...differsFrom(statement, EVIDENCE.report, files.report),
    ...differsFrom(statement, EVIDENCE.bom, files.bom),
    ...checkJournal(statement, files.seals, { objects, kinds }),
  ];
  return [...differences, ...checkReport({ files, objects, kinds }, differences)];
}

/**
 * Whether the report follows from its journal. Where a part of either is not as it was signed, that has been said, and the counts
 * would only say it once more.
 */
function checkReport(
  { files: { report, seals }, objects, kinds }: Omit<RunToCheck, 'isSigned'>,
  differences: readonly Difference[],
): readonly Difference[] {
  const ends = seals === undefined ? 0 : readSeals(seals);
  if (
    seals === undefined ||
    typeof ends === 'number' ||
    differences.some(({ kind }) => kind !== 'not-sealed')
  )
    return [];
  const beside = new Set(differences.map(({ object }) => object));
  const counts = objects.flatMap(one =>
    one.counts === undefined || beside.has(one.checked.name) ? [] : [one.counts],
  );
  return [
    ...checkJournalNamed(report, { ...sealedJournal(ends), root: rootOfSeals(seals) }),
    ...(kinds.includes('outcomes') ? checkCounts(report, addCounts(counts)) : []),
  ];
}

function openedStatement(
  text: string | undefined,
  isSigned: RunToCheck['isSigned'],
): { readonly statement: Statement } | Difference {
  const wrong = (kind: Difference['kind'], what: string): Difference => ({
    ...{ kind, object: EVIDENCE.statement, words: `${EVIDENCE.statement} ${what}` },
  });
  if (text === undefined) return wrong('removed', 'is not there: nothing was signed, or it was removed');
  const envelope = openEnvelope(text);
  if (envelope === undefined) return wrong('unreadable', 'is no DSSE envelope around an in-toto statement');
  const { payload, signatures } = envelope;
  const message = signedBytes(STATEMENT_TYPE, payload);
  if (!signatures.some(signature => isSigned(message, signature)))
    return wrong('changed', 'is not signed by this key: it was changed, or another key has signed it');
  const statement = readStatement(payload.toString('utf8'));
  return statement === undefined
    ? wrong('unreadable', 'is signed, and no statement about a run that this version knows')
    : { statement };
}

function differsFrom(statement: Statement, name: string, text: string | undefined): readonly Difference[] {
  if (text === undefined)
    return [{ kind: 'removed', object: name, words: `${name} is not there, and was signed` }];
  if (digest(Buffer.from(text)) === digestOf(statement, name)) return [];
  return [{ kind: 'changed', object: name, words: `${name} is not what was signed: it was changed` }];
}

interface Journal {
  readonly objects: readonly ObjectOfRun[];
  readonly kinds: readonly JournalKind[];
}

function checkJournal(
  statement: Statement,
  text: string | undefined,
  journal: Journal,
): readonly Difference[] {
  const object = EVIDENCE.seals;
  if (text === undefined)
    return [{ kind: 'removed', object, words: `${object} is not there, and was signed` }];
  if (rootOfSeals(text) !== digestOf(statement, JOURNAL_SUBJECT))
    return [{ kind: 'changed', object, words: `${object} is not what was signed: it was changed` }];
  const seals = readSeals(text);
  if (typeof seals === 'number')
    return [
      {
        kind: 'unreadable',
        object,
        line: seals,
        words: `${object}: line ${seals} is no seal that this version knows`,
      },
    ];
  const { job, run: runId } = statement.predicate;
  return [...chainsOf(seals, journal.objects).values()]
    .filter(({ kind }) => journal.kinds.includes(kind))
    .flatMap(({ unit: unitId, kind, seal, objects }) =>
      checkUnit({ kind, job, runId, unitId, objects, seal }),
    );
}

interface Chain extends Pick<UnitSeal, 'unit' | 'kind'> {
  readonly seal: UnitSeal | undefined;
  readonly objects: CheckedObject[];
}

/** What was sealed and what is there, by unit and kind. */
function chainsOf(seals: readonly UnitSeal[], objects: readonly ObjectOfRun[]): ReadonlyMap<string, Chain> {
  const chains = new Map<string, Chain>();
  for (const seal of seals) {
    const { unit, kind } = seal;
    chains.set(`${kind} ${unit}`, { unit, kind, seal, objects: [] });
  }
  for (const { unit, kind, checked } of objects) {
    const chain = chains.get(`${kind} ${unit}`) ?? { unit, kind, seal: undefined, objects: [] };
    chain.objects.push(checked);
    chains.set(`${kind} ${unit}`, chain);
  }
  return chains;
}

/** Where an object of a journal belongs; `undefined` for what is none. */
export function placeInJournal(
  name: string,
):
  | { readonly kind: JournalKind; readonly job: string; readonly runId: string; readonly unit: string }
  | undefined {
  const [, kind, job, runId, unit] =
    /^(intents|outcomes)\/job=([^/]+)\/run=([^/]+)\/unit=([^/]+)\/[^/]+$/.exec(name) ?? [];
  const known = JOURNAL_KINDS.find(one => one === kind);
  if (known === undefined || job === undefined || runId === undefined || unit === undefined) return undefined;
  return { kind: known, job, runId, unit };
}

import type { KeyMaterial } from '../../lambda/core/model/data-key.ts';
import { isSettled, type Outcome, type OutcomeKind } from '../../lambda/core/model/outcome.ts';
import type { StoreRecord } from '../../lambda/core/model/record.ts';
import { placeText } from '../../lambda/core/places/pattern.ts';
import type { Rewrapped } from '../../lambda/core/rewrap-records.ts';

export interface FilesResult {
  readonly dryRun: boolean;
  readonly files: readonly FileResult[];
  readonly outcomes: Readonly<Partial<Record<OutcomeKind, number>>>;
  /** A data key is not under the destination key, or in doubt; or none was found at all. */
  readonly left: boolean;
  readonly notChecked: readonly string[];
}

interface FileResult {
  readonly file: string;
  readonly entries: readonly EntryResult[];
}

interface EntryResult {
  readonly place: string;
  readonly outcome: OutcomeKind;
  readonly source?: KeyMaterial;
  readonly destination?: KeyMaterial;
  readonly reason?: string;
}

const NOT_CHECKED: readonly string[] = [
  'files that were not named, copies, backups, and what the history of a repository holds: it keeps the data keys under the old key',
];

export function filesResult(
  records: readonly StoreRecord[],
  rewrapped: readonly Rewrapped[],
  dryRun: boolean,
): FilesResult {
  const files = records.map(record => ({
    file: record.locator,
    entries: rewrapped.flatMap(({ found, outcome }) =>
      found.record === record ? [{ place: placeOf(found), ...shown(outcome) }] : [],
    ),
  }));
  const kinds = rewrapped.map(({ outcome }) => outcome.kind);
  return {
    dryRun,
    files,
    outcomes: Object.fromEntries(
      [...new Set(kinds)].map(kind => [kind, kinds.filter(one => one === kind).length]),
    ),
    left: kinds.length === 0 || !kinds.every(isSettled),
    notChecked: NOT_CHECKED,
  };
}

/** Where an entry is in its file, without the steps that lead into it. */
function placeOf({ finding }: Rewrapped['found']): string {
  const inFile = (finding.path ?? []).filter(step => typeof step === 'string' || typeof step === 'number');
  return placeText(inFile);
}

function shown(outcome: Outcome): Omit<EntryResult, 'place'> {
  const { kind, source, destination, reason }: Partial<Omit<EntryResult, 'outcome'>> & Pick<Outcome, 'kind'> =
    outcome;
  return {
    outcome: kind,
    ...(source !== undefined && { source }),
    ...(destination !== undefined && { destination }),
    ...(reason !== undefined && { reason }),
  };
}

/** One line for each entry. */
export function filesText({ files, dryRun }: FilesResult): string {
  const lines = files.flatMap(({ file, entries }) =>
    entries.length === 0
      ? [`${file}  no data key of KMS in metadata of SOPS`]
      : entries.map(entry => `${[file, entry.place].filter(Boolean).join('  ')}  ${entryText(entry)}`),
  );
  return [...lines, ...(dryRun ? ['A dry run: nothing was written.'] : [])].join('\n');
}

function entryText({ outcome, source, destination, reason }: EntryResult): string {
  const keys = [source, destination].flatMap(key => (key === undefined ? [] : [keyText(key)])).join(' → ');
  return [outcome, keys, reason].filter(part => part !== undefined && part !== '').join('  ');
}

function keyText({ keyArn, keyMaterialId }: KeyMaterial): string {
  return keyMaterialId === undefined ? keyArn : `${keyArn} (material ${keyMaterialId})`;
}

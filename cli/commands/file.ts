import { realpathSync } from 'node:fs';
import { LocalFiles } from '../../lambda/adapters/files/local-files.ts';
import { KmsKeyCatalog } from '../../lambda/adapters/kms/catalog.ts';
import { KmsChannel } from '../../lambda/adapters/kms/channel.ts';
import { KmsKeyService } from '../../lambda/adapters/kms/key-service.ts';
import { commandLine } from '../../lambda/core/model/command-line.ts';
import type { KeyCatalog } from '../../lambda/core/keys/catalog.ts';
import { findKey, plannedKey } from '../../lambda/core/keys/find-key.ts';
import { parseKeyReference } from '../../lambda/core/model/arn.ts';
import type { PlannedKey } from '../../lambda/core/model/key-use.ts';
import { rewrapRecords } from '../../lambda/core/rewrap-records.ts';
import { sopsFormat } from '../../lambda/formats/sops/index.ts';
import type { CommandContext } from '../context/command-context.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import type { NextStep } from '../next-steps/next-step.ts';
import { filesResult, filesText } from '../render/files.ts';

export interface FileOptions {
  readonly source: readonly string[];
  readonly destination: string;
  readonly dryRun?: boolean;
}

/** Far below every quota of KMS: people wait for a handful of files. */
const KMS_REQUESTS_PER_SECOND = 50;

/**
 * `rewrap file PATH…`: re-wraps the data keys of files that SOPS has encrypted, with the caller's own permissions and without
 * a deployment. It keeps no journal: the repository that the files are in has them as they were.
 */
export async function file(
  paths: readonly string[],
  { source, destination, dryRun = false }: FileOptions,
  { console, aws }: CommandContext,
): Promise<ExitCode> {
  const refused = (words: readonly string[]): ExitCode => {
    for (const one of words) console.note(one);
    return EXIT.refused;
  };
  const channel = new KmsChannel({ ...aws, patienceMs: [] });
  const keys = await keysOf(source, destination, new KmsKeyCatalog(channel));
  if (keys.kind === 'refused') return refused(keys.problems);
  const names = distinct(paths);
  const store = new LocalFiles(names);
  const read = await store.find(names);
  const missing = names.filter((_, index) => read[index] === undefined);
  if (missing.length > 0) return refused(missing.map(path => `${path}: there is no such file`));
  const records = read.filter(record => record !== undefined);
  const service = new KmsKeyService(channel);
  service.pace(KMS_REQUESTS_PER_SECOND);
  const format = sopsFormat
    .configure({ type: 'sops' })
    .bind({ ...keys.destination, startedAt: new Date().toISOString() });
  const rewrapping = { ...keys, format, route: { type: 'direct', why: 'files' } as const, dryRun };
  const outcomes = await rewrapRecords(records, rewrapping, { store, keys: service });
  const result = filesResult(records, outcomes, dryRun);
  console.result(result, filesText, afterFiles(names, dryRun));
  return result.left ? EXIT.left : EXIT.done;
}

/** What has changed, as the repository sees it; before that, nothing has. */
function afterFiles(names: readonly string[], dryRun: boolean): readonly NextStep[] {
  if (dryRun) return [];
  const command = commandLine(['git', 'diff', '--', ...names]);
  return [{ command, why: 'shows what has changed; a journal is not kept' }];
}

/** A file that is named twice, or also by a link, is one file. */
function distinct(paths: readonly string[]): readonly string[] {
  const byPlace = new Map<string, string>();
  for (const path of paths) {
    const place = placeOf(path);
    if (!byPlace.has(place)) byPlace.set(place, path);
  }
  return [...byPlace.values()];
}

function placeOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

type Keys =
  | { readonly kind: 'keys'; readonly sources: readonly PlannedKey[]; readonly destination: PlannedKey }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** Keys as KMS knows them, if ReEncrypt takes data keys from all of the sources to the destination. */
async function keysOf(source: readonly string[], destination: string, catalog: KeyCatalog): Promise<Keys> {
  const named = [destination, ...source].map(
    (key, index) => [index === 0 ? '--destination' : '--source', key] as const,
  );
  const wrong = wordsOfNames(named);
  if (wrong.length > 0) return { kind: 'refused', problems: wrong };
  const found = await Promise.all(
    named.map(([option, key]) => findKey(option, { key, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' }, catalog)),
  );
  const unusable = found.flatMap(one =>
    'key' in one ? [] : [`${one.path} ${String(one.value)} ${one.words}`],
  );
  if (unusable.length > 0) return { kind: 'refused', problems: unusable };
  const [target, ...sources] = found.flatMap(one => ('key' in one ? [plannedKey(one)] : []));
  if (target === undefined) throw new TypeError('a key was not looked up');
  const denied = await Promise.all(sources.map(one => denial(one, target, catalog)));
  const problems = denied.flatMap(words => words ?? []);
  return problems.length > 0 ? { kind: 'refused', problems } : { kind: 'keys', sources, destination: target };
}

function wordsOfNames(named: readonly (readonly [option: string, key: string])[]): readonly string[] {
  const region = parseKeyReference(named[0]?.[1] ?? '')?.region;
  return named.flatMap(([option, key]) => {
    const reference = parseKeyReference(key);
    if (reference === undefined)
      return [
        `${option} ${key} is no KMS key ARN or alias ARN; write arn:aws:kms:REGION:ACCOUNT:key/ID or arn:aws:kms:REGION:ACCOUNT:alias/NAME`,
      ];
    return region === undefined || reference.region === region
      ? []
      : [
          `${option} ${key} is not in ${region}, where the destination key is: one ReEncrypt call stays within a Region`,
        ];
  });
}

async function denial(
  source: PlannedKey,
  destination: PlannedKey,
  catalog: KeyCatalog,
): Promise<string | undefined> {
  const permission = await catalog.mayReEncrypt(source, destination);
  return permission.kind === 'allowed'
    ? undefined
    : `you may not re-encrypt from ${source.keyArn} to ${destination.keyArn}: ${permission.message}`;
}

import type { AttributePath, ObjectRecord } from '../../core/model/record.ts';
import { reachIn } from '../../core/places/held-at.ts';
import type { BuiltContexts } from '../context-template.ts';
import { placeName } from '../place-name.ts';
import type { NoSpot } from '../spot.ts';
import { textAt } from '../text-at.ts';
import { contextAt, noContext, type Entry } from './entry.ts';
import { doubtful, type Metadata } from './layout.ts';

/** A run declares the places that it may change by name. So there are as many as can be named. */
export const MOST_ENTRIES = 32;
export const MOST_GROUPS = 8;
export const MOST_OF_GROUP = 8;

/** `kms__list_0__map_enc`, or `key_groups__list_0__map_kms__list_0__map_enc` */
const OF_ENTRY = /^((?:key_groups__list_(\d{1,9})__map_)?kms__list_(\d{1,9})__map_)(.*)$/s;
const OF_KMS = /^(?:key_groups__(?:.{0,99}__map_)?)?kms(?:__|$)/s;
const CONTEXT = 'context__map_';

/** The KMS entries of metadata in names. */
export function flatEntries(record: ObjectRecord, metadata: Metadata): readonly (Entry | NoSpot)[] {
  const fields = new Map<string, string[]>();
  const strange: NoSpot[] = [];
  for (const name of metadata.names) {
    const [, entry, group, index, field] = OF_ENTRY.exec(name) ?? [];
    if (entry === undefined || field === undefined || isDeeper(field))
      strange.push(...strangeName(record, metadata, name));
    else if (!isWithin(group, index))
      strange.push(...(field === 'enc' ? [tooMany(pathOf(metadata, name))] : []));
    else fields.set(entry, [...(fields.get(entry) ?? []), field]);
  }
  const entries = [...fields].map(([entry, names]): Entry => {
    const at = (field: string): AttributePath => pathOf(metadata, entry + field);
    const contexts = contextOf(record, { names, at, metadata });
    return { kind: 'entry', enc: at('enc'), arn: at('arn'), createdAt: at('created_at'), contexts };
  });
  return [...entries, ...strange];
}

/** All fields but the context are texts. */
function isDeeper(field: string): boolean {
  return !field.startsWith(CONTEXT) && /__(?:map|list)_/.test(field);
}

function pathOf({ at, layout }: Metadata, name: string): AttributePath {
  return [...at, layout.prefix + name];
}

function isWithin(group: string | undefined, index = ''): boolean {
  const canonical = [group ?? '0', index].every(text => String(Number(text)) === text);
  if (!canonical) return false;
  return group === undefined
    ? Number(index) < MOST_ENTRIES
    : Number(group) < MOST_GROUPS && Number(index) < MOST_OF_GROUP;
}

function tooMany(path: AttributePath): NoSpot {
  const reason = `it is beyond entry ${MOST_ENTRIES}, or entry ${MOST_OF_GROUP} of key group ${MOST_GROUPS}, which is as far as this version goes in dotenv and INI; move it with SOPS: sops rotate`;
  return { kind: 'unsupported', path, reason };
}

/** A name that has to do with KMS, but is none that SOPS writes. Nothing at all lies under such a name. */
function strangeName(record: ObjectRecord, metadata: Metadata, name: string): readonly NoSpot[] {
  const path = pathOf(metadata, name);
  if (!OF_KMS.test(name) || textAt(record, path) === '') return [];
  return [doubtful(path, `${placeName(record, path)} is a name that SOPS does not write`)];
}

interface Fields {
  readonly names: readonly string[];
  readonly at: (field: string) => AttributePath;
  readonly metadata: Metadata;
}

/** SOPS writes a line break as `\n`. In dotenv, the document knows. */
function contextOf(record: ObjectRecord, { names, at, metadata }: Fields): BuiltContexts {
  const odd = reachIn(record, at('context'));
  if (odd.kind === 'closed' || (odd.kind === 'value' && textAt(record, at('context')) !== ''))
    return noContext('it is no map');
  const inContext = names.filter(name => name.startsWith(CONTEXT)).map(name => name.slice(CONTEXT.length));
  const nested = inContext.find(name => /__(?:map|list)_/.test(name));
  if (nested !== undefined) return noContext(`SOPS takes the name '${nested}' for a path`);
  const lineBreaks = (text: string): string => text.replaceAll('\\n', '\n');
  return contextAt(
    record,
    inContext.map(name => [name, at(CONTEXT + name)]),
    metadata.layout.step.as === 'ini' ? lineBreaks : undefined,
  );
}

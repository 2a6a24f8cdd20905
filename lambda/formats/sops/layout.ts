import { Buffer } from 'node:buffer';
import type { DocumentStep } from '../../core/model/document-step.ts';
import type { AttributePath, AttributeValue, BodyStep, ObjectRecord } from '../../core/model/record.ts';
import { reachIn } from '../../core/places/held-at.ts';
import { closedSpot } from '../closed-spot.ts';
import type { NoSpot } from '../spot.ts';
import type { LAYOUTS } from './config.ts';

export const BODY: BodyStep = { part: 'body' };

/** Where the metadata of SOPS lies in a file. */
export interface Layout {
  readonly step: DocumentStep;
  /** `nested`: maps and lists under `sops`. `flat`: names such as `kms__list_0__map_enc` in the map at `path`. */
  readonly shape: 'nested' | 'flat';
  /** From the root of the document. */
  readonly path: AttributePath;
  /** What each flat name begins with. */
  readonly prefix: string;
}

const nested = (as: 'json' | 'yaml'): Layout => ({
  ...{ step: { as }, shape: 'nested', path: ['sops'], prefix: '' },
});

/** JSON is YAML, too, and is looked for first. */
const JSON_LAYOUT = nested('json');
const YAML_LAYOUT = nested('yaml');
const DOTENV_LAYOUT: Layout = { step: { as: 'dotenv' }, shape: 'flat', path: [], prefix: 'sops_' };
const INI_LAYOUT: Layout = { step: { as: 'ini' }, shape: 'flat', path: ['sops'], prefix: '' };

/** The layouts that files may have, the likeliest first. */
export function layoutsOf(name: (typeof LAYOUTS)[number] | undefined): readonly Layout[] {
  switch (name) {
    case undefined:
      return [JSON_LAYOUT, YAML_LAYOUT, DOTENV_LAYOUT, INI_LAYOUT];
    case 'json':
    case 'binary':
      return [JSON_LAYOUT];
    case 'yaml':
      return [JSON_LAYOUT, YAML_LAYOUT];
    case 'dotenv':
      return [DOTENV_LAYOUT];
    case 'ini':
      return [INI_LAYOUT];
  }
}

/** Where the metadata of a file begins. */
export interface Metadata {
  readonly kind: 'metadata';
  readonly layout: Layout;
  readonly at: AttributePath;
  /** Its names, without their prefix. */
  readonly names: readonly string[];
}

/** Metadata as SOPS writes it, or why it cannot be found; nothing for a file that is none of SOPS. */
export function metadataOf(record: ObjectRecord, layouts: readonly Layout[]): readonly (Metadata | NoSpot)[] {
  const body = reachIn(record, [BODY]);
  if (body.kind === 'nothing') return [];
  if (body.kind === 'closed') return [closedSpot(record, { ...body, path: [BODY] })];
  const text = 'B' in body.value ? Buffer.from(body.value.B).toString('latin1') : '';
  if (!MAY_HAVE_NAMES.test(text)) return [];
  const found: (readonly (Metadata | NoSpot)[])[] = [];
  const reasons: string[] = [];
  for (const layout of likely(layouts, text)) {
    const root = reachIn(record, [BODY, layout.step]);
    if (root.kind === 'closed') reasons.push(`read as ${layout.step.as}, it ${root.reason}`);
    if (root.kind !== 'value') continue;
    found.push(rootsOf(root.value, layout).flatMap(path => metadataAt(record, layout, path)));
    if (layout === JSON_LAYOUT) break;
  }
  const [some = [], ...others] = found.filter(one => one.length > 0);
  if (others.length > 0) return [doubtful([BODY], 'the body can be read in two layouts of SOPS')];
  return some.length === 0 && isOfSops(text) ? [lost(reasons)] : some;
}

/**
 * SOPS writes no YAML in flow style: what begins with a brace is JSON. If it is broken JSON, it is not read as YAML: a move
 * may mend it, and its data keys would then lie in other places than before.
 */
function likely(layouts: readonly Layout[], text: string): readonly Layout[] {
  return layouts.includes(JSON_LAYOUT) && BEGINS_AS_JSON.test(text) ? [JSON_LAYOUT] : layouts;
}

/** A byte order mark may stand before it. */
const BEGINS_AS_JSON = /^(?:\xef\xbb\xbf)?\s{0,999}\{/;

/** Where maps that may hold metadata begin. SOPS writes its metadata into each document of a stream, and reads the first. */
function rootsOf(root: AttributeValue, { step }: Layout): readonly AttributePath[] {
  if (step.as !== 'yaml' || !('L' in root)) return [[]];
  return root.L.flatMap((one, index) => ('M' in one ? [[index]] : []));
}

function metadataAt(
  record: ObjectRecord,
  layout: Layout,
  root: AttributePath,
): readonly (Metadata | NoSpot)[] {
  const at = [BODY, layout.step, ...root, ...layout.path];
  const reached = reachIn(record, at);
  if (reached.kind === 'closed') return [closedSpot(record, { ...reached, path: at })];
  if (reached.kind === 'nothing' || !('M' in reached.value)) return [];
  const names = Object.keys(reached.value.M).flatMap(name =>
    name.startsWith(layout.prefix) ? [name.slice(layout.prefix.length)] : [],
  );
  return names.some(name => TELLING.test(name)) ? [{ kind: 'metadata', layout, at, names }] : [];
}

/** A map named `sops` may be one of somebody else. Every version of SOPS writes a MAC and a date. */
const TELLING = /^(?:mac|lastmodified|kms|key_groups)(?:$|__)/;

/** Whether `sops` can be a name in it, spelt out or with escapes. */
const MAY_HAVE_NAMES = /sops|ENC\[AES256_GCM,|\\[uUx]/;

/** Values, or names, of a file that SOPS has encrypted, in a text of which nothing else is known. */
function isOfSops(text: string): boolean {
  return text.includes('ENC[AES256_GCM,') || (NAME.test(text) && /enc["']?[ \t]*[:=]/.test(text));
}

const NAME = /^[ \t]*["']?sops["']?[ \t]*:|"sops"\s{0,9}:|^sops_[a-z]|^\[sops\]/m;

function lost(reasons: readonly string[]): NoSpot {
  const why = reasons.length === 0 ? 'it has none' : reasons.join('; ');
  return doubtful([BODY], `the body looks like a file of SOPS, but its metadata cannot be read: ${why}`);
}

export function doubtful(path: AttributePath, reason: string): NoSpot {
  return { kind: 'unreadable', path, reason };
}

import { Buffer } from 'node:buffer';
import type { DocumentStep } from '../../core/model/document-step.ts';
import type { AttributePath, BodyStep, ObjectRecord } from '../../core/model/record.ts';
import { heldAt, reachIn } from '../../core/places/held-at.ts';
import { closedSpot } from '../patterns/spots.ts';
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
export const JSON_LAYOUT = nested('json');
export const YAML_LAYOUT = nested('yaml');
export const DOTENV_LAYOUT: Layout = { step: { as: 'dotenv' }, shape: 'flat', path: [], prefix: 'sops_' };
export const INI_LAYOUT: Layout = { step: { as: 'ini' }, shape: 'flat', path: ['sops'], prefix: '' };

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

/** Metadata as SOPS writes it, or why it cannot be found; `undefined` for a file that is none of SOPS. */
export function metadataOf(record: ObjectRecord, layouts: readonly Layout[]): Metadata | NoSpot | undefined {
  const body = reachIn(record, [BODY]);
  if (body.kind === 'nothing') return undefined;
  if (body.kind === 'closed') return closedSpot(record, { ...body, path: [BODY] });
  const text = 'B' in body.value ? Buffer.from(body.value.B).toString('latin1') : '';
  if (!MAY_HAVE_NAMES.test(text)) return undefined;
  const found: (Metadata | NoSpot)[] = [];
  let reason: string | undefined;
  for (const layout of layouts) {
    const root = reachIn(record, [BODY, layout.step]);
    if (root.kind === 'closed') reason ??= root.reason;
    if (root.kind !== 'value') continue;
    found.push(...metadataIn(record, layout));
    if (layout === JSON_LAYOUT) break;
  }
  if (found.length > 1) return doubtful([BODY], 'the body can be read in two layouts of SOPS');
  return found[0] ?? (isOfSops(text) ? lost(reason) : undefined);
}

function metadataIn(record: ObjectRecord, layout: Layout): readonly (Metadata | NoSpot)[] {
  const at = [BODY, layout.step, ...layout.path];
  const reached = reachIn(record, at);
  if (reached.kind === 'closed') return [closedSpot(record, { ...reached, path: at })];
  const held = heldAt(record, at);
  if (held === undefined || !('M' in held)) return [];
  const names = Object.keys(held.M).flatMap(name =>
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

function lost(reason = 'it has none'): NoSpot {
  return doubtful([BODY], `the body looks like a file of SOPS, but its metadata cannot be read: ${reason}`);
}

export function doubtful(path: AttributePath, reason: string): NoSpot {
  return { kind: 'unreadable', path, reason };
}

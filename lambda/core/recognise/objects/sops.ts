import { parseKeyReference } from '../../model/arn.ts';
import { one, type Recognised } from '../candidate.ts';
import { member } from '../json-member.ts';

interface SopsFile {
  /** What the entries name that are under AWS KMS: ARNs of keys and aliases. */
  readonly kms: readonly string[];
}

const WITHOUT_KMS =
  'is a file of SOPS without an entry of AWS KMS, so there is nothing to re-wrap; to change its recipients, use sops updatekeys';

/** A file of SOPS, told by a few lines of its text: the layout of the file itself is not read here. */
export function sopsFile(text: string, json: unknown): Recognised | undefined {
  const file = inJson(json) ?? inYaml(text) ?? inIni(text) ?? inDotenv(text);
  if (file === undefined) return undefined;
  if (file.kms.length === 0)
    return one({ kind: 'refused', what: 'sops-without-kms', slot: 'body', reason: WITHOUT_KMS, keyArns: [] });
  const keyArns = [...new Set(file.kms.flatMap(arn => parseKeyReference(arn)?.arn ?? []))];
  return one({
    kind: 'named',
    what: 'sops',
    slot: 'body',
    format: { type: 'sops' },
    dataKeys: file.kms.length,
    keyArns,
  });
}

function inJson(json: unknown): SopsFile | undefined {
  const sops = member(json, 'sops');
  if (typeof member(sops, 'mac') !== 'string' || typeof member(sops, 'lastmodified') !== 'string')
    return undefined;
  const groups = listAt(sops, 'key_groups').flatMap(group => listAt(group, 'kms'));
  return { kms: [...listAt(sops, 'kms'), ...groups].map(entry => String(member(entry, 'arn'))) };
}

function listAt(of: unknown, name: string): readonly unknown[] {
  const list = member(of, name);
  return Array.isArray(list) ? list : [];
}

/** The lines below `sops:`, up to the next name or comment at the beginning of a line. */
function inYaml(text: string): SopsFile | undefined {
  const start = /^sops:[ \t]*$/m.exec(text);
  if (start === null) return undefined;
  const lines = text.slice(start.index + start[0].length).split(/\r?\n/, MOST_LINES);
  const end = lines.findIndex((line, index) => index > 0 && /^[^\s]/.test(line));
  const block = end < 0 ? lines : lines.slice(0, end);
  return ofLines(block, { mac: /^[ \t]{1,16}mac: /, modified: /^[ \t]{1,16}lastmodified: /, arn: YAML_ARN });
}

const YAML_ARN = /^[ \t]{1,32}(?:- )?[ \t]{0,16}arn: ["']?(arn:[^\s"']{1,2048})/;

function inIni(text: string): SopsFile | undefined {
  const start = /^\[sops\][ \t]*$/m.exec(text);
  if (start === null) return undefined;
  const lines = text.slice(start.index + start[0].length).split(/\r?\n/, MOST_LINES);
  return ofLines(lines, { mac: /^mac\s{0,64}=/, modified: /^lastmodified\s{0,64}=/, arn: INI_ARN });
}

const INI_ARN =
  /^(?:key_groups__list_\d{1,4}__map_)?kms__list_\d{1,4}__map_arn\s{0,64}=\s{0,4}["'`]?(arn:[^\s"'`]{1,2048})/;

function inDotenv(text: string): SopsFile | undefined {
  if (!/^sops_mac=/m.test(text)) return undefined;
  const lines = text.slice(text.indexOf('sops_')).split(/\r?\n/, MOST_LINES);
  return ofLines(lines, { mac: /^sops_mac=/, modified: /^sops_lastmodified=/, arn: DOTENV_ARN });
}

const DOTENV_ARN =
  /^sops_(?:key_groups__list_\d{1,4}__map_)?kms__list_\d{1,4}__map_arn=["']?(arn:[^\s"']{1,2048})/;

/** Many more than the metadata of a file with hundreds of recipients. */
const MOST_LINES = 20_000;

interface Signs {
  readonly mac: RegExp;
  readonly modified: RegExp;
  readonly arn: RegExp;
}

function ofLines(lines: readonly string[], { mac, modified, arn }: Signs): SopsFile | undefined {
  if (!lines.some(line => mac.test(line)) || !lines.some(line => modified.test(line))) return undefined;
  return { kms: lines.flatMap(line => arn.exec(line)?.[1] ?? []) };
}

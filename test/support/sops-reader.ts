import { parse } from 'yaml';

/** A KMS entry of a file, as SOPS reads it. */
export interface SopsEntry {
  readonly arn: string;
  readonly enc: string;
  readonly created_at: string;
  readonly context?: Readonly<Record<string, string>> | null;
}

interface Metadata {
  readonly kms?: readonly SopsEntry[];
  readonly key_groups?: readonly { readonly kms?: readonly SopsEntry[] }[];
}

/** The KMS entries of a file that SOPS has written, by the end of its name. It follows stores/ of SOPS, and nothing of ours. */
export function sopsEntries(name: string, text: string): readonly SopsEntry[] {
  const metadata = metadataOf(name, text);
  return [...(metadata.kms ?? []), ...(metadata.key_groups ?? []).flatMap(({ kms = [] }) => kms)];
}

function metadataOf(name: string, text: string): Metadata {
  const lines = text.split('\n');
  if (name.endsWith('.env')) return unflattened(lines.flatMap(line => entryOf(line, /^sops_([^=]+)=(.*)$/)));
  if (name.endsWith('.ini')) {
    const section = lines.slice(lines.indexOf('[sops]') + 1);
    return unflattened(section.flatMap(line => entryOf(line, /^(\S+) *= (.*)$/)));
  }
  return ((name.endsWith('.yaml') ? parse(text) : JSON.parse(text)) as { readonly sops: Metadata }).sops;
}

function entryOf(line: string, shape: RegExp): readonly (readonly [string, string])[] {
  const [, key, value] = shape.exec(line) ?? [];
  return key === undefined || value === undefined ? [] : [[key, value.replaceAll('\\n', '\n')]];
}

type Tree = Record<string, unknown>;

/** `kms__list_0__map_enc` is `kms[0].enc` (stores/flatten.go). */
function unflattened(entries: readonly (readonly [string, string])[]): Metadata {
  const root: Tree = {};
  for (const [name, value] of entries) {
    const steps = name.split(/__(?:map|list)_/);
    const last = steps.pop() ?? '';
    const parent = steps.reduce<Tree>((tree, step) => (tree[step] ??= {}) as Tree, root);
    parent[last] = value;
  }
  const kmsOf = ({ kms = {} }: Tree): Tree => ({ kms: Object.values(kms as Tree) });
  return {
    ...kmsOf(root),
    key_groups: Object.values((root['key_groups'] ?? {}) as Tree).map(one => kmsOf(one as Tree)),
  };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface TemplateParameter {
  readonly Type: string;
  readonly Default?: string | number;
  readonly AllowedValues?: readonly unknown[];
  readonly AllowedPattern?: string;
}

interface Rule {
  readonly RuleCondition?: unknown;
  readonly Assertions: readonly { readonly Assert: unknown; readonly AssertDescription?: string }[];
}

export interface Template {
  readonly Description?: string;
  readonly Parameters?: Readonly<Record<string, TemplateParameter>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Rules?: Readonly<Record<string, Rule>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<
    Record<
      string,
      { readonly Value: unknown; readonly Condition?: string; readonly Export?: { readonly Name: unknown } }
    >
  >;
}

/** A stack of a cloud assembly. The folders of its file assets are listed by the name of their S3 object. */
export interface AssembledStack {
  readonly stackName: string;
  readonly region: string | undefined;
  readonly template: Template;
  readonly assets: ReadonlyMap<string, string>;
}

interface Manifest {
  readonly artifacts: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly environment?: string;
        readonly dependencies?: readonly string[];
        readonly properties?: { readonly templateFile?: string; readonly stackName?: string };
      }
    >
  >;
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path: string };
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
      }
    >
  >;
}

/** Reads what `cdk synth` wrote. A stack comes after those that it depends on. */
export function readAssembly(directory: string): readonly AssembledStack[] {
  const manifest = readJson(directory, 'manifest.json') as Manifest;
  return inOrder(manifest.artifacts)
    .flatMap(id => {
      const artifact = manifest.artifacts[id];
      return artifact?.type === 'aws:cloudformation:stack' ? [[id, artifact] as const] : [];
    })
    .map(([id, { environment, properties }]) => {
      const region = environment?.split('/').at(-1);
      return {
        stackName: properties?.stackName ?? id,
        region: region === undefined || region.startsWith('unknown') ? undefined : region,
        template: readJson(directory, properties?.templateFile ?? '') as Template,
        assets: assetFolders(directory, `${id}.assets.json`),
      };
    });
}

function inOrder(artifacts: Manifest['artifacts']): readonly string[] {
  const ordered = new Set<string>();
  const visit = (id: string): void => {
    if (ordered.has(id)) return;
    for (const dependency of artifacts[id]?.dependencies ?? []) visit(dependency);
    ordered.add(id);
  };
  for (const id of Object.keys(artifacts)) visit(id);
  return [...ordered];
}

function assetFolders(directory: string, file: string): ReadonlyMap<string, string> {
  const { files = {} } = readJson(directory, file) as AssetManifest;
  const folders = Object.values(files).flatMap(({ source, destinations }) =>
    Object.values(destinations).map(({ objectKey }) => [objectKey, join(directory, source.path)] as const),
  );
  return new Map(folders);
}

function readJson(directory: string, file: string): unknown {
  return JSON.parse(readFileSync(join(directory, file), 'utf8'));
}

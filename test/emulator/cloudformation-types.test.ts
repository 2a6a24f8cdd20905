import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { RESOURCE_TYPES } from '../../emulator/cloudformation/resource-types.ts';

interface Described {
  readonly cloudFormationType: string;
  readonly properties: Readonly<Record<string, { readonly causesReplacement?: string }>>;
}

/** The description of CloudFormation that the CDK CLI shows diffs with. */
function described(): readonly Described[] {
  const database = join(
    dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')),
    'db.json.gz',
  );
  const { schema } = JSON.parse(gunzipSync(readFileSync(database)).toString('utf8')) as {
    readonly schema: { readonly resource: { readonly entities: readonly Described[] } };
  };
  return schema.resource.entities;
}

describe('the types of resources on loopback', () => {
  it('have properties of CloudFormation only, and are replaced by the same changes', () => {
    const entities = new Map(described().map(entity => [entity.cloudFormationType, entity.properties]));
    const differences = Object.entries(RESOURCE_TYPES)
      .filter(([type]) => type !== 'AWS::CDK::Metadata')
      .flatMap(([type, { replaces, changes, refuses = [], lacks = [] }]) => {
        const properties = entities.get(type) ?? {};
        return [...replaces, ...changes, ...refuses, ...lacks].flatMap(name => {
          const property = properties[name];
          if (property === undefined) return [`${type} has no ${name}`];
          const replaced = (property.causesReplacement ?? 'no') !== 'no';
          return replaced === replaces.includes(name)
            ? []
            : [`${type} ${name}: ${property.causesReplacement}`];
        });
      });
    expect(differences).toEqual([]);
  });
});

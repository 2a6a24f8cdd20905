import { Match } from 'aws-cdk-lib/assertions';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { journalProtection } from '../../lib/storage/journal-protection.ts';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import { item, OLD_KEY, scope } from '../support/builders.ts';
import { fakePorts } from '../support/fake-ports.ts';
import { synthesized } from '../support/stack.ts';

const DOCUMENT = readFileSync(fileURLToPath(new URL('../../docs/journal.md', import.meta.url)), 'utf8');

describe('the tables of the journal', () => {
  const template = synthesized();
  const columnsOf = (name: string): readonly string[] => {
    const [table] = Object.values(
      template.findResources('AWS::Glue::Table', { Properties: { TableInput: { Name: name } } }),
    );
    const { Columns } = (
      table as { Properties: { TableInput: { StorageDescriptor: { Columns: { Name: string }[] } } } }
    ).Properties.TableInput.StorageDescriptor;
    return Columns.map(({ Name }) => Name);
  };

  /** What a run writes if it moves one data key and names one in its outcomes. */
  async function written(): Promise<{
    readonly intents: readonly object[];
    readonly outcomes: readonly object[];
  }> {
    const world = fakePorts();
    const edk = { B: world.keys.encrypt(OLD_KEY, 'a', { tenant: 't' }) };
    world.records.put(
      item('a', { tenant: { S: 't' }, edk }),
      item('b', { tenant: { S: 't' }, edk: { S: 'no bytes' } }),
    );
    await migrateUnit(scope(), world);
    return world.journal;
  }

  it('have a column for every field that a run writes, and the documentation has a row for it', async () => {
    const { intents, outcomes } = await written();
    expect([intents.length, outcomes.length]).toEqual([1, 2]);
    for (const [name, entries] of Object.entries({ intents, outcomes }))
      for (const field of new Set(entries.flatMap(entry => Object.keys(entry)))) {
        expect(columnsOf(name)).toContain(field.toLowerCase());
        expect(DOCUMENT).toContain(`\`${field}\``);
      }
  });

  it('know their runs without a crawler, and come with queries to start from', () => {
    template.allResourcesProperties('AWS::Glue::Table', {
      TableInput: {
        PartitionKeys: [Match.objectLike({ Name: 'job' }), Match.objectLike({ Name: 'run' })],
        Parameters: Match.objectLike({
          'projection.enabled': 'true',
          'projection.job.values': 'orders',
          'projection.run.type': 'injected',
        }),
      },
    });
    const queries = Object.values(template.findResources('AWS::Athena::NamedQuery')).map(
      ({ Properties }) => (Properties as { Name: string }).Name,
    );
    expect(queries.length).toBeGreaterThan(0);
    for (const query of queries) expect(DOCUMENT).toContain(`\`${query}\``);
  });
});

describe('the bucket of the journal', () => {
  const journalOf = (props: Parameters<typeof synthesized>[1] = {}): Record<string, unknown> => {
    const [journal] = Object.values(
      synthesized(undefined, props).findResources('AWS::S3::Bucket', {
        Properties: { VersioningConfiguration: { Status: 'Enabled' } },
      }),
    );
    return (journal as { Properties: Record<string, unknown> }).Properties;
  };

  it('is kept for good and unlocked, unless the deployment says otherwise', () => {
    const journal = journalOf();
    expect(journal).not.toHaveProperty('ObjectLockEnabled');
    expect(JSON.stringify(journal['LifecycleConfiguration'])).not.toContain('ExpirationInDays');
  });

  it('may be kept for some days, and locked for as long', () => {
    const locked = journalOf({
      journalProtection: journalProtection({ journalRetentionDays: 400, journalObjectLock: 'compliance' }),
    });
    expect(locked).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 400 } } },
      LifecycleConfiguration: { Rules: [expect.objectContaining({ ExpirationInDays: 400 })] },
    });
  });
});

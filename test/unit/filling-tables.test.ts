import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { storeCatalogs } from '../../lambda/adapters/stores/registry.ts';
import { job } from '../support/builders.ts';
import { refusal, stores, table } from '../support/plan-ports.ts';

describe('a table that DynamoDB is still filling', () => {
  it.each(['restore', 'import or creation'] as const)('is refused, whatever fills it: %s', async filling => {
    const describeTable = () => Promise.resolve({ kind: 'found', description: table({ filling }) } as const);
    const words = await refusal({ stores: stores({ describeTable }) });
    expect(words).toContain(`still filling the table (${filling})`);
    expect(words).toContain('start the job again');
  });

  it('is refused as the table of the copies, too', async () => {
    const describeTable = ({ table: name }: { readonly table: string }) =>
      Promise.resolve({
        kind: 'found',
        description: name === 'Copies' ? table({ filling: 'restore' }) : table(),
      } as const);
    const [store] = job().stores;
    const copyTo = { region: 'us-east-1', table: 'Copies', createMissing: true };
    const copied = job({ stores: [{ ...store!, copyTo }] });
    expect(await refusal({ stores: stores({ describeTable }) }, { jobs: [copied] })).toContain(
      'still filling the table (restore)',
    );
  });

  it.each([
    [{ TableStatus: 'ACTIVE' }, undefined],
    [{ TableStatus: 'UPDATING' }, undefined],
    [{ TableStatus: 'ACTIVE', RestoreSummary: { RestoreInProgress: false } }, undefined],
    [{ TableStatus: 'CREATING' }, 'import or creation'],
    [{ TableStatus: 'CREATING', RestoreSummary: { RestoreInProgress: true } }, 'restore'],
    [{ TableStatus: 'ACTIVE', RestoreSummary: { RestoreInProgress: true } }, 'restore'],
  ])('is told from DescribeTable: %j', async (Table, filling) => {
    const send = (command: object) =>
      Promise.resolve(command instanceof DescribeTableCommand ? { Table } : {});
    const clients = { dynamodb: () => ({ send }) } as unknown as AwsClients;
    const lookup = await storeCatalogs(clients).dynamodb.describeTable({ region: 'us-east-1', table: 'T' });
    expect(lookup.kind === 'found' && lookup.description.filling).toBe(filling);
  });
});

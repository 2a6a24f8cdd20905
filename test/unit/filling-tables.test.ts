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
});

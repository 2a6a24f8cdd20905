import { askedBy } from '../live/options.ts';
import { policyOf } from '../live/policy.ts';

const ACCOUNT = ['--account', '111122223333'];

describe('the options of npm run test:live', () => {
  it.each([
    [[], 'name the account'],
    [['--at-most', '2'], 'name the account'],
    [['--account', '1234', '--at-most', '2'], 'has 12 digits'],
    [ACCOUNT, 'say what it may cost'],
    [[...ACCOUNT, '--at-most', 'two'], 'say what it may cost'],
    [[...ACCOUNT, '--at-most', '0'], 'say what it may cost'],
    [[...ACCOUNT, '--at-most', '2', '--region', 'eu-west-1'], 'have to differ'],
    [[...ACCOUNT, '--at-most', '2', '--region', 'us-gov-west-1'], 'no Region of the partition aws'],
    [[...ACCOUNT, '--at-most', '2', '--second-region', 'cn-north-1'], 'no Region of the partition aws'],
    [[...ACCOUNT, '--at-most', '2', '--endpoint-url', 'https://kms.example.com'], 'on loopback'],
    [[...ACCOUNT, '--clean', '*'], 'takes the id of a run'],
    [[...ACCOUNT, '--embedded'], 'leave --account out'],
    [['--embedded', '--clean', '0123456789'], 'leaves nothing to --clean'],
    [[...ACCOUNT, '--at-mos', '2'], '--at-mos'],
  ])('refuse %j, and say why', (args, why) => {
    expect(askedBy(args)).toEqual({ kind: 'refused', why: expect.stringContaining(why) as unknown });
  });

  it('take an account, a limit and two Regions', () => {
    expect(askedBy([...ACCOUNT, '--at-most', '2.5', '--questions'])).toEqual({
      kind: 'live',
      account: '111122223333',
      dollars: 2.5,
      product: false,
      json: false,
      region: 'us-east-1',
      secondRegion: 'eu-west-1',
      embedded: false,
    });
  });

  it('need neither of them on the embedded AWS', () => {
    expect(askedBy(['--embedded'])).toMatchObject({
      kind: 'live',
      embedded: true,
      dollars: Infinity,
      product: true,
    });
  });

  it('clean up in the account that they name', () => {
    expect(askedBy([...ACCOUNT, '--clean', '0123456789'])).toMatchObject({ kind: 'clean', id: '0123456789' });
  });

  it('print a policy that a managed policy has room for, and that is about names and tags of the test', () => {
    // IAM user guide, quotas: 6,144 characters without whitespace.
    expect(JSON.stringify(policyOf('111122223333')).length).toBeLessThan(6_144);
    expect(JSON.stringify(policyOf('111122223333'))).toContain('role/RewrapLive*');
  });

  it('print the policy without asking AWS anything', () => {
    expect(askedBy([...ACCOUNT, '--policy'])).toEqual({ kind: 'policy', account: '111122223333' });
  });
});

import { job, NEW_KEY, use } from '../support/builders.ts';
import { key, keys, planOf } from '../support/plan-ports.ts';

describe('a census into another Region', () => {
  const MRK = 'arn:aws:kms:us-east-1:111122223333:key/mrk-11111111111111111111111111111111';
  const THERE = MRK.replace('us-east-1', 'eu-west-1');
  const destination = { ...use(NEW_KEY.replace('us-east-1', 'eu-west-1')), dataKeyBytes: 32 };
  const of = job({ source: { keys: [use(MRK)] }, destination });
  const without = (arn: string, state: string) =>
    keys({
      describeKey: asked =>
        Promise.resolve(
          asked === arn && state === 'gone'
            ? { kind: 'not-found' }
            : key(asked, { multiRegion: asked.includes('mrk-'), state: asked === arn ? state : 'Enabled' }),
        ),
    });
  const census = { jobs: [of], input: { job: 'orders', mode: 'census' } };

  it('reads with the replica of a key that is disabled where it was made', async () => {
    const { sources } = await planOf({ keys: without(MRK, 'Disabled') }, census);
    expect(sources).toEqual([
      {
        ...{ keyArn: THERE, encryptionAlgorithm: 'SYMMETRIC_DEFAULT', alsoKnownAs: [MRK] },
        keySpec: 'SYMMETRIC_DEFAULT',
      },
    ]);
  });

  it.each(['Disabled', 'gone'])('does without a replica that is %s', async state => {
    const { sources } = await planOf({ keys: without(THERE, state) }, census);
    expect(sources).toMatchObject([{ keyArn: THERE, unusable: expect.stringMatching(/^is /) as string }]);
  });

  it('a verify pass knows a multi-Region key that is gone by its names in both Regions', async () => {
    const verify = { ...census, input: { job: 'orders', mode: 'verify' } };
    const { sources } = await planOf({ keys: without(MRK, 'gone') }, verify);
    expect(sources).toMatchObject([{ keyArn: MRK, alsoKnownAs: [THERE] }]);
  });
});

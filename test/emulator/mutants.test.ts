import type { EmbeddedAws } from '../../emulator/embedded-aws.ts';
import { Iam } from '../../emulator/iam/iam.ts';
import { Mutants } from '../support/mutants.ts';

const ACCOUNT = '111122223333';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/Worker`;
const BUCKET = 'arn:aws:s3:::orders';
const policy = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });
const allow = (
  Action: string | readonly string[],
  Resource: string | readonly string[],
  more: object = {},
) => ({
  ...{ Effect: 'Allow', Action, Resource },
  ...more,
});
const TRUST = policy({
  ...{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
});

/** A role with a policy, and whoever asks on its behalf. */
function world(identity: object, { boundary }: { readonly boundary?: object } = {}) {
  const iam: EmbeddedAws['iam'] = new Iam();
  if (boundary !== undefined) iam.identities.putManaged('boundary', boundary);
  iam.identities.create(ROLE, { trust: TRUST, ...(boundary !== undefined && { boundary: 'boundary' }) });
  iam.identities.putInline(ROLE, 'Own', identity);
  const mutants = new Mutants(iam);
  const role = iam.authorizationOf({
    ...{ caller: { accountId: ACCOUNT, arn: ROLE }, region: 'us-east-1', service: 's3' },
  });
  return {
    iam,
    mutants,
    may: (action: string, more: object = {}): boolean =>
      role.has({ action, resource: BUCKET, resourceAccountId: ACCOUNT, ...more }),
    survivors: () => mutants.survey(iam, [ROLE]).survivors,
  };
}

describe('what is left out of a policy', () => {
  it('is missed if a call is refused without it, and named if none is', () => {
    const { iam, may, survivors } = world(policy(allow(['s3:ListBucket', 's3:GetObject'], BUCKET)));
    expect([may('s3:ListBucket'), iam.trusts(ROLE, 'lambda.amazonaws.com')]).toEqual([true, true]);
    expect(survivors()).toEqual(['Worker: Allow s3:GetObject on s3::orders']);
  });

  it('is each action on each resource, also where one statement says all of them', () => {
    const { iam, may, survivors } = world(
      policy(allow(['s3:ListBucket', 's3:GetBucketAcl'], [BUCKET, `${BUCKET}-other`])),
    );
    iam.trusts(ROLE, 'lambda.amazonaws.com');
    may('s3:ListBucket');
    may('s3:GetBucketAcl', { resource: `${BUCKET}-other` });
    expect(survivors()).toEqual([
      'Worker: Allow s3:ListBucket on s3::orders-other',
      'Worker: Allow s3:GetBucketAcl on s3::orders',
    ]);
  });

  it('is a condition, which is missed only if somebody tries what it forbids; and each of its values', () => {
    const Condition = { StringLike: { 's3:prefix': ['a/*', 'b/*'] } };
    const { iam, may, survivors } = world(policy(allow('s3:ListBucket', BUCKET, { Condition })));
    iam.trusts(ROLE, 'lambda.amazonaws.com');
    const name = 'Worker: Allow s3:ListBucket on s3::orders without StringLike s3:prefix';
    may('s3:ListBucket', { conditions: { 's3:prefix': 'a/1' } });
    expect(survivors()).toEqual([name, `${name} = b/*`]);
    may('s3:ListBucket', { conditions: { 's3:prefix': 'b/1' } });
    expect(survivors()).toEqual([name]);
    expect(may('s3:ListBucket', { conditions: { 's3:prefix': 'c/1' } })).toBe(false);
    expect(survivors()).toEqual([]);
  });

  it('is what a boundary lets through, and a trust that nobody needed', () => {
    const { may, survivors } = world(policy(allow('s3:*', '*')), {
      boundary: policy(allow(['s3:ListBucket', 's3:GetObject'], '*')),
    });
    expect([may('s3:ListBucket'), may('s3:PutObject')]).toEqual([true, false]);
    expect(survivors()).toEqual([
      'boundary of Worker: Allow s3:GetObject on *',
      'trust of Worker: Allow sts:AssumeRole',
    ]);
  });

  it('is a Deny of a resource, which is missed only if it has stopped a call', () => {
    const { iam, may, mutants, survivors } = world(policy(allow('s3:*', '*')));
    iam.trusts(ROLE, 'lambda.amazonaws.com');
    const resourcePolicy = JSON.stringify(
      policy({
        ...{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: BUCKET },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
    expect(may('s3:ListBucket', { resourcePolicy })).toBe(true);
    expect(survivors()).toEqual([`${BUCKET}: Deny s3:* on s3::orders`]);
    expect(mutants.withoutTls('orders')).toEqual(['denied']);
    expect(survivors()).toEqual([]);
  });
});

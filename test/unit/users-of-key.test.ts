import { logFileName, isInInterval } from '../../lambda/core/key-users/log-files.ts';
import { UsersOfKey } from '../../lambda/core/key-users/gather-users.ts';
import { readRecord } from '../../lambda/core/key-users/read-record.ts';
import { readingCost } from '../../lambda/core/key-users/reading-cost.ts';
import { NEW_KEY, OLD_KEY } from '../support/builders.ts';
import { keyResource, record, ROLE, SESSION, TRAIL_ACCOUNT } from '../support/trail-records.ts';

const MRK = 'arn:aws:kms:us-east-1:111122223333:key/mrk-11111111111111111111111111111111';
const IN_EUROPE = MRK.replace('us-east-1', 'eu-west-1');

function gathered(records: readonly object[], keyArn = OLD_KEY, options = {}) {
  const users = new UsersOfKey({ keyArn, aliases: ['alias/orders'] }, options);
  for (const one of records) {
    const read = readRecord(one);
    if (read.kind === 'use') users.add(read.event);
  }
  return users.gathered();
}
const at = (eventTime: string) => ({ eventTime });

describe('the users of a key', () => {
  it('are principals, with what each has done, how often, when first and when last', () => {
    const { users } = gathered([
      record('Decrypt', at('2026-11-20T11:00:00Z')),
      record('Decrypt', at('2026-11-20T10:00:00Z')),
      record('GenerateDataKey', at('2026-11-19T10:00:00Z')),
    ]);
    expect(users).toEqual([
      {
        principal: ROLE,
        uses: [
          {
            ...{ action: 'Decrypt', calls: 2 },
            ...{ firstAt: '2026-11-20T10:00:00.000Z', lastAt: '2026-11-20T11:00:00.000Z' },
          },
          {
            ...{ action: 'GenerateDataKey', calls: 1 },
            ...{ firstAt: '2026-11-19T10:00:00.000Z', lastAt: '2026-11-19T10:00:00.000Z' },
          },
        ],
        ...{ contextNames: ['tenant'], keyMaterialIds: [], sessions: ['orders-1'] },
        ...{ userAgents: ['aws-sdk-java/2.31'], addresses: ['192.0.2.7'] },
      },
    ]);
  });

  it('are told apart by the service that they use it through, and come with the latest first', () => {
    const through = {
      userIdentity: { ...SESSION, invokedBy: 's3.amazonaws.com' },
      ...at('2026-11-21T10:00:00Z'),
    };
    expect(gathered([record('Decrypt'), record('Decrypt', through)]).users.map(({ via }) => via)).toEqual([
      's3.amazonaws.com',
      undefined,
    ]);
  });

  it('are those of this key alone: by ARN, and where a failure names it otherwise, by its id or the alias that was asked for', () => {
    const failed = (keyId: string, more = {}) =>
      record('Encrypt', {
        requestParameters: { keyId },
        resources: null,
        errorCode: 'DisabledException',
        ...more,
      });
    const id = '11111111-1111-1111-1111-111111111111';
    const calls = (...records: readonly object[]) => gathered(records).users[0]?.uses[0]?.calls ?? 0;
    expect(calls(failed(OLD_KEY), failed(id), failed('alias/orders'))).toBe(3);
    expect(calls(failed(`arn:aws:kms:us-east-1:${TRAIL_ACCOUNT}:alias/orders`))).toBe(1);
    expect(
      calls(failed('alias/other'), failed(NEW_KEY), failed(OLD_KEY.replace('us-east-1', 'eu-west-1'))),
    ).toBe(0);
    expect(
      calls(failed(id, { awsRegion: 'eu-west-1' }), failed(id, { recipientAccountId: '444455556666' })),
    ).toBe(0);
  });

  it('count an event once that was delivered twice, or that is in the trails of two accounts', () => {
    const one = record('Decrypt');
    const [mine, theirs] = ['a', 'b'].map(eventID => record('Decrypt', { eventID, sharedEventID: 'shared' }));
    expect(gathered([one, one, mine!, theirs!]).users[0]!.uses[0]!.calls).toBe(2);
  });

  it('are no callers that would fail without the key as well; those that fail because it is disabled are', () => {
    const { users, refused } = gathered([
      record('Decrypt', { errorCode: 'AccessDenied', ...at('2026-11-20T09:00:00Z') }),
      record('Decrypt', { errorCode: 'IncorrectKeyException' }),
      record('Decrypt', { errorCode: 'DryRunOperationException' }),
      record('Decrypt', { errorCode: 'DisabledException' }),
      record('Decrypt', { errorCode: 'AnErrorOfNextYear' }),
    ]);
    expect(users.map(({ uses }) => uses[0])).toMatchObject([
      { calls: 2, failed: { DisabledException: 1, AnErrorOfNextYear: 1 } },
    ]);
    expect(refused).toEqual([
      {
        ...{ principal: ROLE, action: 'Decrypt', errorCode: 'AccessDenied', calls: 1 },
        lastAt: '2026-11-20T09:00:00.000Z',
      },
      {
        ...{ principal: ROLE, action: 'Decrypt', errorCode: 'IncorrectKeyException', calls: 1 },
        lastAt: '2026-11-20T10:00:00.000Z',
      },
    ]);
  });

  it('of its replicas are told apart, because each replica is disabled by itself', () => {
    const there = record('Decrypt', { resources: [keyResource(IN_EUROPE)], awsRegion: 'eu-west-1' });
    const { users, replicas } = gathered([there], MRK);
    expect(users).toEqual([]);
    expect(replicas).toEqual([{ keyArn: IN_EUROPE, calls: 1, lastAt: '2026-11-20T10:00:00.000Z' }]);
  });

  it('know whether a call that is looked for was among them, by either of its ids, and nothing where none is', () => {
    const one = record('Decrypt', { sharedEventID: 'shared' });
    const has = (awaited?: string): boolean => {
      const users = new UsersOfKey({ keyArn: OLD_KEY, aliases: [] }, { awaited });
      const read = readRecord(one);
      if (read.kind === 'use') users.add(read.event);
      return users.hasAwaited;
    };
    expect([has(String(one['eventID'])), has('shared'), has('another'), has()]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    const alone = new UsersOfKey({ keyArn: OLD_KEY, aliases: [] });
    const read = readRecord(record('Decrypt'));
    if (read.kind === 'use') alone.add(read.event);
    expect(alone.hasAwaited).toBe(false);
  });

  it('have values of contexts only if they are asked for, each context once', () => {
    const records = [record('Decrypt'), record('Decrypt')];
    expect(JSON.stringify(gathered(records))).not.toContain('acme');
    expect(gathered(records, OLD_KEY, { withValues: true }).users[0]!.contexts).toEqual([{ tenant: 'acme' }]);
  });

  it('stay few words, however many names there are', () => {
    const many = Array.from({ length: 120 }, (_, n) =>
      record('Decrypt', {
        requestParameters: { encryptionContext: { [`name-${n}`]: 'x' } },
        ...{ sourceIPAddress: `192.0.2.${n}`, userAgent: `agent-${n}` },
      }),
    );
    const [user] = gathered(many, OLD_KEY, { withValues: true }).users;
    const { contextNames, addresses, userAgents, contexts } = user!;
    expect([contextNames, addresses, userAgents, contexts!].map(({ length }) => length)).toEqual([
      50, 5, 5, 100,
    ]);
  });
});

describe('the name of a log file', () => {
  const NAME = '111122223333_CloudTrail_us-east-1_20261120T1005Z_Mu0KsOhtH1ar15ZZ.json.gz';
  const name = logFileName(`all/AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/20/${NAME}`);

  it('says whose it is, and when it was delivered', () => {
    expect(name).toEqual({
      ...{ account: '111122223333', region: 'us-east-1' },
      deliveredAt: Date.UTC(2026, 10, 20, 10, 5),
    });
    expect(logFileName(NAME.replace('us-east-1', 'us-gov-west-1'))?.region).toBe('us-gov-west-1');
  });

  it.each([
    '111122223333_CloudTrail-Digest_us-east-1_trail_us-east-1_20261120T100500Z.json.gz',
    '111122223333_CloudTrail-Insight_us-east-1_20261120T1005Z_Mu0KsOhtH1ar15ZZ.json.gz',
    'report.json',
    `${NAME}.bak`,
  ])('is not %s', other => expect(logFileName(other)).toBeUndefined());

  it('is asked for by account, Region and time, and its whole minute counts', () => {
    const asked = { account: '111122223333', region: 'us-east-1', from: name!.deliveredAt + 59_999 };
    expect(isInInterval(name!, asked)).toBe(true);
    expect(isInInterval(name!, { ...asked, from: asked.from + 2 })).toBe(false);
    expect(isInInterval(name!, { ...asked, region: 'eu-west-1' })).toBe(false);
    expect(isInInterval(name!, { ...asked, account: '444455556666' })).toBe(false);
  });
});

it('reading costs listings, a request for each file, and the way out of AWS', () => {
  const files = Array.from({ length: 1_000 }, () => ({ size: 1024 ** 2 }));
  const { requests, bytes, usd } = readingCost(files, 2);
  expect([requests, bytes]).toEqual([1_002, 1_000 * 1024 ** 2]);
  expect(usd).toBeCloseTo(0.00001 + 0.0004 + (1_000 / 1_024) * 0.09, 6);
});

import type { KmsEvent } from '../../../lambda/core/key-users/kms-event.ts';
import { CallsOfRun, requestIdsIn } from '../../../lambda/core/pack/calls-of-run.ts';

const ROLE = 'arn:aws:iam::111122223333:role/worker';
const [OLD, NEW] = [
  'arn:aws:kms:us-east-1:111122223333:key/old',
  'arn:aws:kms:us-east-1:111122223333:key/new',
];
const context = { tenant: 'a secret' };

function event(changes: Partial<KmsEvent> = {}): KmsEvent {
  return {
    ...{ eventId: 'event-1', requestId: 'request-1', at: 5_000, region: 'us-east-1' },
    caller: { principal: ROLE },
    keys: [
      { action: 'ReEncryptFrom', reference: OLD, context },
      { action: 'ReEncryptTo', reference: NEW, context },
    ],
    ...changes,
  };
}

function callsIn(...events: readonly KmsEvent[]) {
  const calls = new CallsOfRun({
    ...{ requestIds: new Set(['request-1']), roles: [ROLE] },
    ...{ startedAt: 2_500, endedAt: 9_000 },
  });
  for (const one of events) calls.add(one);
  return { found: calls.found, calls: calls.calls() };
}

describe('the calls of a run in a trail', () => {
  it('are those that its journal names, whenever they were and whoever has made them', () => {
    const { found, calls } = callsIn(event({ at: 99_000, caller: { principal: 'somebody' } }));
    expect([found, calls]).toEqual([
      1,
      [
        {
          ...{ eventId: 'event-1', requestId: 'request-1', at: '1970-01-01T00:01:39.000Z' },
          ...{ role: 'somebody', source: OLD, destination: NEW, inJournal: true },
        },
      ],
    ]);
  });

  it('are, beside these, what its roles have re-encrypted while it went on', () => {
    const other = { requestId: 'request-2', errorCode: 'AccessDenied' };
    const ofRole = (at: number, principal: string) => event({ ...other, at, caller: { principal } });
    expect(callsIn(ofRole(2_000, ROLE)).calls).toMatchObject([
      { inJournal: false, errorCode: 'AccessDenied' },
    ]);
    expect(callsIn(ofRole(2_000, ROLE.replace('role/', 'role/a/path/'))).calls).toHaveLength(1);
    expect(callsIn(ofRole(1_000, ROLE), ofRole(10_000, ROLE), ofRole(5_000, `${ROLE}2`)).calls).toEqual([]);
  });

  it('are counted once, if an event was delivered twice', () =>
    expect(callsIn(event(), event())).toMatchObject({ found: 1, calls: [{ eventId: 'event-1' }] }));

  it('are no calls of another kind', () =>
    expect(callsIn(event({ keys: [{ action: 'Decrypt', reference: OLD, context }] })).calls).toEqual([]));

  it('have no encryption context', () =>
    expect(JSON.stringify(callsIn(event()))).not.toMatch(/secret|context/));
});

describe('the request ids of a journal', () => {
  it('are those of its proofs; lines that are none have none', () => {
    const lines = [
      { proof: { kmsRequestIds: ['a', 'b'] } },
      { outcome: 'blocked' },
      { proof: { kmsRequestIds: 'c' } },
    ];
    expect(requestIdsIn(`${lines.map(line => JSON.stringify(line)).join('\n')}\nno line\n`)).toEqual([
      'a',
      'b',
    ]);
  });
});

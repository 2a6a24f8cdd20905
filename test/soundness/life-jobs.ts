import type { Random } from '../faults/random.ts';
import { KEYS } from './scene.ts';

export const RSA_KEY = 'arn:aws:kms:us-east-1:111122223333:key/55555555-5555-4555-8555-555555555555';

/** The kinds of jobs in a life. All are over one table, in which a record has one or two data keys. */
export const JOB_KINDS = [
  'both-slots',
  'first-slot',
  'halves',
  'half',
  'new-context',
  'copies',
  'wrong-context',
  'wrong-path',
] as const;
export type JobKind = (typeof JOB_KINDS)[number];

export interface LifeJob {
  readonly kind: JobKind;
  readonly input: Readonly<Record<string, unknown>>;
}

const FIRST = { type: 'attribute', dataKey: 'edk', encryptionContext: { tenant: { attribute: 'tenant' } } };
const SECOND = { type: 'attribute', dataKey: 'spare', encryptionContext: { app: 'spare' } };
/** The two contexts that the first slot may be under once a job has changed it. */
const EITHER = [{ tenant: { attribute: 'tenant' } }, { tenant: { attribute: 'tenant' }, v: '2' }];

export function lifeJob(kind: JobKind, random: Random): LifeJob {
  const store = (format: object, more: object = {}): object => ({
    ...{ type: 'dynamodb', table: 'Orders', format },
    ...more,
  });
  const second = store(SECOND);
  const half = (expression: string, format: object): object =>
    store(format, { scope: { filter: { expression } } });
  // RSA ciphertexts have no context. For them a run must trust the job's context, and a wrong one breaks readers.
  const withRsa = kind !== 'wrong-context' && random.chance(0.7);
  // An asymmetric key does not show which of several contexts a data key should have.
  const either = {
    ...{ ...FIRST, encryptionContext: EITHER },
    ...(withRsa && { destinationEncryptionContext: random.pick(EITHER) }),
  };
  const stores = {
    'both-slots': [store(either), second],
    'first-slot': [store(either)],
    halves: [half('attribute_exists(vip)', either), half('attribute_not_exists(vip)', either), second],
    half: [half('attribute_exists(vip)', either)],
    'new-context': [
      store({ ...either, destinationEncryptionContext: { tenant: { attribute: 'tenant' }, v: '2' } }),
      second,
    ],
    copies: [store({ ...either, writeTo: { dataKey: 'copy', sourceDigest: 'madeOf' } }), second],
    'wrong-context': [store({ ...FIRST, encryptionContext: { tenant: 'nobody' } }), second],
    'wrong-path': [store({ ...FIRST, dataKey: 'ekd' }), second],
  }[kind];
  const rsa = { key: RSA_KEY, encryptionAlgorithm: 'RSAES_OAEP_SHA_256' };
  return {
    kind,
    input: {
      name: kind,
      source: { keys: withRsa ? [KEYS.old, rsa] : [KEYS.old] },
      destination: { key: KEYS.new },
      stores,
    },
  };
}

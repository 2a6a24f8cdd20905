import type { Difference } from './differences.ts';
import { DYNAMODB_LOCAL } from './known-differences/dynamodb-local.ts';
import { LOCALSTACK } from './known-differences/localstack.ts';
import { MOTO } from './known-differences/moto.ts';

/** A difference that is not here, and one that is here and is none any more, fail `npm run test:peers`. */
export const KNOWN: readonly Difference[] = [
  ...DYNAMODB_LOCAL.map(one => ({ peer: 'dynamodb-local', ...one })),
  ...MOTO.map(one => ({ peer: 'moto', ...one })),
  ...LOCALSTACK.map(one => ({ peer: 'localstack', ...one })),
];

import { parseKeyReference } from '../model/arn.ts';
import { text } from './strict-object.ts';
import { once } from './once.ts';
import * as z from 'zod/mini';

export const KEY_CURE = 'write arn:aws:kms:REGION:ACCOUNT:key/ID or arn:aws:kms:REGION:ACCOUNT:alias/NAME';

export const keyReference = once(() =>
  text('the ARN of a KMS key').check(
    z.refine(value => parseKeyReference(value) !== undefined, {
      error: `is no KMS key ARN or alias ARN; ${KEY_CURE}`,
    }),
  ),
);

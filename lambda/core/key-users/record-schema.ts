import * as z from 'zod/mini';
import { once } from '../schema/once.ts';

const word = z.string().check(z.minLength(1));
const maybe = z.nullish(z.string());

/**
 * What is read of an event record. CloudTrail adds fields with each minor version, so unknown ones are no mistake; a known one of
 * another type is. Contexts are looked at later: CloudTrail may replace what is large or secret by a text.
 */
export const recordSchema = once(() =>
  z.object({
    eventName: word,
    eventTime: z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/)),
    eventID: word,
    awsRegion: word,
    requestID: maybe,
    sharedEventID: maybe,
    recipientAccountId: maybe,
    errorCode: maybe,
    errorMessage: maybe,
    sourceIPAddress: maybe,
    userAgent: maybe,
    userIdentity: z.object({
      type: maybe,
      principalId: maybe,
      arn: maybe,
      accountId: maybe,
      invokedBy: maybe,
      sessionContext: z.nullish(
        z.object({ sessionIssuer: z.nullish(z.object({ arn: maybe, principalId: maybe })) }),
      ),
    }),
    requestParameters: z.nullish(
      z.object({
        keyId: maybe,
        sourceKeyId: maybe,
        destinationKeyId: maybe,
        encryptionContext: z.optional(z.unknown()),
        sourceEncryptionContext: z.optional(z.unknown()),
        destinationEncryptionContext: z.optional(z.unknown()),
      }),
    ),
    resources: z.nullish(z.array(z.object({ ARN: maybe, type: maybe }))),
    additionalEventData: z.nullish(
      z.object({ keyMaterialId: maybe, sourceKeyMaterialId: maybe, destinationKeyMaterialId: maybe }),
    ),
  }),
);

export type EventRecord = z.infer<ReturnType<typeof recordSchema>>;

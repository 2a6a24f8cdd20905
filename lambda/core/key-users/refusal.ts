/**
 * Errors with which a call fails whether or not the key is enabled. A caller that meets these alone does not need the key: for it, nothing
 * changes when the key is gone. CloudTrail writes some without `Exception`.
 */
const WHATEVER_THE_KEY = new Set([
  ...[
    'AccessDenied',
    'DryRunOperation',
    'IncorrectKey',
    'InvalidArn',
    'InvalidCiphertext',
    'InvalidGrantToken',
  ],
  ...[
    'InvalidKeyUsage',
    'KMSInvalidSignature',
    'KMSInvalidMac',
    'NotFound',
    'UnsupportedOperation',
    'Validation',
  ],
]);

/**
 * Whether a call has used the key, or would have: one that failed because the key is disabled, or because KMS was busy, comes from somebody
 * who needs it. An error that is not known here counts so.
 */
export function needsKey(errorCode: string | undefined): boolean {
  return errorCode === undefined || !WHATEVER_THE_KEY.has(errorCode.replace(/Exception$/, ''));
}

/** Somebody asked whether a call would succeed. It has done nothing with the key. */
export function isDryRun(errorCode: string | undefined): boolean {
  return errorCode?.startsWith('DryRunOperation') === true;
}

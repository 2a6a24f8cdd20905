/** What no answer depends on, and why it stays. */
export type Kept = readonly (readonly [RegExp, string])[];

const WRITERS = '(MigrateUnit|MigrateUnitPlaintext|RollbackUnit)';

/** In every deployment here. */
export const KEPT_OF_ALL: Kept = [
  [/: Allow s3:ListBucket on s3::kmsrewrap-runbucket\S+$/, 'A missing plan or report is 404, and not 403.'],
  [/: Allow s3:ListBucket( on)?( s3::[a-z]+-documents)+$/, 'A deleted object is 404, and not 403.'],
  [
    new RegExp(`(${WRITERS}|FollowTable): Allow dynamodb:GetItem on `),
    'A lost race: the item is read again.',
  ],
  [/Plan: Allow states:DescribeExecution/, 'Another run holds a store: test/stories/long-units.test.ts.'],
  [/StateMachine: Allow states:RedriveExecution/, 'An operator redrives: test/stories/long-units.test.ts.'],
  [
    /(Plan|VerifyUnit): Allow kms:Decrypt on \S+$/,
    'Their HEAD of an object under the key of a bucket: AWS does not say that it needs none.',
  ],
  [
    /StateMachine: Allow s3:(AbortMultipartUpload|ListMultipartUploadParts) /,
    'Results of a map over 5 MB are uploaded in parts, by Step Functions itself.',
  ],
  [
    /Unit\w*: Allow s3:PutObject on \S+\/unproven/,
    'Nothing is left there: test/stories/operations.test.ts has a census and a verify run that leave something, under the roles of MigrateUnit and VerifyUnit. MigrateUnitPlaintext is the same code.',
  ],
  [
    /RollbackUnit: Allow s3:GetObject on s3::kmsrewrap-journalbucket\S+\/outcomes/,
    'A journal whose intents are missing: test/unit/rollback.test.ts.',
  ],
];

/** Without a reason, and reasons that nothing needs any more. */
export function unexplained(
  survivors: readonly string[],
  kept: Kept,
): { readonly survivors: readonly string[]; readonly reasons: readonly string[] } {
  return {
    survivors: survivors.filter(one => !kept.some(([pattern]) => pattern.test(one))),
    reasons: kept
      .filter(([pattern]) => !survivors.some(one => pattern.test(one)))
      .map(([pattern, reason]) => `${pattern}: ${reason}`),
  };
}

export const NONE_UNEXPLAINED = { survivors: [], reasons: [] } as const;

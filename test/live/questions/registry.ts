import { DYNAMODB_LIMITS } from './dynamodb-limits.ts';
import { DYNAMODB_STATEMENTS } from './dynamodb-statements.ts';
import { KMS_ANSWERS } from './kms-answers.ts';
import { KMS_DRY_RUN } from './kms-dry-run.ts';
import { KMS_PERMISSIONS } from './kms-permissions.ts';
import { KMS_REGIONS } from './kms-regions.ts';
import type { Question } from './question.ts';
import { S3_COPIES } from './s3-copies.ts';
import { S3_PERMISSIONS } from './s3-permissions.ts';
import { STEP_FUNCTIONS } from './step-functions.ts';

export const QUESTIONS: readonly Question[] = [
  ...KMS_ANSWERS,
  ...KMS_DRY_RUN,
  ...KMS_REGIONS,
  ...KMS_PERMISSIONS,
  ...S3_COPIES,
  ...S3_PERMISSIONS,
  ...DYNAMODB_STATEMENTS,
  ...DYNAMODB_LIMITS,
  ...STEP_FUNCTIONS,
];

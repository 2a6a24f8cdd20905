import { validationError, type AwsError } from '../../protocol/aws-error.ts';

export function malformed(detail: string): AwsError {
  return validationError(`Statement wasn't well formed, can't be processed: ${detail}`);
}

import { AwsError, validationError } from '../protocol/aws-error.ts';
import type { Context } from './ciphertext.ts';

type Input = Readonly<Record<string, unknown>>;

/** Request members, checked as the service checks them. */
export function blob(input: Input, member: string, maximum: number): Buffer {
  const value = input[member];
  if (typeof value !== 'string')
    throw validationError(
      `1 validation error detected: Value null at '${lower(member)}' failed to satisfy constraint: Member must not be null`,
    );
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length < 1) throw lengthError(member, `greater than or equal to 1`);
  if (bytes.length > maximum) throw lengthError(member, `less than or equal to ${maximum}`);
  return bytes;
}

export function context(input: Input, member: string): Context {
  const value = input[member] ?? {};
  if (typeof value !== 'object' || Object.values(value).some(text => typeof text !== 'string'))
    throw validationError(
      `Value at '${lower(member)}' failed to satisfy constraint: Map value must be a string`,
    );
  return value as Context;
}

export function flag(input: Input, member: string): boolean {
  return input[member] === true;
}

export function text(input: Input, member: string): string {
  const value = input[member];
  if (typeof value !== 'string')
    throw validationError(
      `1 validation error detected: Value null at '${lower(member)}' failed to satisfy constraint: Member must not be null`,
    );
  return value;
}

export function oneOf(input: Input, member: string, allowed: readonly string[], otherwise: string): string {
  const value = input[member] ?? otherwise;
  if (typeof value !== 'string' || !allowed.includes(value)) {
    throw validationError(
      `1 validation error detected: Value '${JSON.stringify(value)}' at '${lower(member)}' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(', ')}]`,
    );
  }
  return value;
}

/** At most ten tokens, each of an existing grant. */
export function grantTokens(input: Input, isKnown: (token: unknown) => boolean): void {
  const tokens = input['GrantTokens'] ?? [];
  if (!Array.isArray(tokens) || tokens.length > 10)
    throw lengthError('GrantTokens', 'less than or equal to 10');
  if (!tokens.every(isKnown))
    throw new AwsError('InvalidGrantTokenException', 'The specified grant token is not valid.');
}

/** Members that would change what the operation does, and that this KMS does not have. */
export function needNone(input: Input, members: readonly string[]): void {
  const given = members.find(member => input[member] !== undefined);
  if (given !== undefined)
    throw new AwsError('UnsupportedOperationException', `the embedded AWS does not have ${given} here`);
}

function lengthError(member: string, bound: string): Error {
  return validationError(
    `1 validation error detected: Value at '${lower(member)}' failed to satisfy constraint: Member must have length ${bound}`,
  );
}

function lower(member: string): string {
  return member.charAt(0).toLowerCase() + member.slice(1);
}

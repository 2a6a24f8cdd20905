import { AwsError, validationError } from '../protocol/aws-error.ts';
import type { Context } from './ciphertext.ts';

type Input = Readonly<Record<string, unknown>>;

/** Request members, checked as the service checks them. */
export function blob(input: Input, member: string, maximum: number): Buffer {
  const value = input[member];
  if (typeof value !== 'string') throw missing(member);
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
  if (typeof value !== 'string') throw missing(member);
  return value;
}

export function oneOf(input: Input, member: string, allowed: readonly string[], otherwise: string): string {
  const value = input[member] ?? otherwise;
  if (value === '') throw missing(member);
  if (typeof value !== 'string' || !allowed.includes(value))
    throw brokenConstraint(
      `'${shown(value)}' at '${lower(member)}'`,
      `Member must satisfy enum value set: [${allowed.join(', ')}]`,
    );
  return value;
}

/** A whole number within bounds; `undefined` if the request has none. */
export function numberWithin(
  input: Input,
  member: string,
  { from, to }: { readonly from: number; readonly to: number },
): number | undefined {
  const value = input[member];
  if (value === undefined) return undefined;
  const where = `'${shown(value)}' at '${lower(member)}'`;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < from)
    throw brokenConstraint(where, `Member must have value greater than or equal to ${from}`);
  if (value > to) throw brokenConstraint(where, `Member must have value less than or equal to ${to}`);
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

export function missing(member: string): AwsError {
  return brokenConstraint(`null at '${lower(member)}'`, 'Member must not be null');
}

/** @param where the value and the member, or the member alone where KMS does not repeat the value */
export function brokenConstraint(where: string, constraint: string): AwsError {
  return validationError(
    `1 validation error detected: Value ${where} failed to satisfy constraint: ${constraint}`,
  );
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function lengthError(member: string, bound: string): AwsError {
  return brokenConstraint(`at '${lower(member)}'`, `Member must have length ${bound}`);
}

function lower(member: string): string {
  return member.charAt(0).toLowerCase() + member.slice(1);
}

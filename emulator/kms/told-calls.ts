import { randomUUID } from 'node:crypto';
import { asAwsError, type Operation, type OperationContext } from '../protocol/json-protocol.ts';
import type { KeyStore } from './key-store.ts';

type Input = Readonly<Record<string, unknown>>;

/** A call that has been answered, as CloudTrail is told of it. */
export interface KmsCall {
  readonly eventId: string;
  readonly operation: string;
  readonly input: Input;
  /** Absent if the call failed. */
  readonly output?: Input;
  readonly error?: { readonly code: string; readonly message: string };
  /** Of ReEncrypt, the source first. Empty where KMS does not know the key, as for bytes that are no ciphertext. */
  readonly keyArns: readonly string[];
  readonly at: Pick<OperationContext, 'region' | 'caller' | 'requestId'>;
  /** The service that called for the caller. */
  readonly invokedBy?: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

export type TellCall = (call: KmsCall) => void;

const IDS = new WeakMap<object, string>();

/** The event of a request: GetKeyLastUsage and CloudTrail name it alike. */
export function eventIdOf(at: OperationContext): string {
  const id = IDS.get(at) ?? randomUUID();
  IDS.set(at, id);
  return id;
}

/** The operation, which tells of each of its calls once it is answered. */
export function telling(
  name: string,
  operation: Operation,
  { store, tell }: { readonly store: KeyStore; readonly tell: TellCall },
): Operation {
  return async (input, at) => {
    const call = { eventId: eventIdOf(at), operation: name, input, at, time: store.now() };
    try {
      const output = (await operation(input, at)) as Input | undefined;
      tell({ ...call, output: output ?? {}, keyArns: keysOfAnswer(output ?? {}) });
      return output;
    } catch (error) {
      const { code, message } = asAwsError(error);
      tell({ ...call, error: { code, message }, keyArns: keysOfRequest(input, at, store) });
      throw error;
    }
  };
}

function keysOfAnswer({ SourceKeyId, KeyId, KeyMetadata }: Input): readonly string[] {
  const { Arn } = (KeyMetadata ?? {}) as { readonly Arn?: unknown };
  return [SourceKeyId, KeyId, Arn].filter(one => typeof one === 'string').filter(isArn);
}

function keysOfRequest(input: Input, at: OperationContext, store: KeyStore): readonly string[] {
  return [input['SourceKeyId'], input['KeyId'], input['DestinationKeyId']].flatMap(reference => {
    try {
      return reference === undefined ? [] : [store.resolve(reference, at).arn];
    } catch {
      return [];
    }
  });
}

function isArn(text: string): boolean {
  return text.startsWith('arn:');
}

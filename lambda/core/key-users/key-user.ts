import type { EncryptionContext } from '../model/encryption-context.ts';

/** What somebody has done with a key, by one action. Times are ISO 8601. */
export interface ActionUse {
  /** As IAM names it: of ReEncrypt, `ReEncryptFrom` where the key was the source, and `ReEncryptTo` where it was the destination. */
  readonly action: string;
  readonly calls: number;
  readonly firstAt: string;
  readonly lastAt: string;
  /** Calls that failed and would need the key, by their errors. They are among `calls`. */
  readonly failed?: Readonly<Record<string, number>>;
}

/** One principal, and the service that it used the key through. */
export interface KeyUser {
  readonly principal: string;
  readonly via?: string;
  readonly uses: readonly ActionUse[];
  /** Names of the encryption contexts. Their values may be somebody's secrets. */
  readonly contextNames: readonly string[];
  /** Whole contexts, if they were asked for. */
  readonly contexts?: readonly EncryptionContext[];
  readonly keyMaterialIds: readonly string[];
  /** Names of sessions, programs and addresses: a few of each, to find the application. */
  readonly sessions: readonly string[];
  readonly userAgents: readonly string[];
  readonly addresses: readonly string[];
}

/** Somebody whose calls have failed, and would fail without the key as well. */
export interface RefusedCaller {
  readonly principal: string;
  readonly via?: string;
  readonly action: string;
  readonly errorCode: string;
  readonly calls: number;
  readonly lastAt: string;
}

/** What log files say about one key. */
export interface KeyUsers {
  readonly users: readonly KeyUser[];
  readonly refused: readonly RefusedCaller[];
  /** Calls that name the same multi-Region key in another Region. */
  readonly replicas: readonly { readonly keyArn: string; readonly calls: number; readonly lastAt: string }[];
}

import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import type { Store } from '../../lambda/core/model/job.ts';

/** A table or bucket that a job reads or writes, with what its functions may do there. A file for each kind of store. */
export interface Place {
  /** Plan: what the store is like. */
  inspect(grantee: Function): void;
  /** All of its records. */
  read(grantee: Function): void;
  /** Records by their keys, and conditional writes to them: no scan, and nothing is made. */
  restore(grantee: Function): void;
  /** Beyond reading: a conditional write and all that it must carry over, and never a delete. */
  migrate(grantee: Function): void;
}

export interface Writes {
  readonly region: string;
  readonly serverSideEncryptionKey: string | undefined;
  /** Data keys are replaced here. */
  readonly written: boolean;
  /** Records are made here. */
  readonly created: boolean;
}

/** In the store itself: nothing is written where it is copied. */
export function ownWrites({ copyTo, serverSideEncryptionKey }: Store, region: string): Writes {
  return { region, written: copyTo === undefined, created: false, serverSideEncryptionKey };
}

/** In the place of the copy. */
export function copyWrites({
  region,
  createMissing,
  serverSideEncryptionKey,
}: NonNullable<Store['copyTo']>): Writes {
  return { region, written: true, created: createMissing, serverSideEncryptionKey };
}

/**
 * A text that a job names, as part of a resource or condition: `*`, `?` and `$` stand for themselves. IAM reads them as
 * wildcards and variables, and keys of objects may hold each of them (IAM user guide, policy variables).
 */
export function literally(text: string): string {
  return text.replace(/[*?$]/g, character => `\${${character}}`);
}

export function allow(grantee: Function, actions: string[], resources: string[]): void {
  grantee.addToRolePolicy(new PolicyStatement({ actions, resources }));
}

/** The key of the store's own encryption: usable through that service only, so that nobody can call Decrypt with it. */
export function allowServerSideKey(
  grantee: Function,
  { service, actions }: { readonly service: Store['type']; readonly actions: string[] },
  { region, serverSideEncryptionKey }: Writes,
): void {
  if (serverSideEncryptionKey === undefined) return;
  grantee.addToRolePolicy(
    new PolicyStatement({
      actions,
      resources: [serverSideEncryptionKey],
      conditions: { StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` } },
    }),
  );
}

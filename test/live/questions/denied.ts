import { AssumeRoleCommand, type Credentials, type STSClient } from '@aws-sdk/client-sts';
import { errorNameOf, until } from '../waiting.ts';
import { destroy, type Clients, type Session } from '../world.ts';

/** Of both Regions. */
export interface BothRegions {
  readonly here: Clients;
  readonly there: Clients;
}

/** A statement of a policy that denies. */
export interface Denied {
  readonly Action: readonly string[];
  readonly Resource?: string;
  readonly Condition?: Readonly<Record<string, object>>;
}

/** Makes calls with a role that may not do some things. */
export type Denying = <Answer>(
  denied: readonly Denied[],
  calls: (clients: BothRegions) => Promise<Answer>,
) => Promise<Answer>;

/** By session policies, which hold at once; changes of a role's own policies may take a while. */
export function deniedClients({
  sts,
  roleArn: RoleArn,
  as,
  signal,
}: {
  readonly sts: STSClient;
  readonly roleArn: string;
  readonly as: (session: Session) => BothRegions;
  readonly signal?: AbortSignal;
}): Denying {
  return async (denied, calls) => {
    const Statement = [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      ...denied.map(one => ({ Effect: 'Deny', Resource: '*', ...one })),
    ];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    const session = await until(
      `the role ${RoleArn} can be assumed`,
      async () => {
        try {
          const assumed = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'live-test', Policy });
          return sessionOf((await sts.send(assumed)).Credentials);
        } catch (error) {
          // A role that was just made may not be known everywhere yet.
          if (errorNameOf(error) === 'AccessDenied') return undefined;
          throw error;
        }
      },
      { seconds: 60, ...(signal !== undefined && { signal }) },
    );
    const clients = as(session);
    try {
      return await calls(clients);
    } finally {
      destroy(clients.here);
      destroy(clients.there);
    }
  };
}

function sessionOf(credentials: Credentials | undefined): Session {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

import type { Grant, GetObjectAclCommandOutput, Grantee } from '@aws-sdk/client-s3';

/** An object's access control list as the headers that a copy takes. */
export interface GrantHeaders {
  readonly GrantFullControl?: string;
  readonly GrantRead?: string;
  readonly GrantReadACP?: string;
  readonly GrantWriteACP?: string;
}

const HEADER_OF: Readonly<Record<string, keyof GrantHeaders>> = {
  FULL_CONTROL: 'GrantFullControl',
  READ: 'GrantRead',
  READ_ACP: 'GrantReadACP',
  WRITE_ACP: 'GrantWriteACP',
};

export function grantHeaders({ Grants }: Pick<GetObjectAclCommandOutput, 'Grants'>): GrantHeaders {
  const headers: Record<string, string> = {};
  for (const grant of Grants ?? []) {
    const header = HEADER_OF[grant.Permission ?? ''];
    const grantee = granteeOf(grant);
    if (header !== undefined && grantee !== undefined)
      headers[header] = headers[header] === undefined ? grantee : `${headers[header]}, ${grantee}`;
  }
  return headers;
}

function granteeOf({ Grantee: grantee }: Grant): string | undefined {
  const { ID, URI } = grantee ?? ({} as Grantee);
  if (ID !== undefined) return `id="${ID}"`;
  return URI === undefined ? undefined : `uri="${URI}"`;
}

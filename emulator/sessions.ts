import { AwsError } from './protocol/aws-error.ts';
import type { AwsRequest, AwsResponse } from './protocol/request.ts';
import { errorResponse } from './faults.ts';
import { parsePolicy } from './iam/policy.ts';
import type { Callers } from './protocol/callers.ts';
import type { IssueFor } from './sts/service.ts';

/** S3 and the services in XML call the error ExpiredToken, the others ExpiredTokenException (Common Errors of the API references). */
const IN_XML = ['s3', 'sts', 'cloudformation'];

/** The answer to a session whose time is over; `undefined` if it is not. */
export function expired(request: AwsRequest, now: () => number): AwsResponse | undefined {
  const { caller, service } = request;
  if (caller.session === undefined || caller.session.expiresAt > now()) return undefined;
  const code = IN_XML.includes(service) ? 'ExpiredToken' : 'ExpiredTokenException';
  return errorResponse(new AwsError(code, 'The security token included in the request is expired'), request);
}

/** Credentials of a role for a session, whose policy is looked at first. */
export function issuingSessions(callers: Callers): IssueFor {
  return (roleArn, session) => {
    if (session.policy !== undefined) parsePolicy(session.policy, 'identity');
    return callers.issueFor(roleArn, session);
  };
}

import { jsonService } from '../protocol/json-protocol.ts';
import type { Service } from '../protocol/request.ts';
import type { Parameters } from './parameters.ts';

/** Systems Manager: parameters can be read. behaviour.md says what it does and does not do. */
export function ssmService(parameters: Parameters): Service {
  return jsonService(
    {
      GetParameter: (input, { region, caller }) => {
        const place = { region, accountId: caller.accountId };
        const { name, type, value, version } = parameters.get(String(input['Name']), place);
        return {
          Parameter: { Name: name, Type: type, Value: value, Version: version, ARN: arnOf(name, place) },
        };
      },
    },
    '1.1',
    (operation, input, { region, caller: { accountId } }) => [
      {
        action: `ssm:${operation}`,
        resource: arnOf(String(input['Name']), { region, accountId }),
        resourceAccountId: accountId,
      },
    ],
  );
}

/** A name that is a path begins with the slash that the ARN has there. */
function arnOf(
  name: string,
  { region, accountId }: { readonly region: string; readonly accountId: string },
): string {
  return `arn:aws:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, '')}`;
}

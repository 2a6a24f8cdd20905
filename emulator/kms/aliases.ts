import { AwsError, validationError } from '../protocol/aws-error.ts';
import type { Operation, OperationContext } from '../protocol/json-protocol.ts';
import type { Key } from './key.ts';
import type { KeyStore } from './key-store.ts';
import { brokenConstraint, text } from './members.ts';
import { page } from './paging.ts';
import { needNotPendingDeletion } from './usable.ts';

type Input = Readonly<Record<string, unknown>>;

const CHARACTERS = /^[a-zA-Z0-9:/_-]+$/;
const MAX_NAME = 256;

export function aliasOperations(store: KeyStore): Readonly<Record<string, Operation>> {
  const target = (input: Input, at: OperationContext): Key =>
    needNotPendingDeletion(store.resolve(input['TargetKeyId'], at));
  return {
    CreateAlias: (input, at) => {
      const arn = aliasArn(text(input, 'AliasName'), at);
      if (store.hasAlias(arn))
        throw new AwsError('AlreadyExistsException', `An alias with the name ${arn} already exists`);
      store.setAlias(arn, target(input, at).arn);
    },
    UpdateAlias: (input, at) => {
      const arn = aliasArn(text(input, 'AliasName'), at);
      if (!store.hasAlias(arn)) throw new AwsError('NotFoundException', `Alias ${arn} is not found.`);
      store.setAlias(arn, target(input, at).arn);
    },
    DeleteAlias: (input, at) => {
      const arn = aliasArn(text(input, 'AliasName'), at);
      if (!store.deleteAlias(arn)) throw new AwsError('NotFoundException', `Alias ${arn} is not found.`);
    },
    ListAliases: (input, at) => {
      const only = input['KeyId'] === undefined ? undefined : store.resolve(input['KeyId'], at).arn;
      const aliases = store.aliasesOf(at).filter(({ keyArn }) => only === undefined || keyArn === only);
      return page(
        input,
        'Aliases',
        aliases.map(({ arn, keyArn, createdAt, updatedAt }) => ({
          AliasName: arn.split(':')[5],
          AliasArn: arn,
          TargetKeyId: keyArn.split('/')[1],
          CreationDate: createdAt / 1000,
          LastUpdatedDate: updatedAt / 1000,
        })),
      );
    },
  };
}

function aliasArn(name: string, { region, caller }: OperationContext): string {
  const where = `'${name}' at 'aliasName'`;
  if (name.length > MAX_NAME)
    throw brokenConstraint(where, `Member must have length less than or equal to ${MAX_NAME}`);
  if (!CHARACTERS.test(name))
    throw brokenConstraint(where, `Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$`);
  if (!name.startsWith('alias/'))
    throw validationError(
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
  if (name === 'alias/' || name.includes(':') || name.startsWith('alias/aws/'))
    throw new AwsError('InvalidAliasNameException', `${name} is no alias name`);
  return `arn:aws:kms:${region}:${caller.accountId}:${name}`;
}

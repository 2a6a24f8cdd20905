import { DryRunModifierType } from '@aws-sdk/client-kms';
import { dataKey } from './fixtures.ts';
import { endOfReEncrypt } from './kms-answers.ts';
import type { Question } from './question.ts';

const KMS = 'emulator/kms/behaviour.md';

export const KMS_DRY_RUN: readonly Question[] = [
  {
    id: 'kms-dry-run-of-what-works',
    service: 'KMS',
    open: 'which error says that a ReEncrypt would have worked',
    where: [KMS],
    calls: 'ReEncrypt with DryRun, with key and context of the ciphertext',
    answers: ['DryRunOperationException', 'accepted'],
    assumed: 'DryRunOperationException',
    ask: async world => endOfReEncrypt(world, await dataKey(world.here.kms, world.first), { DryRun: true }),
  },
  {
    id: 'kms-dry-run-of-a-wrong-context',
    service: 'KMS',
    open: 'whether a dry run looks at the ciphertext under its context',
    where: [KMS],
    calls: 'ReEncrypt with DryRun and a context that is not its own',
    answers: ['InvalidCiphertextException', 'DryRunOperationException', 'ValidationException'],
    assumed: 'InvalidCiphertextException',
    ask: async world =>
      endOfReEncrypt(world, await dataKey(world.here.kms, world.first), {
        ...{ DryRun: true, SourceEncryptionContext: { purpose: 'something else' } },
      }),
  },
  {
    id: 'kms-dry-run-of-a-wrong-key',
    service: 'KMS',
    open: 'whether a dry run says that another key made the ciphertext',
    where: [KMS],
    calls: 'ReEncrypt with DryRun and another key as the source',
    answers: ['IncorrectKeyException', 'DryRunOperationException', 'ValidationException'],
    assumed: 'IncorrectKeyException',
    ask: async world =>
      endOfReEncrypt(world, await dataKey(world.here.kms, world.first), {
        ...{ DryRun: true, SourceKeyId: world.second, DestinationKeyId: world.first },
      }),
  },
  {
    id: 'kms-dry-run-ignores-state',
    service: 'KMS',
    open: 'whether a dry run with IGNORE_CIPHERTEXT looks at the state of keys',
    where: [KMS, 'docs/proof.md'],
    calls: 'ReEncrypt with DryRun and IGNORE_CIPHERTEXT to a disabled key',
    answers: ['DisabledException', 'DryRunOperationException'],
    assumed: 'DisabledException',
    ask: world =>
      endOfReEncrypt(world, undefined, {
        ...{ DryRun: true, DryRunModifiers: [DryRunModifierType.IGNORE_CIPHERTEXT] },
        DestinationKeyId: world.disabled.arn,
      }),
  },
];

import type { Problem } from '../model/problem.ts';
import type { RunMode } from '../model/run.ts';
import type { ChosenRoute } from './choose-route.ts';
import type { AskedKey, KeyCatalog } from './ports.ts';

/** Every ReEncrypt call that the run will make, asked of KMS without a ciphertext. A verify run uses no source key. */
export async function checkPermissions(
  choice: ChosenRoute,
  catalog: KeyCatalog,
  mode: RunMode,
): Promise<readonly Problem[]> {
  const asked =
    mode === 'verify' ? { ...choice, route: { type: 'direct', why: '' } as const, sources: [] } : choice;
  const answers = await Promise.all(
    callsOf(asked).map(async ([source, destination]) => ({
      source: source.keyArn,
      destination: destination.keyArn,
      permission: await catalog.mayReEncrypt(source, destination),
    })),
  );
  return answers.flatMap(({ source, destination, permission }) =>
    permission.kind === 'allowed'
      ? []
      : [
          {
            path: 'source.keys',
            value: source,
            words: `may not be re-encrypted to ${destination} (${permission.message}); allow kms:ReEncryptFrom on the one and kms:ReEncryptTo on the other in both key policies`,
          },
        ],
  );
}

/** The destination is asked as a source, too: second runs and the verify pass re-encrypt under it. */
function callsOf({ route, sources, destination }: ChosenRoute): readonly (readonly [AskedKey, AskedKey])[] {
  const itself = [destination, destination] as const;
  const others = sources.filter(
    ({ keyArn, unusable }) => keyArn !== destination.keyArn && unusable === undefined,
  );
  switch (route.type) {
    case 'direct':
    case 'multi-region':
      return [...others.map(source => [source, destination] as const), itself];
    case 'bridge': {
      const member = (keyArn = ''): AskedKey => ({ keyArn, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' });
      const first = member(route.bridge?.sourceRegionArn);
      const second = member(route.bridge?.destinationRegionArn);
      return [...others.map(source => [source, first] as const), [second, destination], itself];
    }
    // Plan may not decrypt, not even on trial: the first page finds out whether the plaintext worker may.
    case 'decrypt-encrypt':
      return [itself];
  }
}

import type { AskedKey, KeyCatalog } from '../keys/catalog.ts';
import type { Problem } from '../model/problem.ts';
import type { RunMode } from '../model/run.ts';
import { routeOf } from '../routes/registry.ts';
import type { ChosenRoute } from './choose-route.ts';

/** Asks KMS, without a ciphertext, whether it would allow every ReEncrypt call of the run. A verify run uses no source key. */
export async function checkPermissions(
  choice: ChosenRoute,
  catalog: KeyCatalog,
  mode: RunMode,
): Promise<readonly Problem[]> {
  const calls = mode === 'verify' ? [itself(choice)] : [...callsOf(choice), itself(choice)];
  const answers = await Promise.all(
    calls.map(async ([source, destination]) => ({
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

type Call = readonly [source: AskedKey, destination: AskedKey];

/** The destination must also be usable as a source: second runs and the verify pass re-encrypt under it. */
function itself({ destination }: ChosenRoute): Call {
  return [destination, destination];
}

function callsOf(choice: ChosenRoute): readonly Call[] {
  const { destination } = choice;
  const sources = choice.sources.filter(
    ({ keyArn, unusable }) => keyArn !== destination.keyArn && unusable === undefined,
  );
  return routeOf(choice.route).requests({ ...choice, sources });
}

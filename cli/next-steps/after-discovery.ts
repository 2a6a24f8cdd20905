import type { DiscoveredKey } from '../../lambda/core/discover/discovered-keys.ts';
import type { DiscoveredStore } from '../../lambda/core/discover/discovery.ts';
import { rewrapStep, type Here, type NextStep } from './next-step.ts';

interface Discovered {
  readonly stores: readonly DiscoveredStore[];
  readonly drafts: readonly { readonly file: string }[];
  readonly keys: readonly Pick<DiscoveredKey, 'keyArn' | 'standing'>[];
  readonly trail?: { readonly trail: string };
}

/** A few stores are enough to go on with; all of them are in the result. */
const MOST = 3;

/** After a look at all stores: those without a job, first; then a key that is used, and whose data keys nobody has found. */
export function afterDiscovery(found: Discovered, here: Here): readonly NextStep[] {
  return [...afterStores(found, here), ...afterKeys(found, here)];
}

function afterStores({ stores, drafts }: Discovered, here: Here): readonly NextStep[] {
  const unnamed = stores.filter(({ coverage }) => coverage === 'unnamed');
  const written = drafts.slice(0, MOST);
  if (written.length > 0)
    return written.map(({ file }) =>
      rewrapStep(['jobs', 'validate', file], 'says what is still open in it', here),
    );
  return unnamed
    .slice(0, MOST)
    .map(({ type, name }) =>
      rewrapStep(['init', type === 's3' ? `s3://${name}/` : name], `writes a job for it`, here),
    );
}

function afterKeys({ keys, trail }: Discovered, here: Here): readonly NextStep[] {
  const [key] = keys.filter(({ standing }) => standing === 'elsewhere');
  if (key === undefined || trail === undefined) return [];
  const words = ['retire-check', key.keyArn, '--trail', trail.trail];
  return [rewrapStep(words, 'says what else is known to need this key', here)];
}

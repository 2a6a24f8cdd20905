import type { DiscoveredStore } from '../../lambda/core/discover/discovery.ts';
import { rewrapStep, type Here, type NextStep } from './next-step.ts';

interface Discovered {
  readonly stores: readonly DiscoveredStore[];
  readonly drafts: readonly { readonly file: string }[];
}

/** A few stores are enough to go on with; all of them are in the result. */
const MOST = 3;

/** After a look at all stores: those without a job, first. */
export function afterDiscovery({ stores, drafts }: Discovered, here: Here): readonly NextStep[] {
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

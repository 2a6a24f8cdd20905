// The smallest possible route. The test copies it to lambda/core/routes/by-hand.ts.
import { direct } from './direct.ts';
import type { Route } from './route.ts';

/** Works like the direct route, for jobs that name it. */
export const byHand: Route = {
  ...direct,
  type: 'by-hand',
  calls: ['kms:ReEncrypt', 'kms:ReEncrypt', 'kms:ReEncrypt'],
  warnings: ['hands get tired'],
  mayLead: () => false,
  async choose(question) {
    const tried = await direct.choose(question);
    return tried.kind === 'works' ? { ...tried, route: { type: 'by-hand', why: 'hands are there' } } : tried;
  },
};

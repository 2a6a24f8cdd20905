import { nextCalls } from '../../lambda/core/report/next-calls.ts';
import { rewrapStep, type Here, type NextStep } from './next-step.ts';

/** What the page of the report says, too, with what the caller has said about where the deployment is. */
export function afterReport(report: Parameters<typeof nextCalls>[0], here: Here): readonly NextStep[] {
  return nextCalls(report).map(({ words, why }) => rewrapStep(words, why, here));
}

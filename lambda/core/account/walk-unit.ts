import type { UnprovenList } from '../journal/ports.ts';
import type { UnitProgress } from '../model/books.ts';
import type { Phase } from '../model/run.ts';
import type { CapacityUse, Clock, Deadline, KeyService, Ledger, RateShares } from '../ports.ts';
import type { UnitScope } from '../scan/unit-scope.ts';
import { storeName } from '../stores/places.ts';
import { needingAPerson } from './books.ts';
import { accountPage, type DonePage } from './account-page.ts';
import { PageBudget } from './page-budget.ts';
import { PageSizes, type RequestsPerRecord } from './page-sizes.ts';
import type { Telemetry } from './ports.ts';
import { followControl } from './run-control.ts';
import { resumeUnit } from './unit-progress.ts';

export interface WalkPorts {
  readonly keys: Pick<KeyService, 'pace' | 'takeUsage'>;
  readonly ledger: Ledger;
  readonly shares: RateShares;
  readonly telemetry: Telemetry;
  /** @default the store has no capacity of its own */
  readonly capacity?: CapacityUse;
  readonly deadline: Deadline;
  readonly clock: Clock;
  /** Names every data key that needs a person. @default the checkpoint alone does, and names the first hundred */
  readonly unproven?: UnprovenList;
}

/** How a worker walks through its unit; what it does on the way is its own. */
export interface Walk<Page> {
  readonly phase: Phase;
  /** Unfinished runs of the same work that a unit may go on from, latest first. */
  readonly from: readonly string[];
  /** KMS requests for a record. */
  readonly requestsPerRecord: RequestsPerRecord;
  /** Called once, when it is known where the unit stands, and that it is not done. */
  begin(start: Start): Steps<Page>;
}

interface Start {
  readonly progress: UnitProgress;
  /** How many records to read, asked before each page. */
  readonly size: () => number;
}

interface Steps<Page> {
  readonly pages: AsyncIterable<Page>;
  work(page: Page, turn: Turn): Promise<WorkedPage>;
}

/** What a page is worked with. */
export interface Turn {
  /** The unit before this page. */
  readonly progress: UnitProgress;
  readonly budget: PageBudget;
  /** This worker's share of the run's rate. */
  readonly requestsPerSecond: number;
}

export type WorkedPage = Omit<DonePage, 'progress' | 'since'>;

/**
 * The one loop of every worker. From the last checkpoint on, for each page: read the run's control item, do the page's work,
 * account for it. It ends when the unit is done, the run is paused, or the invocation is nearly out of time.
 */
export async function walkUnit<Page>(
  scope: UnitScope,
  walk: Walk<Page>,
  ports: WalkPorts,
): Promise<UnitProgress> {
  const { unit, plan } = scope;
  const budget = new PageBudget(ports);
  let progress = await resumeUnit(unit, walk.phase, { ledger: ports.ledger, from: walk.from });
  if (progress.done) return progress;
  // Before anything is read, because a worker of a paused run gets here again and again.
  const first = await followControl(plan, ports);
  if (first.kind === 'pause') return { ...progress, paused: first.why };
  let { requestsPerSecond } = first;
  const dataKeys = dataKeysSeen(scope);
  const sizes = new PageSizes(plan, progress.books, { ...walk.requestsPerRecord, dataKeys });
  let since = ports.clock.now();
  const steps = walk.begin({ progress, size: () => sizes.at(requestsPerSecond) });
  for await (const page of steps.pages) {
    const control = await followControl(plan, ports);
    if (control.kind === 'pause') return { ...progress, paused: control.why };
    ({ requestsPerSecond } = control);
    const worked = await steps.work(page, { progress, budget, requestsPerSecond });
    // Before the checkpoint: what is counted is named, and a page that is worked again is named again.
    const place = { unit, page: progress.pages };
    await ports.unproven?.writeUnproven(place, needingAPerson(worked.entries));
    progress = await accountPage(scope, { ...worked, progress, since }, ports);
    since = ports.clock.now();
    if (!budget.allowsAnotherPage()) break;
    sizes.learn(progress.books, budget.lastConclusion);
  }
  return progress;
}

/** In each record of the store, among the first ones, at which Plan has looked. */
function dataKeysSeen({ plan, store }: UnitScope): number {
  const look = plan.looked?.find(one => one.store === storeName(store));
  const dataKeys = look?.forms.reduce((sum, { count }) => sum + count, 0) ?? 0;
  return dataKeys / Math.max(1, look?.records ?? 0);
}

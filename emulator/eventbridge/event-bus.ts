import { randomUUID } from 'node:crypto';
import type { OnBehalf } from '../iam/iam.ts';
import { matches, type EventPattern } from './pattern.ts';

interface Event {
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly region: string;
}

/** What an account has put on its bus. */
export interface PublishedEvent extends Event {
  /** Who published it. */
  readonly callerArn: string;
}

/** What has happened, and in which account. */
export interface Occurrence extends Event {
  readonly accountId: string;
  readonly resources?: readonly string[];
  /** @default one that is made up */
  readonly id?: string;
  /** Milliseconds since 1970. @default now */
  readonly at?: number;
}

export interface Rule {
  readonly arn: string;
  readonly enabled: boolean;
  readonly pattern: EventPattern;
  /** ARNs of queues. */
  readonly targets: readonly string[];
}

/** What a rule could not deliver, and why. */
export interface Undelivered {
  readonly ruleArn: string;
  readonly targetArn: string;
  readonly error: string;
}

/** Sends a message to a queue. @throws Error if it may not */
export type Send = (queueArn: string, body: string, by: OnBehalf) => void;

/** The default buses of all accounts and Regions. behaviour.md says what it does and does not do. */
export class EventBus {
  /** What accounts have put on them. */
  readonly published: PublishedEvent[] = [];
  readonly undelivered: Undelivered[] = [];
  readonly #rules = new Map<string, Rule>();
  readonly #send: Send;
  readonly #now: () => number;

  constructor(send: Send, now: () => number = Date.now) {
    this.#send = send;
    this.#now = now;
  }

  /** Makes a rule, or changes it. */
  put(rule: Rule): void {
    this.#rules.set(rule.arn, rule);
  }

  delete(arn: string): void {
    this.#rules.delete(arn);
  }

  /** Hands an event to the targets of those rules of its account and Region that it matches. */
  deliver({ source, detailType, detail, region, accountId, ...more }: Occurrence): void {
    const { resources = [], id = randomUUID(), at = this.#now() } = more;
    const envelope = {
      ...{ version: '0', id, 'detail-type': detailType, source, account: accountId },
      ...{ time: `${new Date(at).toISOString().slice(0, 19)}Z`, region, resources, detail },
    };
    for (const rule of this.#rules.values()) {
      const [ofRegion, ofAccount] = rule.arn.split(':').slice(3);
      if (!rule.enabled || ofRegion !== region || ofAccount !== accountId) continue;
      if (matches(rule.pattern, envelope)) this.#invoke(rule, JSON.stringify(envelope), accountId);
    }
  }

  #invoke({ arn, targets }: Rule, body: string, accountId: string): void {
    for (const targetArn of targets)
      try {
        this.#send(targetArn, body, { service: 'events.amazonaws.com', accountId, sourceArn: arn });
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        this.undelivered.push({ ruleArn: arn, targetArn, error: words });
      }
  }
}

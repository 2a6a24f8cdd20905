import type { Decision } from '../iam/evaluate.ts';
import type { Iam, OnBehalf } from '../iam/iam.ts';

export interface Topic {
  readonly arn: string;
  /** ARN, id or alias of a key. @default not encrypted */
  readonly keyId: string | undefined;
}

export interface Subscription {
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
}

export interface Published {
  readonly topicArn: string;
  readonly message: string;
  /** Who would get it. */
  readonly to: readonly string[];
}

/** The policy of a key; `undefined` if there is no such key. */
export type KeyPolicyOf = (keyId: string) => { readonly arn: string; readonly policy: string } | undefined;

/** SNS, as far as services of AWS publish to topics. behaviour.md says what it does and does not do. */
export class Topics {
  readonly published: Published[] = [];
  readonly #topics = new Map<string, Topic>();
  readonly #policies = new Map<string, string>();
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #iam: Iam;
  readonly #keyPolicyOf: KeyPolicyOf;

  constructor(iam: Iam, keyPolicyOf: KeyPolicyOf) {
    this.#iam = iam;
    this.#keyPolicyOf = keyPolicyOf;
  }

  put(topic: Topic): void {
    this.#topics.set(topic.arn, topic);
  }

  delete(arn: string): void {
    this.#topics.delete(arn);
    this.#policies.delete(arn);
  }

  setPolicy(topicArn: string, policy: string | undefined): void {
    if (policy === undefined) this.#policies.delete(topicArn);
    else this.#policies.set(topicArn, policy);
  }

  subscribe(id: string, subscription: Subscription): void {
    this.#subscriptions.set(id, subscription);
  }

  unsubscribe(id: string): void {
    this.#subscriptions.delete(id);
  }

  /** A service of AWS publishes. @throws Error in the words of an alarm's history */
  publish(topicArn: string, message: string, by: OnBehalf): void {
    const topic = this.#topics.get(topicArn);
    if (topic === undefined) throw new Error('Topic does not exist');
    const decision = this.#iam.ofService(by, {
      ...{ action: 'sns:Publish', resource: topicArn },
      resourcePolicy: this.#policies.get(topicArn) ?? NOBODY,
    });
    if (decision.kind === 'denied')
      throw new Error(
        `Resource: ${by.sourceArn} is not authorized to perform: SNS:Publish on resource: ${topicArn}`,
      );
    if (topic.keyId !== undefined && !this.#mayUseKey(topic.keyId, by))
      throw new Error(
        'CloudWatch Alarms does not have authorization to access the SNS topic encryption key.',
      );
    const to = [...this.#subscriptions.values()].filter(one => one.topicArn === topicArn);
    this.published.push({ topicArn, message, to: to.map(({ endpoint }) => endpoint) });
  }

  #mayUseKey(keyId: string, by: OnBehalf): boolean {
    const key = this.#keyPolicyOf(keyId);
    if (key === undefined) return false;
    const decisions: readonly Decision[] = ['kms:Decrypt', 'kms:GenerateDataKey'].map(action =>
      this.#iam.ofService(by, { action, resource: key.arn, resourcePolicy: key.policy }),
    );
    return decisions.every(({ kind }) => kind === 'allowed');
  }
}

const NOBODY = JSON.stringify({ Version: '2012-10-17', Statement: [] });

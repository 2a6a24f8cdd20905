import type { Given } from './parameters.ts';
import type { Template } from './template.ts';

export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** A stack's resource with its properties resolved. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  /** What `Ref` is. */
  readonly physicalId: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly deletionPolicy: string;
  readonly updateReplacePolicy: string;
  /** How often it was replaced. */
  readonly generation: number;
}

export interface Output {
  readonly value: string;
  readonly exportName?: string;
}

/** What a template and its parameters make of a stack. */
export interface StackContent {
  readonly template: Template;
  /** The template as it was sent. */
  readonly templateBody: string;
  readonly parameters: Given;
  /** In the order in which they need each other. */
  readonly resources: readonly StackResource[];
  readonly outputs: Readonly<Record<string, Output>>;
}

export interface StackEvent {
  readonly eventId: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly at: number;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface Stack {
  readonly place: Place;
  readonly stackName: string;
  readonly stackId: string;
  /** How many stacks of this name there were here before. */
  readonly incarnation: number;
  readonly createdAt: number;
  updatedAt?: number;
  deletedAt?: number;
  status: string;
  reason?: string;
  /** `undefined` until the first change set is executed. */
  content: StackContent | undefined;
  /** As which CloudFormation acts. Without one, it acts as whoever calls. */
  roleArn: string | undefined;
  terminationProtection: boolean;
  tags: readonly Tag[];
  capabilities: readonly string[];
  /** The latest last. */
  readonly events: StackEvent[];
}

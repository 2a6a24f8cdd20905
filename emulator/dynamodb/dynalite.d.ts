declare module 'dynalite' {
  import type { Server } from 'node:http';
  export default function dynalite(options?: {
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
    readonly path?: string;
  }): Server;
}

/** The functions that dynalite's operations look up by name whenever they need them. */
declare module 'dynalite/db/index.js' {
  type Data = Readonly<Record<string, unknown>>;
  type Answered = (error: unknown, result?: Record<string, unknown>) => void;
  type Callback = (...args: readonly unknown[]) => void;

  /** Calls back with what lets go of the key, around whatever is done at the end. */
  export type Lock = (key: unknown, work: (release: (done: Callback) => Callback) => void) => void;

  export interface StreamOfRecords {
    on(event: string, listener: Callback): unknown;
  }

  /** Of tables, items, indexes or tags. */
  export interface StoreOfRecords {
    get: (key: string, done: Callback) => void;
    put: (key: string, value: unknown, done: Callback) => void;
    del: (key: string, done: Callback) => void;
    batch: (operations: readonly unknown[], done: Callback) => void;
    createKeyStream: (options?: object) => StreamOfRecords;
    createValueStream: (options?: object) => StreamOfRecords;
    lock: Lock;
  }

  export interface Store {
    tableDb: StoreOfRecords;
    getTable: (...args: readonly [name: string, checkStatus: unknown, done?: Callback]) => void;
    getItemDb: (table: string) => StoreOfRecords;
    getIndexDb: (type: string, table: string, index: string) => StoreOfRecords;
    getTagDb: (table: string) => StoreOfRecords;
    deleteItemDb: (table: string, done: Callback) => void;
    deleteIndexDb: (...args: readonly [type: string, table: string, index: string, done: Callback]) => void;
    deleteTagDb: (table: string, done: Callback) => void;
  }

  const db: {
    create(options: object): Store;
    checkConditional(data: Record<string, unknown>, item: Data | undefined): Error | null | undefined;
    itemSize(item: Data, ...compressed: readonly unknown[]): number;
    queryTable(...args: [unknown, unknown, Data, unknown, unknown, unknown, unknown, Answered]): void;
    mapPaths(paths: readonly unknown[], item: Data): Data;
    addConsumedCapacity(data: object, isRead: boolean, item: Data | undefined): object | undefined;
    validationError(message: string): Error;
    validateItem(item: Data, table: unknown): Error | null | undefined;
    validateUpdates(
      legacy: Readonly<Record<string, { readonly Action?: string; readonly Value?: unknown }>> | undefined,
      updates: object | undefined,
      table: unknown,
    ): Error | null | undefined;
  };
  export default db;
}

declare module 'dynalite/validations/index.js' {
  const validations: {
    validateExpressions(data: Record<string, unknown>): string | null | undefined;
  };
  export default validations;
}

declare module 'dynalite/db/conditionParser.js' {
  export interface ParsedCondition {
    readonly expression: object;
    readonly nestedPaths: object;
    readonly pathHeads: object;
  }

  /** @returns what is wrong, if it is a text. @throws SyntaxError */
  export type ParseCondition = (text: string, options: object) => ParsedCondition | string;

  const parser: { parse: ParseCondition };
  export default parser;
}

declare module 'dynalite/validations/scan.js' {
  const scan: { readonly types: Record<string, unknown> };
  export default scan;
}

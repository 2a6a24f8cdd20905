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
  const db: {
    checkConditional(data: Record<string, unknown>, item: Data | undefined): Error | null | undefined;
    itemSize(item: Data, ...compressed: readonly unknown[]): number;
    queryTable(...args: [unknown, unknown, Data, unknown, unknown, unknown, unknown, Answered]): void;
    mapPaths(paths: readonly unknown[], item: Data): Data;
    addConsumedCapacity(data: object, isRead: boolean, item: Data | undefined): object | undefined;
    validationError(message: string): Error;
  };
  export default db;
}

declare module 'dynalite/validations/index.js' {
  const validations: {
    validateExpressions(data: Record<string, unknown>): string | null | undefined;
  };
  export default validations;
}

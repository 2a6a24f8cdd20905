/** What is opened at most. A record beyond it is left alone and named, so that no content of others can exhaust a worker. */
export const MOST_BYTES = 8 * 1024 * 1024;
export const MOST_NODES = 200_000;
export const DEEPEST = 64;
/** Its parser takes a hundred times as long for each value as that of JSON. */
export const MOST_OF_YAML = 50_000;

export const TOO_LONG = 'is longer than 8 MiB';
export const TOO_MANY = 'holds more than 200,000 values';
export const TOO_MANY_OF_YAML = 'holds more than 50,000 values, which is too much for YAML';
export const TOO_DEEP = 'is nested more than 64 levels deep';

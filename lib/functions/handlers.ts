/** File names under `lambda/handlers/`, without `.ts`: the stages' names. */
export const HANDLERS = [
  'plan',
  'migrate-unit',
  'migrate-unit-plaintext',
  'verify-unit',
  'rollback-unit',
  'follow-table',
  'follow-bucket',
  'report',
] as const;

export type Handler = (typeof HANDLERS)[number];

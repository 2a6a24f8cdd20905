/** The source of every event on the default event bus. */
export const EVENT_SOURCE = 'kms-rewrap';

/** Names of environment variables: set by lib/, read by the handlers. Imports nothing, so that both sides may import it. */
export const ENV = {
  runBucket: 'RUN_BUCKET',
  journalBucket: 'JOURNAL_BUCKET',
  ledgerTable: 'LEDGER_TABLE',
  /** The ARN of the key that signs evidence; absent where nothing is signed. */
  evidenceKey: 'EVIDENCE_KEY',
  allowPlaintextRoute: 'ALLOW_PLAINTEXT_ROUTE',
  /** The name of the stack: two deployments of one Region share a namespace of metrics, and an event bus. */
  deployment: 'DEPLOYMENT',
  workerTimeoutSeconds: 'WORKER_TIMEOUT_SECONDS',
} as const;

export function requireEnv(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`the environment variable ${name} is missing; deploy the stack again`);
  return value;
}

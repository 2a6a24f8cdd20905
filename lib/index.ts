/** What the package `kms-rewrap` exports. docs/api.md is made of it. */
export { KeyRewrap, type KeyRewrapProps } from './key-rewrap.ts';
export type { GivenStore } from './given-stores/given-stores.ts';
export type { CustomerManagedKey } from './storage/deployment-key.ts';
export type { JournalProtection } from './storage/journal-protection.ts';
export type { DeploymentSettings, TakeOver } from '../lambda/core/job/deployed-settings.ts';
export type { Job } from '../lambda/core/model/job.ts';
export { loadJobs } from './jobs/load-jobs.ts';
export { JobsRefused } from './jobs/jobs-refused.ts';
export { rewrapApp } from './rewrap-app.ts';

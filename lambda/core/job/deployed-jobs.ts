/** Where a stack's template carries its jobs, so that what is deployed can be read and compared. */
export const JOBS_METADATA = 'KmsRewrapJobs';

import { jobFields } from './job-fields.mjs';

/** The pages that are written in part, with what makes each of these parts. */
export const PAGES = {
  'docs/jobs.md': () => ({ 'job fields': jobFields() }),
};

import { jobFields } from './job-fields.mjs';
import { permissions } from './permissions.mjs';

/** The pages that are written in part, with what makes each of these parts. */
export const PAGES = {
  'docs/jobs.md': () => ({ 'job fields': jobFields() }),
  'docs/permissions.md': () => ({ permissions: permissions() }),
};

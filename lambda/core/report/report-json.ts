import type { Report } from './report.ts';

/** `report.json`, byte for byte: what is signed is a digest of it. */
export function reportJson(report: Report): string {
  return JSON.stringify(report, null, 2);
}

import { shippedList } from '../licences/shipped.mjs';
import { api } from './api.mjs';
import { cliCommands } from './cli.mjs';
import { cliPermissions } from './cli-permissions.mjs';
import { houseDrawing, houseList } from './house.mjs';
import { jobFields } from './job-fields.mjs';
import { liveCosts, liveQuestions } from './live-test.mjs';
import { performanceCharts } from './performance-charts.mjs';
import { performanceSections } from './performance.mjs';
import { permissions } from './permissions.mjs';
import { scaleBounds, scaleCalibration, scaleLimits, scaleResults } from './scale.mjs';
import { stateMachine } from './state-machine.mjs';
import { verdictPicture } from './verdict-picture.mjs';

/** The pages with generated parts, and what generates each part. */
export const PAGES = {
  'docs/api.md': () => ({ api: api() }),
  'docs/architecture.md': () => ({
    house: houseDrawing(),
    arrows: houseList(),
    'state machine': stateMachine(),
  }),
  'docs/cli.md': () => ({ cli: cliCommands() }),
  'docs/dependencies.md': () => ({ shipped: shippedList() }),
  'docs/jobs.md': () => ({ 'job fields': jobFields() }),
  'docs/live-test.md': () => ({ costs: liveCosts(), questions: liveQuestions() }),
  'docs/scale.md': () => ({
    results: scaleResults(),
    limits: scaleLimits(),
    bounds: scaleBounds(),
    calibration: scaleCalibration(),
  }),
  'docs/performance.md': () => performanceSections(),
  'docs/permissions.md': () => ({ permissions: permissions(), cli: cliPermissions() }),
};

/** The drawings beside the pages, by their files. */
export const DRAWINGS = () => ({ ...performanceCharts(), 'docs/report/verdict.svg': verdictPicture() });

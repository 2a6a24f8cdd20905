import type { StateMachineCase } from './case.ts';
import { ERRORS } from './error-cases.ts';
import { EXPRESSIONS, FLOW } from './flow-cases.ts';
import { MAPS } from './map-cases.ts';

export const STATE_MACHINE_CASES: readonly StateMachineCase[] = [...EXPRESSIONS, ...FLOW, ...ERRORS, ...MAPS];

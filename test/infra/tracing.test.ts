import { job } from '../support/builders.ts';
import { synthesized } from '../support/stack.ts';

const FUNCTIONS = /^Functions(Plan|MigrateUnit|VerifyUnit|RollbackUnit|Report)[0-9A-F]{8}$/;

function traced(tracing?: boolean): { readonly on: readonly unknown[]; readonly text: string } {
  const template = synthesized([job()], tracing === undefined ? {} : { tracing });
  const functions = Object.entries(template.findResources('AWS::Lambda::Function')).filter(([id]) =>
    FUNCTIONS.test(id),
  );
  const machines = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  return {
    on: [
      ...functions.map(
        ([, { Properties }]) => (Properties as { TracingConfig?: { Mode: string } }).TracingConfig?.Mode,
      ),
      ...machines.map(
        ({ Properties }) =>
          (Properties as { TracingConfiguration?: { Enabled: boolean } }).TracingConfiguration?.Enabled,
      ),
    ],
    text: JSON.stringify(template.toJSON()),
  };
}

describe('traces of X-Ray', () => {
  it('are sent by all functions and the state machine, where the deployment asks for them', () => {
    const { on, text } = traced(true);
    expect(on).toEqual([...Array.from({ length: 5 }, () => 'Active'), true]);
    expect(text).toContain('xray:PutTraceSegments');
  });

  it('are off by default, and then no role has a permission for them', () => {
    const { on, text } = traced();
    expect(on.filter(one => one === 'Active' || one === true)).toEqual([]);
    expect(on).toHaveLength(6);
    expect(text).not.toContain('xray:');
  });
});

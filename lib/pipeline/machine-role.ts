import {
  type AddToPrincipalPolicyResult,
  type PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * The role of the state machine. The CDK grants it every version of a function, of which the pipeline calls the current
 * one only, and all of the bucket that a distributed map reads and writes, in which other things lie as well.
 */
export class MachineRole extends Role {
  readonly #files: string;

  /** @param files the objects that its maps read and write, below their bucket: `runs/*` */
  constructor(scope: Construct, id: string, { files }: { readonly files: string }) {
    super(scope, id, { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    this.#files = files;
  }

  override addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    return super.addToPrincipalPolicy(this.#narrowed(statement));
  }

  #narrowed(statement: PolicyStatement): PolicyStatement {
    const { actions, resources } = statement;
    if (actions.every(action => action === 'lambda:InvokeFunction'))
      return statement.copy({ resources: resources.filter(resource => !resource.endsWith(':*')) });
    if (actions.every(action => action.startsWith('s3:')))
      return statement.copy({ resources: resources.map(one => one.replace(/\/\*$/, `/${this.#files}`)) });
    return statement;
  }
}

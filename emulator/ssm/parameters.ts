import { AwsError } from '../protocol/aws-error.ts';

/** Parameters of Systems Manager: a name exists once in an account and Region. */
export class Parameters {
  readonly #values = new Map<string, string>();

  /** What CloudFormation does for AWS::SSM::Parameter: PutParameter without Overwrite. */
  create(
    name: string,
    value: string,
    { accountId, region }: { readonly accountId: string; readonly region: string },
  ): void {
    const key = `${accountId}/${region}/${name}`;
    if (this.#values.has(key))
      throw new AwsError('ParameterAlreadyExists', `The parameter already exists: ${name}`);
    this.#values.set(key, value);
  }
}

import { AwsError } from '../protocol/aws-error.ts';

interface Place {
  readonly accountId: string;
  readonly region: string;
}

export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly version: number;
}

/** Parameters of Systems Manager: a name exists once in an account and Region. */
export class Parameters {
  readonly #parameters = new Map<string, Parameter>();

  /** What CloudFormation does for a new AWS::SSM::Parameter: PutParameter without Overwrite. */
  create({ name, type, value }: Omit<Parameter, 'version'>, place: Place): void {
    if (this.find(name, place) !== undefined)
      throw new AwsError('ParameterAlreadyExists', `The parameter already exists: ${name}`);
    this.#parameters.set(keyOf(name, place), { name, type, value, version: 1 });
  }

  /** PutParameter with Overwrite. */
  overwrite({ name, type, value }: Omit<Parameter, 'version'>, place: Place): void {
    const version = (this.find(name, place)?.version ?? 0) + 1;
    this.#parameters.set(keyOf(name, place), { name, type, value, version });
  }

  find(name: string, place: Place): Parameter | undefined {
    return this.#parameters.get(keyOf(name, place));
  }

  get(name: string, place: Place): Parameter {
    const found = this.find(name, place);
    if (found === undefined) throw new AwsError('ParameterNotFound', '');
    return found;
  }

  delete(name: string, place: Place): void {
    this.#parameters.delete(keyOf(name, place));
  }
}

function keyOf(name: string, { accountId, region }: Place): string {
  return `${accountId}/${region}/${name}`;
}

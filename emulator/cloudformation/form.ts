import { invalid } from './template-text.ts';

/** The parameters of a call, with its lists: `Tags.member.1.Key`. */
export class Form {
  readonly #parameters: URLSearchParams;

  constructor(parameters: URLSearchParams) {
    this.#parameters = parameters;
  }

  text(name: string): string | undefined {
    return this.#parameters.get(name) ?? undefined;
  }

  needed(name: string): string {
    const value = this.text(name);
    if (value === undefined)
      throw invalid(
        `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
      );
    return value;
  }

  flag(name: string): boolean {
    return this.text(name) === 'true';
  }

  texts(name: string): readonly string[] {
    return this.members(name).map(({ '': text = '' }) => text);
  }

  /** The members of a list of structures; a member that is a text has the name ''. */
  members(name: string): readonly Readonly<Record<string, string>>[] {
    const members: Record<string, string>[] = [];
    for (const [key, value] of this.#parameters) {
      const [, index, member = ''] = new RegExp(`^${name}\\.member\\.(\\d+)(?:\\.(.+))?$`).exec(key) ?? [];
      if (index !== undefined) (members[Number(index) - 1] ??= {})[member] = value;
    }
    return members;
  }

  /** Parameters whose other values would change what happens, in a way that is not known here. */
  needOnly(values: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(values))
      if ((this.text(name) ?? value) !== value)
        throw invalid(`the embedded CloudFormation does not have ${name} of ${this.text(name)}`);
  }

  /** @throws AwsError for a parameter that is not in the list: it would be half understood */
  needKnown(names: readonly string[]): void {
    const known = new Set(['Action', 'Version', ...names]);
    const unknown = [...this.#parameters.keys()].filter(key => !known.has(key.split('.')[0] ?? ''));
    if (unknown.length > 0)
      throw invalid(`the embedded CloudFormation does not have the parameter ${unknown.join(', ')}`);
  }
}

/**
 * A text as part of a resource or condition of a policy: `*`, `?` and `$` stand for themselves. IAM reads them as
 * wildcards and variables, and keys of objects may hold each of them (IAM user guide, policy variables).
 */
export function literally(text: string): string {
  return text.replace(/[*?$]/g, character => `\${${character}}`);
}

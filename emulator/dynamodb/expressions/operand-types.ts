import type { Condition } from './conditions.ts';
import { typeOf, type Value } from './values.ts';

const ORDERED = ['S', 'N', 'B'];
const COMPARATORS = ['<', '<=', '>', '>=', 'between'];

/** Why a condition is refused for a value that it compares, whatever item it is about; dynalite looks at functions alone. */
export function wrongOperand({ type, args }: Condition): string | undefined {
  for (const operand of args) {
    if (Array.isArray(operand)) continue;
    if ('args' in operand) {
      const wrong = wrongOperand(operand as Condition);
      if (wrong !== undefined) return wrong;
    } else if (COMPARATORS.includes(type) && !ORDERED.includes(typeOf(operand as Value))) {
      const operator = type.toUpperCase();
      return `Incorrect operand type for operator or function; operator: ${operator}, operand type: ${typeOf(operand as Value)}`;
    }
  }
  return undefined;
}

/**
 * Made when it is first asked for. A function starts without the schemas of formats that its run does not use: to make all
 * of them takes half as long as to load the clients of AWS.
 */
export function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

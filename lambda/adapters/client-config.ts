/** Where and how AWS is reached. Absent fields are the SDK's own defaults: environment, shared config, role. */
export interface ClientConfig {
  readonly region?: string;
  readonly endpoint?: string;
  readonly profile?: string;
}

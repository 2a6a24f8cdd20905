declare module 'aws-credstash' {
  interface Secret {
    readonly name: string;
    readonly version?: number | string;
    readonly context?: Readonly<Record<string, string>>;
  }
  interface Credstash {
    putSecret(secret: Secret & { readonly secret: string; readonly digest?: string }): Promise<unknown>;
    getSecret(secret: Secret): Promise<string>;
    getAllVersions(secret: Secret): Promise<readonly { readonly version: string; readonly secret: string }[]>;
  }
  export default function createCredstash(config: {
    readonly table: string;
    readonly kmsKey: string;
    readonly awsOpts: { readonly endpoint: string; readonly region: string };
  }): Credstash;
}

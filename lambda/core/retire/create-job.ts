/** A request `CreateJob` of S3 Control, as far as it is used here, in the JSON of `aws s3control create-job --cli-input-json`. */
export interface CreateJob {
  readonly AccountId: string;
  /** S3 makes its list of objects, says how many these are, and waits. */
  readonly ConfirmationRequired: true;
  readonly Description: string;
  readonly Operation: {
    readonly S3UpdateObjectEncryption: {
      readonly ObjectEncryption: {
        readonly SSEKMS: { readonly KMSKeyArn: string; readonly BucketKeyEnabled: boolean };
      };
    };
  };
  readonly ManifestGenerator: {
    readonly S3JobManifestGenerator: {
      readonly ExpectedBucketOwner: string;
      readonly SourceBucket: string;
      readonly EnableManifestOutput: false;
      readonly Filter: {
        readonly KeyNameConstraint?: { readonly MatchAnyPrefix: readonly string[] };
        readonly MatchAnyObjectEncryption: readonly [
          { readonly SSEKMS: { readonly KmsKeyArn: string; readonly BucketKeyEnabled: boolean } },
        ];
      };
    };
  };
  readonly Report: { readonly Enabled: false };
  readonly Priority: number;
  readonly RoleArn: string;
}

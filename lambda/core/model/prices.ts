/** US dollars for a KMS request in us-east-1, without free tier, as published in November 2026. */
export const USD_PER_KMS_REQUEST = 0.03 / 10_000;

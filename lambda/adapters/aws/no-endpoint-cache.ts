/**
 * What the bundles of the functions have in the place of the SDK's cache of discovered endpoints. The client of DynamoDB makes one, and asks it
 * only where somebody switches endpoint discovery on, which no function does. It remembers nothing, so that the client would then use the
 * Region's endpoint. Saves 6 KB.
 */
export class EndpointCache {
  get(): undefined {
    return undefined;
  }

  getEndpoint(): undefined {
    return undefined;
  }

  has(): false {
    return false;
  }

  set(): void {}

  delete(): void {}

  clear(): void {}
}

interface Answered {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly destroy?: () => void };
}

/** What answers is not AWS. The SDK would read a page as XML without members: as an empty bucket, for one. */
class NotAws extends Error {
  override readonly name = 'NotAws';
}

/** Objects may be pages, too, but AWS's own answers have a request id. */
export function heardFromAws<Args, Result extends { readonly response: unknown }>(
  next: (args: Args) => Promise<Result>,
): (args: Args) => Promise<Result> {
  return async args => {
    const result = await next(args);
    const { headers = {}, body } = result.response as Answered;
    const isPage = headers['content-type']?.startsWith('text/html') === true;
    if (isPage && REQUEST_IDS.every(id => headers[id] === undefined)) {
      // A body that nobody reads would keep the process alive.
      body?.destroy?.();
      throw new NotAws('the answer is a web page');
    }
    return result;
  };
}

const REQUEST_IDS = ['x-amz-request-id', 'x-amzn-requestid', 'x-amz-id-2'];

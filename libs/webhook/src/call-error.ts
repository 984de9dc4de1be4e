/**
 * A call that gave no answer, in the words of Go's client, since users see them. `code` is the HTTP status that a
 * client of the API is told when the failure is passed on.
 */
export class WebhookCallError extends Error {
  override readonly name = 'WebhookCallError';

  constructor(
    message: string,
    readonly code = 500,
  ) {
    super(message);
  }
}

/** Text of the server's answer that an error repeats, in characters. */
const SHOWN_MAX = 2048;

/** Models NewGenericServerResponse of apimachinery's errors (1.36): what client-go makes of an answer that is no success. */
export function refusedAnswer(code: number, contentType: string, body: string): WebhookCallError {
  const isText = contentType === '' || contentType.startsWith('text/');
  const said = isText ? body.slice(0, SHOWN_MAX).trim() || 'unknown' : 'unknown';
  return new WebhookCallError(answerText(code, said), code);
}

const ANSWERS: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  409: 'the server reported a conflict',
  422: 'the server rejected our request due to an error in our request',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

function answerText(code: number, said: string): string {
  const known = ANSWERS[code];
  if (known !== undefined) return known;
  if (code === 403 || code === 406 || code === 415) return said;
  if (code >= 500) return `an error on the server (${JSON.stringify(said)}) has prevented the request from succeeding`;
  return `the server responded with the status code ${code} but did not return more information`;
}

import { dns1123Subdomain, type FieldError, fieldError } from '#apimachinery';
import { checkPort } from '../field-rules.js';
import type { AdmissionregistrationV1WebhookClientConfig } from '../generated/types.js';

/** Parts of a URL as Go's parser finds them. */
const URL_FORM = /^(?:([a-zA-Z][-+.a-zA-Z0-9]*):)?(?:\/\/(?:([^/?#@]*)@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;
const DESIRED = '; desired format: https://host[/path]';

export function validateClientConfig(
  config: AdmissionregistrationV1WebhookClientConfig | undefined,
  field: string,
): FieldError[] {
  const { url, service } = config ?? {};
  if ((url === undefined) === (service === undefined)) {
    return [fieldError.required(field, 'exactly one of url or service is required')];
  }
  if (url !== undefined) return validateUrl(url, `${field}.url`);
  return validateService(service!, `${field}.service`);
}

/** Models ValidateWebhookURL of apiserver's util/webhook (1.36). */
function validateUrl(url: string, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const [, scheme = '', user, host = '', , query, fragment] = URL_FORM.exec(url) ?? [];
  if (scheme.toLowerCase() !== 'https') {
    errors.push(fieldError.invalid(field, scheme, `'https' is the only allowed URL scheme${DESIRED}`));
  }
  if (host === '') errors.push(fieldError.invalid(field, host, `host must be specified${DESIRED}`));
  if (user !== undefined) errors.push(fieldError.invalid(field, user, 'user information is not permitted in the URL'));
  if (fragment) errors.push(fieldError.invalid(field, fragment, 'fragments are not permitted in the URL'));
  if (query) errors.push(fieldError.invalid(field, query, 'query parameters are not permitted in the URL'));
  if (errors.length === 0 && !URL.canParse(url)) {
    errors.push(
      fieldError.required(field, `url must be a valid URL: parse ${JSON.stringify(url)}: invalid URL${DESIRED}`),
    );
  }
  return errors;
}

/** Models ValidateWebhookService (1.36), whose caller passes name and namespace in each other's place: so do the fields' names here. */
function validateService(
  { name, namespace, path = '', port = 443 }: NonNullable<AdmissionregistrationV1WebhookClientConfig['service']>,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (!namespace) errors.push(fieldError.required(`${field}.name`));
  if (!name) errors.push(fieldError.required(`${field}.namespace`));
  const ports: FieldError[] = [];
  checkPort(ports, `${field}.port`, port);
  if (ports.length > 0) {
    errors.push(fieldError.invalid(`${field}.port`, port, 'port is not valid: must be between 1 and 65535, inclusive'));
  }
  errors.push(...validatePath(path, `${field}.path`));
  return errors;
}

function validatePath(path: string, field: string): FieldError[] {
  if (path === '' || path === '/') return [];
  if (path === '//') return [fieldError.invalid(field, path, 'segment[0] may not be empty')];
  const errors: FieldError[] = [];
  if (!path.startsWith('/')) errors.push(fieldError.invalid(field, path, "must start with a '/'"));
  for (const [i, segment] of path.slice(1).replace(/\/$/, '').split('/').entries()) {
    const wrong =
      segment === ''
        ? [`segment[${i}] may not be empty`]
        : dns1123Subdomain(segment).map((why) => `segment[${i}]: ${why}`);
    errors.push(...wrong.map((why) => fieldError.invalid(field, path, why)));
  }
  return errors;
}

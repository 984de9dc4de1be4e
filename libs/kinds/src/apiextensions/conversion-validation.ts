import { X509Certificate } from 'node:crypto';
import { dns1035Label, type FieldError, fieldError } from '#apimachinery';
import type { CustomResourceConversion } from '../generated/types.js';
import { checkOneOf } from '../field-rules.js';

const REVIEW_VERSIONS = ['v1', 'v1beta1'];

/** Models validateCustomResourceConversion (1.36); the webhook's fields are named as the internal type names them. */
export function validateConversion(
  errors: FieldError[],
  conversion: CustomResourceConversion | undefined,
  mayBeAnyBundle: boolean,
): void {
  if (!conversion) return;
  const at = 'spec.conversion';
  if (!conversion.strategy) errors.push(fieldError.required(`${at}.strategy`));
  else checkOneOf(errors, `${at}.strategy`, conversion.strategy, ['None', 'Webhook']);
  const { webhook } = conversion;
  if (conversion.strategy !== 'Webhook') {
    const why = 'should not be set when strategy is not set to Webhook';
    if (webhook?.clientConfig) errors.push(fieldError.forbidden(`${at}.webhookClientConfig`, why));
    if (webhook?.conversionReviewVersions?.length) {
      errors.push(fieldError.forbidden(`${at}.conversionReviewVersions`, why));
    }
    return;
  }
  const config = webhook?.clientConfig;
  const where = `${at}.webhookClientConfig`;
  if (!config) errors.push(fieldError.required(where, 'required when strategy is set to Webhook'));
  else if ((config.url === undefined) === (config.service === undefined)) {
    errors.push(fieldError.required(where, 'exactly one of url or service is required'));
  } else if (config.url !== undefined) checkUrl(errors, `${where}.url`, config.url);
  else if (config.service) checkService(errors, `${where}.service`, config.service);
  const why = config?.caBundle && !mayBeAnyBundle ? bundleError(config.caBundle) : undefined;
  if (why !== undefined) errors.push(fieldError.invalid(`${where}.caBundle`, config?.caBundle, why));
  checkReviewVersions(errors, `${at}.conversionReviewVersions`, webhook?.conversionReviewVersions ?? []);
}

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Why a bundle (base64 of PEM) holds no authority; undefined: it holds some. Models webhook.ValidateCABundle (1.36). */
export function bundleError(bundle: string): string | undefined {
  const failed = (why: string) => `unable to load root certificates: ${why}`;
  const certificates = Buffer.from(bundle, 'base64').toString('latin1').match(CERTIFICATES) ?? [];
  if (certificates.length === 0) return failed('data does not contain any valid RSA or ECDSA certificates');
  for (const pem of certificates) {
    try {
      void new X509Certificate(pem);
    } catch {
      return failed('x509: malformed certificate');
    }
  }
  return undefined;
}

/** Models webhook.ValidateWebhookURL (1.36). */
function checkUrl(errors: FieldError[], at: string, text: string): void {
  const form = 'desired format: https://host[/path]';
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    errors.push(fieldError.required(at, `url must be a valid URL: parse ${JSON.stringify(text)}; ${form}`));
    return;
  }
  const invalid = (value: string, why: string) => errors.push(fieldError.invalid(at, value, `${why}; ${form}`));
  if (url.protocol !== 'https:') invalid(url.protocol.slice(0, -1), "'https' is the only allowed URL scheme");
  if (url.host === '') invalid(url.host, 'host must be specified');
  if (url.username !== '' || url.password !== '') invalid(url.username, 'user information is not permitted in the URL');
  if (url.hash !== '') invalid(url.hash.slice(1), 'fragments are not permitted in the URL');
  if (url.search !== '') invalid(url.search.slice(1), 'query parameters are not permitted in the URL');
}

interface Service {
  readonly name?: string;
  readonly namespace?: string;
  readonly path?: string;
  readonly port?: number;
}

function checkService(errors: FieldError[], at: string, { name, namespace, path, port = 443 }: Service): void {
  if (!name) errors.push(fieldError.required(`${at}.name`, 'service name is required'));
  if (!namespace) errors.push(fieldError.required(`${at}.namespace`, 'service namespace is required'));
  if (port < 1 || port > 65535) {
    errors.push(fieldError.invalid(`${at}.port`, port, 'port is not valid: must be between 1 and 65535, inclusive'));
  }
  if (path !== undefined && path !== '/' && !path.startsWith('/')) {
    errors.push(fieldError.invalid(`${at}.path`, path, "must start with a '/'"));
  }
}

function checkReviewVersions(errors: FieldError[], at: string, versions: readonly string[]): void {
  if (versions.length === 0) {
    errors.push(fieldError.required(at));
    return;
  }
  const seen = new Set<string>();
  versions.forEach((version, i) => {
    if (seen.has(version)) errors.push(fieldError.invalid(`${at}[${i}]`, version, 'duplicate version'));
    else for (const why of dns1035Label(version)) errors.push(fieldError.invalid(`${at}[${i}]`, version, why));
    seen.add(version);
  });
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version))) {
    errors.push(fieldError.invalid(at, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`));
  }
}

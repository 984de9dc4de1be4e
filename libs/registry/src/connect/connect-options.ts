import { type Json, type KubeObject, StatusError } from '#apimachinery';
import type { Subresource } from '#kinds';
import type { ConnectRequest } from '../request.js';

type Reading = (values: readonly string[]) => Json | undefined;

/** Models Convert_Slice_string_To_bool (1.36). What is false is left out, as Go writes it. */
const flag: Reading = ([value]) =>
  value === undefined || value === '0' || value.toLowerCase() === 'false' ? undefined : true;
const text: Reading = ([value]) => value || undefined;
const texts: Reading = (values) => (values.length === 0 ? undefined : [...values]);

/** Repeated, or divided by commas. */
const ports: Reading = (values) => {
  if (values.length === 0) return undefined;
  return values
    .flatMap((value) => value.split(','))
    .map((port) => {
      if (/^[+-]?\d{1,10}$/.test(port)) return Number(port);
      throw StatusError.badRequest(`strconv.ParseInt: parsing ${JSON.stringify(port)}: invalid syntax`);
    });
};

const STREAMS = { stdin: flag, stdout: flag, stderr: flag, tty: flag, container: text };

/** The fields of each kind of options, as the query names them. `path` of proxies is what follows in the URL. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, Reading>>>> = {
  PodExecOptions: { ...STREAMS, command: texts },
  PodAttachOptions: STREAMS,
  PodPortForwardOptions: { ports },
  PodProxyOptions: {},
  ServiceProxyOptions: {},
  NodeProxyOptions: {},
};

/**
 * What a client says of a connection, as admission sees it: { kind: 'PodExecOptions', stdin: true, command: ['sh'] }.
 * Models the conversion of a query to options of k8s.io/api/core/v1 (1.36).
 */
export function connectOptions({ body, name }: Subresource, { parameters, path }: ConnectRequest): KubeObject {
  const { kind = '', version = '' } = body ?? {};
  const options: { [key: string]: Json } = { kind, apiVersion: version };
  for (const [field, read] of Object.entries(FIELDS[kind] ?? {})) {
    const value = read(parameters(field));
    if (value !== undefined) options[field] = value;
  }
  if (name === 'proxy' && path !== '') options['path'] = path;
  // Options have no metadata: what looks for names or labels in an object finds none.
  return options as unknown as KubeObject;
}

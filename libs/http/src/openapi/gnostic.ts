import type { Swagger, SwaggerOperation, SwaggerParameter, SwaggerPathItem, SwaggerSchema } from './v2.js';
import { WireMessage } from './wire.js';

/**
 * What kubectl asks `/openapi/v2` for, and what the answer is called: an '@' is no part of a media type, and clients up
 * to 1.27 refuse to parse one.
 */
export const GNOSTIC_ASKED = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
export const GNOSTIC_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

const message = () => new WireMessage();

/** Maps are lists of named values. */
function named(entries: Iterable<readonly [string, WireMessage]>): WireMessage[] {
  return [...entries].map(([name, value]) => message().text(1, name).message(2, value));
}

/** Values of any type travel as YAML; JSON is YAML. */
function any(value: unknown): WireMessage {
  return message().text(2, `${JSON.stringify(value)}\n`);
}

function extensions(from: object): WireMessage[] {
  return named(
    Object.entries(from)
      .filter(([key]) => key.startsWith('x-'))
      .map(([key, value]) => [key, any(value)] as const),
  );
}

function schema(from: SwaggerSchema): WireMessage {
  const { additionalProperties, items, properties } = from;
  return message()
    .text(1, from.$ref)
    .text(2, from.format)
    .text(4, from.description)
    .texts(19, from.required)
    .messages(20, (from.enum ?? []).map(any))
    .message(21, additionalProperties && message().message(1, schema(additionalProperties)))
    .message(22, from.type === undefined ? undefined : message().texts(1, [from.type]))
    .message(23, items && message().message(1, schema(items)))
    .message(25, properties && message().messages(1, namedSchemas(properties)))
    .messages(31, extensions(from));
}

function namedSchemas(from: Readonly<Record<string, SwaggerSchema>>): WireMessage[] {
  return named(Object.entries(from).map(([name, one]) => [name, schema(one)] as const));
}

function parameter(from: SwaggerParameter): WireMessage {
  if (from.in === 'body') {
    const body = message()
      .text(1, from.description)
      .text(2, from.name)
      .text(3, from.in)
      .flag(4, from.required)
      .message(5, from.schema && schema(from.schema));
    return message().message(1, message().message(1, body));
  }
  const common = message().flag(1, from.required).text(2, from.in).text(3, from.description).text(4, from.name);
  const nonBody =
    from.in === 'query'
      ? message().message(3, common.text(6, from.type).flag(20, from.uniqueItems))
      : message().message(4, common.text(5, from.type).flag(19, from.uniqueItems));
  return message().message(1, message().message(2, nonBody));
}

function operation(from: SwaggerOperation | undefined): WireMessage | undefined {
  if (!from) return undefined;
  const responses = Object.entries(from.responses).map(([code, one]) => {
    const response = message()
      .text(1, one.description)
      .message(2, one.schema && message().message(1, schema(one.schema)));
    return [code, message().message(1, response)] as const;
  });
  return message()
    .texts(1, from.tags)
    .text(3, from.description)
    .text(5, from.operationId)
    .texts(6, from.produces)
    .texts(7, from.consumes)
    .messages(8, (from.parameters ?? []).map(parameter))
    .message(9, message().messages(1, named(responses)))
    .messages(13, extensions(from));
}

function pathItem(from: SwaggerPathItem): WireMessage {
  return message()
    .message(2, operation(from.get))
    .message(3, operation(from.put))
    .message(4, operation(from.post))
    .message(5, operation(from.delete))
    .message(8, operation(from.patch))
    .messages(9, from.parameters.map(parameter));
}

/** Swagger as the protocol buffer of gnostic's openapi.v2 package: the only form that kubectl understands of v2. */
export function gnosticDocument(from: Swagger): Buffer {
  const paths = named(Object.entries(from.paths).map(([path, item]) => [path, pathItem(item)] as const));
  const security = from.security.map((one) =>
    message().messages(
      1,
      named(Object.entries(one).map(([name, scopes]) => [name, message().texts(1, scopes)] as const)),
    ),
  );
  const schemes = Object.entries(from.securityDefinitions).map(([name, one]) => {
    const apiKey = message().text(1, one.type).text(2, one.name).text(3, one.in).text(4, one.description);
    return [name, message().message(2, apiKey)] as const;
  });
  return message()
    .text(1, from.swagger)
    .message(2, message().text(1, from.info.title).text(2, from.info.version))
    .message(8, message().messages(2, paths))
    .message(9, message().messages(1, namedSchemas(from.definitions)))
    .messages(12, security)
    .message(13, message().messages(1, named(schemes)))
    .bytes();
}

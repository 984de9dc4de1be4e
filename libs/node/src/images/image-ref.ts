/** An image reference in its parts. Models distribution/reference as the kubelet uses it. */
export interface ImageRef {
  /** 'docker.io', 'registry.k8s.io', 'localhost:5000'. */
  readonly host: string;
  /** 'library/nginx'. */
  readonly repository: string;
  readonly tag: string;
  readonly digest: string | undefined;
  /** With everything spelt out: 'docker.io/library/nginx:latest'. */
  readonly full: string;
  /** As written, with ':latest' where neither tag nor digest was given. */
  readonly tagged: string;
}

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*';
const HOST =
  '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?';
const HOST_PATTERN = new RegExp(`^${HOST}$`);
const PATH_PATTERN = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const TAG_PATTERN = /^[A-Za-z0-9_][\w.-]{0,127}$/;
const DIGEST_PATTERN = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
/** Models reference.NameTotalLengthMax; also keeps the patterns above cheap. */
const NAME_LENGTH_MAX = 255;
const REFERENCE_LENGTH_MAX = NAME_LENGTH_MAX + 1 + 128 + 1 + 256;

export class ImageRefError extends Error {}

/** Throws ImageRefError with the sentence that the kubelet prints. */
export function parseImageRef(image: string): ImageRef {
  const fail = (why: string) => new ImageRefError(`couldn't parse image name ${JSON.stringify(image)}: ${why}`);
  if (image.length > REFERENCE_LENGTH_MAX) throw fail('repository name must not be more than 255 characters');
  const [beforeDigest = '', digest, ...more] = image.split('@');
  const slash = beforeDigest.lastIndexOf('/');
  const colon = beforeDigest.indexOf(':', slash + 1);
  const name = colon < 0 ? beforeDigest : beforeDigest.slice(0, colon);
  const tag = colon < 0 ? undefined : beforeDigest.slice(colon + 1);
  const { host, path } = splitHost(name);
  const bad =
    more.length > 0 ||
    !HOST_PATTERN.test(host) ||
    (tag !== undefined && !TAG_PATTERN.test(tag)) ||
    (digest !== undefined && !DIGEST_PATTERN.test(digest));
  if (bad || path === '') throw fail('invalid reference format');
  const repository = host === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  if (!PATH_PATTERN.test(path)) {
    const onlyCase = PATH_PATTERN.test(path.toLowerCase());
    throw fail(`invalid reference format${onlyCase ? `: repository name (${repository}) must be lowercase` : ''}`);
  }
  const effectiveTag = tag ?? (digest === undefined ? 'latest' : '');
  const suffix = `${effectiveTag === '' ? '' : `:${effectiveTag}`}${digest === undefined ? '' : `@${digest}`}`;
  return {
    host,
    repository,
    tag: effectiveTag,
    digest,
    full: `${host}/${repository}${suffix}`,
    tagged: tag === undefined && digest === undefined ? `${image}:latest` : image,
  };
}

/** The first part is a host when it looks like one: a dot, a port, or 'localhost'. */
function splitHost(name: string): { host: string; path: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isHost = first !== '' && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  if (!isHost) return { host: 'docker.io', path: name };
  const host = first === 'index.docker.io' ? 'docker.io' : first;
  return { host, path: name.slice(slash + 1) };
}

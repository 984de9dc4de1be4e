import { isIP } from 'node:net';
import type { PeerCertificate } from 'node:tls';

type Failure = NodeJS.ErrnoException & { cert?: PeerCertificate; host?: string; reason?: string };

const CONNECT: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ETIMEDOUT: 'connection timed out',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
};

const UNKNOWN_AUTHORITY = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
]);

/** What went wrong on the way to `place` ('10.0.0.1:443'), as Go's net and crypto/tls word it. `host` is the URL's. */
export function dialErrorText(error: unknown, place: string, host: string, nowMs: number): string {
  const failure = error as Failure;
  const code = failure.code ?? '';
  const connect = CONNECT[code];
  if (connect !== undefined) return `dial tcp ${place}: connect: ${connect}`;
  if (code === 'ECONNRESET') {
    return failure.message === 'socket hang up' ? 'EOF' : `read tcp ${place}: read: connection reset by peer`;
  }
  if (code === 'EPIPE') return `write tcp ${place}: write: broken pipe`;
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) return protocolText(failure);
  if (code.startsWith('HPE_')) return 'net/http: HTTP/1.x transport connection broken: malformed HTTP response';
  const certificate = certificateText(failure, host, nowMs);
  return certificate === undefined ? failure.message : `tls: failed to verify certificate: x509: ${certificate}`;
}

/** A name that has no address. Models net.DNSError of Go. */
export function lookupErrorText(error: unknown, host: string): string {
  const { code } = error as Failure;
  if (code === 'ENOTFOUND' || code === 'ENODATA') return `dial tcp: lookup ${host}: no such host`;
  if (code === 'ETIMEOUT') return `dial tcp: lookup ${host}: i/o timeout`;
  return `dial tcp: lookup ${host}: server misbehaving`;
}

function protocolText({ reason = '', message }: Failure): string {
  if (/wrong version number|packet length too long|http request/i.test(`${reason} ${message}`)) {
    return 'http: server gave HTTP response to HTTPS client';
  }
  if (/alert/.test(message)) return 'remote error: tls: handshake failure';
  return 'tls: handshake failure';
}

function certificateText({ code = '', cert }: Failure, host: string, nowMs: number): string | undefined {
  if (UNKNOWN_AUTHORITY.has(code)) return 'certificate signed by unknown authority';
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return `certificate has expired or is not yet valid: current time ${new Date(nowMs).toISOString().replace(/\.\d+/, '')} is ${
      code === 'CERT_HAS_EXPIRED' ? 'after the end' : 'before the beginning'
    } of its validity`;
  }
  if (code === 'INVALID_PURPOSE') return 'certificate specifies an incompatible key usage';
  return code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? nameText(cert, host) : undefined;
}

/** Models x509.HostnameError of Go. */
function nameText(cert: PeerCertificate | undefined, host: string): string {
  const names = (cert?.subjectaltname ?? '').split(', ').filter((name) => name !== '');
  const ofType = (type: string) => names.filter((name) => name.startsWith(type)).map((name) => name.slice(type.length));
  const isAddress = isIP(host) !== 0;
  const valid = isAddress ? ofType('IP Address:') : ofType('DNS:');
  if (valid.length > 0) return `certificate is valid for ${valid.join(', ')}, not ${host}`;
  if (isAddress) return `cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
  if (names.length === 0 && cert?.subject?.CN) {
    return 'certificate relies on legacy Common Name field, use SANs instead';
  }
  return `certificate is not valid for any names, but wanted to match ${host}`;
}
